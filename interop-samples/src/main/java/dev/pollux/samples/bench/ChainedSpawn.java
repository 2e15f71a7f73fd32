package dev.pollux.samples.bench;

import dev.pollux.benchmarks.SpawnChains;
import dev.pollux.executor.PolluxRuntime;

/** A task spawns the next, 1,000 deep, 100 times; the last answers what the first waits for. */
final class ChainedSpawn {

  private static final int DEPTH = 1000;
  private static final int CHAINS = 100;
  private static final long HOPS = (long) DEPTH * CHAINS;

  static final Workload WORKLOAD =
      new Workload(
          "chained_spawn",
          "a task spawns the next, 1,000 deep; the last answers by a one-shot",
          Heap.USUAL,
          Workload.ON_BOTH,
          ChainedSpawn::run);

  private ChainedSpawn() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_hop",
        HOPS,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, new SpawnChains(DEPTH, CHAINS), HOPS));
  }
}
