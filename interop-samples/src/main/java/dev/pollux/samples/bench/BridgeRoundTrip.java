package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Pipelines;
import dev.pollux.executor.PolluxRuntime;

/** 1,000,000 elements from an async iterator into a publisher and back. */
final class BridgeRoundTrip {

  private static final int SIZE = 1_000_000;

  static final Workload WORKLOAD =
      new Workload(
          "bridge_roundtrip",
          "1,000,000 elements into a Publisher and back: per element",
          Heap.USUAL,
          Workload.ON_BOTH_USUALLY_ONE_THREAD,
          BridgeRoundTrip::run);

  private BridgeRoundTrip() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    long expected = (long) SIZE * (SIZE - 1) / 2;
    meter.measure(
        "ns_per_element",
        SIZE,
        () -> {
          long begun = System.nanoTime();
          long got =
              runtime.blockOn(Pipelines.sumByPollEach(Pipelines.bridgeRoundTrip(SIZE, runtime)));
          long nanos = System.nanoTime() - begun;
          meter.check(got, expected);
          return nanos;
        });
  }
}
