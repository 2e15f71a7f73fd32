/** The runtime: tasks, the scheduler that polls them, timers and the blocking pool. */
@org.jspecify.annotations.NullMarked
module dev.pollux.executor {
  requires static com.google.errorprone.annotations;
  requires static context.propagation;
  requires static java.management; // for debug mode, and for who wants to be managed
  requires static jdk.jfr; // what it records is not missed where it is absent
  requires static micrometer.core;
  requires static org.jspecify;
  requires transitive dev.pollux.core;

  exports dev.pollux.executor;
  exports dev.pollux.executor.micrometer;

  uses dev.pollux.spi.Driver;
}
