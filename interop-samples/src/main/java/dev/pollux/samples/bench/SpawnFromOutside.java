package dev.pollux.samples.bench;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The measuring thread spawns 100,000 tasks and joins all, while another thread drives. */
final class SpawnFromOutside {

  private static final int TASKS = 100_000;

  static final Workload WORKLOAD =
      new Workload(
          "spawn_from_outside",
          "a thread spawns 100,000 tasks and joins all; another runs them",
          Heap.USUAL,
          SpawnFromOutside::run);

  private SpawnFromOutside() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      CompletableFuture<Integer> stop = new CompletableFuture<>();
      CompletableFuture<Integer> stopped =
          CompletableFuture.supplyAsync(() -> drive(runtime, stop), SpawnFromOutside::onNewThread);
      try {
        meter.measure("ns_per_task", TASKS, () -> spawnAndJoin(runtime, meter));
      } finally {
        stop.complete(0);
        stopped.join();
      }
    }
  }

  private static void onNewThread(Runnable body) {
    Thread thread = new Thread(body, "driver");
    thread.setDaemon(true);
    thread.start();
  }

  private static int drive(CurrentThreadRuntime runtime, CompletableFuture<Integer> stop) {
    try {
      return runtime.blockOn(Streams.fromCompletionStage(stop));
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static long spawnAndJoin(CurrentThreadRuntime runtime, Meter meter) throws Exception {
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
