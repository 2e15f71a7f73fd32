package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Pipelines;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import java.util.function.Function;

/** Five stages after a range of 1,000,000, read in either way. */
final class Pipeline5 {

  private static final int SIZE = 1_000_000;

  static final Workload POLL_NEXT =
      new Workload(
          "pipeline5_pollnext",
          "range of 1,000,000 and five stages, read by pollNext: per element",
          Heap.USUAL,
          Workload.ON_BOTH_USUALLY_ONE_THREAD,
          (meter, runtime) -> run(meter, runtime, Pipelines::sumByPollNext));

  static final Workload POLL_EACH =
      new Workload(
          "pipeline5_polleach",
          "the same, read by pollEach",
          Heap.USUAL,
          Workload.ON_BOTH_USUALLY_ONE_THREAD,
          (meter, runtime) -> run(meter, runtime, Pipelines::sumByPollEach));

  private Pipeline5() {}

  private static void run(
      Meter meter, PolluxRuntime runtime, Function<AsyncIterator<Long>, Future<Long>> sum)
      throws Exception {
    long expected = Pipelines.expectedSum(SIZE);
    meter.measure(
        "ns_per_element",
        SIZE,
        () -> {
          long begun = System.nanoTime();
          long got = runtime.blockOn(sum.apply(Pipelines.pollux(SIZE)));
          long nanos = System.nanoTime() - begun;
          meter.check(got, expected);
          return nanos;
        });
  }
}
