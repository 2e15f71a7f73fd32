package dev.pollux.samples.bench;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;

/** The measuring thread spawns 100,000 tasks and joins all, while others run them. */
final class SpawnFromOutside {

  private static final int TASKS = 100_000;

  static final Workload WORKLOAD =
      new Workload(
          "spawn_from_outside",
          "a thread that is no worker spawns 100,000 tasks and joins all",
          Heap.USUAL,
          Workload.ON_BOTH,
          SpawnFromOutside::run);

  private SpawnFromOutside() {}

  @SuppressWarnings("try") // the driver is at work while it is open
  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    try (DrivingThread driver = new DrivingThread(runtime)) {
      meter.measure("ns_per_task", TASKS, runtime, () -> spawnAndJoin(runtime, meter));
    }
  }

  private static long spawnAndJoin(PolluxRuntime runtime, Meter meter) throws Exception {
    long begun = System.nanoTime();
    List<JoinHandle<Integer>> handles = new ArrayList<>(TASKS);
    for (int i = 0; i < TASKS; i++) {
      handles.add(runtime.spawn(Futures.lazy(() -> 1)));
    }
    long sum = 0;
    for (JoinHandle<Integer> handle : handles) {
      sum += handle.join();
    }
    long nanos = System.nanoTime() - begun;
    meter.check(sum, TASKS);
    return nanos;
  }
}
