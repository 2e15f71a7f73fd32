/** Input and output: the NIO driver of a runtime, sockets, byte streams, codecs and files. */
@org.jspecify.annotations.NullMarked
module dev.pollux.io {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires transitive dev.pollux.core;

  exports dev.pollux.io;
  exports dev.pollux.io.codec;
  exports dev.pollux.io.file;
  exports dev.pollux.io.limit;
  exports dev.pollux.io.net;
  exports dev.pollux.io.process;
  exports dev.pollux.io.testing;
  exports dev.pollux.io.tls;

  provides dev.pollux.spi.Driver with
      dev.pollux.io.driver.NioDriver;
}
