package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Pipelines;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;

/** The range of stream_sync, whose first stage is read by a task of its own. */
final class StreamAsync {

  private static final int SIZE = 1_000_000;

  /** Reactor and RxJava hold 256 and 128 by default. */
  private static final int CAPACITY = 256;

  static final Workload WORKLOAD =
      new Workload(
          "stream_async",
          "range of 1,000,000, map, a task of its own, filter, map, take, sum: per element",
          Heap.USUAL,
          Workload.ON_SEVERAL_THREADS,
          StreamAsync::run);

  private StreamAsync() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    long expected = 0;
    for (long even = 2; even <= SIZE; even += 2) {
      expected += 3 * even;
    }
    long sum = expected;
    meter.measure(
        "ns_per_element",
        SIZE,
        () -> {
          long begun = System.nanoTime();
          long got = runtime.blockOn(sum(SIZE));
          long nanos = System.nanoTime() - begun;
          meter.check(got, sum);
          return nanos;
        });
  }

  private static Future<Long> sum(int size) {
    return Pipelines.sumByPollEach(
        AsyncIterators.range(0, size)
            .map(x -> x + 1)
            .spawned(CAPACITY)
            .filter(x -> x % 2 == 0)
            .map(x -> x * 3L)
            .take(size / 2));
  }
}
