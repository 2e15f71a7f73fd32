package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Watches;
import dev.pollux.executor.PolluxRuntime;

/** A task sends values that eight others watch; the next when all have seen the last. */
final class Watch8 {

  private static final int RECEIVERS = 8;
  private static final int VALUES = 20_000;

  static final Workload WORKLOAD =
      new Workload(
          "watch_8",
          "a task sends 20,000 values that 8 watch, each when all have seen the last",
          Heap.USUAL,
          Workload.ON_BOTH,
          Watch8::run);

  private Watch8() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_value_and_receiver",
        (long) VALUES * RECEIVERS,
        runtime,
        () ->
            Stopwatch.nanos(
                runtime,
                meter,
                Watches.senderAndReceivers(RECEIVERS, VALUES),
                RECEIVERS * ((long) VALUES * (VALUES + 1) / 2)));
  }
}
