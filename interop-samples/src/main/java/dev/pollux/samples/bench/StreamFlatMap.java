package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Pipelines;
import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.PolluxRuntime;

/** 1,000 ranges of 1,000, one after the other, summed. */
final class StreamFlatMap {

  private static final int SIDE = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "stream_flatmap",
          "flatMap of 1,000 ranges of 1,000, in order, sum: per inner element",
          Heap.USUAL,
          Workload.ON_BOTH_USUALLY_ONE_THREAD,
          StreamFlatMap::run);

  private StreamFlatMap() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    long expected = (long) SIDE * SIDE * (SIDE - 1) / 2;
    meter.measure(
        "ns_per_inner",
        (long) SIDE * SIDE,
        () -> {
          long begun = System.nanoTime();
          long got =
              runtime.blockOn(
                  Pipelines.sumByPollEach(
                      AsyncIterators.range(0, SIDE)
                          .flatMap(outer -> AsyncIterators.range(0, SIDE))));
          long nanos = System.nanoTime() - begun;
          meter.check(got, expected);
          return nanos;
        });
  }
}
