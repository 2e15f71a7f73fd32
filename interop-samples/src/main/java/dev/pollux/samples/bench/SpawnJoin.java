package dev.pollux.samples.bench;

import dev.pollux.benchmarks.SpawnAndJoin;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;

/** A task spawns 100,000 tasks that return 1, awaits all, and adds up. */
final class SpawnJoin {

  private static final int TASKS = 100_000;

  static final Workload WORKLOAD =
      new Workload(
          "spawn_join",
          "a task spawns 100,000 tasks and awaits all",
          Heap.USUAL,
          Workload.ON_BOTH,
          SpawnJoin::run);

  private SpawnJoin() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_task",
        TASKS,
        runtime,
        () ->
            Stopwatch.nanos(
                runtime, meter, new SpawnAndJoin(TASKS, i -> Futures.lazy(() -> 1)), TASKS));
  }
}
