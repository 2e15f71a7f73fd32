/** The runtime: tasks, the scheduler that polls them, timers and the blocking pool. */
@org.jspecify.annotations.NullMarked
module dev.pollux.executor {
  requires static com.google.errorprone.annotations;
  requires static java.management; // for debug mode
  requires static org.jspecify;
  requires transitive dev.pollux.core;

  exports dev.pollux.executor;

  uses dev.pollux.spi.Driver;
}
