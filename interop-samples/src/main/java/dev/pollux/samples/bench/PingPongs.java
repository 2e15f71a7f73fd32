package dev.pollux.samples.bench;

import dev.pollux.benchmarks.PingPong;
import dev.pollux.executor.PolluxRuntime;

/** 1,000 tasks; each makes two one-shots and spawns a child that answers. */
final class PingPongs {

  private static final int PAIRS = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "ping_pong",
          "1,000 tasks make two one-shots and a child that answers",
          Heap.USUAL,
          Workload.ON_BOTH,
          PingPongs::run);

  private PingPongs() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_pair",
        PAIRS,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, new PingPong(PAIRS), PAIRS));
  }
}
