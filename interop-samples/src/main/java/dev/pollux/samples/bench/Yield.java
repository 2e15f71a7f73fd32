package dev.pollux.samples.bench;

import dev.pollux.benchmarks.SpawnAndJoin;
import dev.pollux.benchmarks.Yields;
import dev.pollux.executor.PolluxRuntime;

/** 1,000 tasks await {@code yieldNow()} 200 times each. */
final class Yield {

  private static final int TASKS = 1000;
  private static final int EACH = 200;
  private static final long YIELDS = (long) TASKS * EACH;

  static final Workload WORKLOAD =
      new Workload(
          "yield", "1,000 tasks yield 200 times each", Heap.USUAL, Workload.ON_BOTH, Yield::run);

  private Yield() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_yield",
        YIELDS,
        runtime,
        () ->
            Stopwatch.nanos(
                runtime, meter, new SpawnAndJoin(TASKS, i -> new Yields(EACH)), YIELDS));
  }
}
