package dev.pollux.samples.bench;

import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** 1,000,000 tasks asleep for an hour: live heap after a collection, and resident memory. */
final class Memory {

  private static final int TASKS = 1_000_000;
  private static final int PAGE_BYTES = 4096;
  private static final Path STATM = Path.of("/proc/self/statm");

  static final Workload WORKLOAD =
      new Workload(
          "memory",
          "1,000,000 tasks asleep for an hour: heap and resident bytes per task",
          Heap.FOR_A_MILLION,
          Memory::run);

  private Memory() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      putToSleep(runtime, 1000);
      long heapBefore = usedHeap();
      long residentBefore = resident();
      putToSleep(runtime, TASKS);
      meter.check(runtime.liveTasks(), TASKS + 1000);
      long heap = usedHeap() - heapBefore;
      long resident = resident() - residentBefore;
      meter.report("heap_bytes_per_task", (double) heap / TASKS);
      if (Files.exists(STATM)) {
        meter.report("rss_bytes_per_task", (double) resident / TASKS);
      }
    }
  }

  private static void putToSleep(CurrentThreadRuntime runtime, int tasks) throws Exception {
    for (int i = 0; i < tasks; i++) {
      runtime.spawn(Time.sleep(Duration.ofHours(1))).detach();
    }
    // Pending once: by its second turn every task has had its first.
    runtime.blockOn(Futures.yieldNow());
  }

  private static long usedHeap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static long resident() throws IOException {
    return Files.exists(STATM)
        ? Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * PAGE_BYTES
        : 0;
  }
}
