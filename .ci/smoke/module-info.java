/** An application on the module path: the shipped jars as a user has them. */
module smoke {
  requires dev.pollux.executor;
  requires dev.pollux.io;
  requires dev.pollux.streams;
}
