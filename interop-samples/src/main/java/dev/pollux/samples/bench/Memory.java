package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Sizes;
import dev.pollux.core.Futures;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Many tasks asleep for an hour: live heap after a collection, the sum of the objects' sizes, and
 * resident memory.
 */
final class Memory {

  private static final int FIRST = 1000;
  private static final int PAGE_BYTES = 4096;
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  static final Workload WORKLOAD =
      new Workload(
          "memory",
          "1,000,000 tasks asleep for an hour: heap, JOL and resident bytes per task",
          Heap.FOR_A_MILLION,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 1_000_000));

  static final Workload TEN_MILLION =
      new Workload(
          "ten_million",
          "10,000,000 tasks asleep for an hour in a heap of 2 GB: bytes per task",
          Heap.TWO_GIGABYTES,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 10_000_000));

  private Memory() {}

  private static void run(Meter meter, PolluxRuntime runtime, int tasks) throws Exception {
    putToSleep(runtime, FIRST);
    long heapBefore = usedHeap();
    long residentBefore = resident();
    putToSleep(runtime, tasks);
    meter.check(runtime.liveTasks(), tasks + FIRST);
    long heap = usedHeap() - heapBefore;
    long resident = resident() - residentBefore;
    meter.report("heap_bytes_per_task", (double) heap / tasks);
    meter.report("jol_bytes_per_task", Sizes.bytesPerSleepingTask());
    if (Files.exists(STATM)) {
      meter.report("rss_bytes_per_task", (double) resident / tasks);
    }
  }

  /** A task spawns them. Returns when each has had its first poll, and sleeps. */
  private static void putToSleep(PolluxRuntime runtime, int tasks) throws Exception {
    long polls = polls(runtime);
    runtime.blockOn(Futures.lazy(() -> spawn(runtime, tasks)));
    if (runtime instanceof MultiThreadRuntime) {
      awaitPolls(runtime, polls + 1 + tasks); // the one is the spawning task's
    } else {
      // Pending once: by its second turn every task has had its first.
      runtime.blockOn(Futures.yieldNow());
    }
  }

  private static int spawn(PolluxRuntime runtime, int tasks) {
    for (int i = 0; i < tasks; i++) {
      runtime.spawn(Time.sleep(HOUR)).detach();
    }
    return tasks;
  }

  private static void awaitPolls(PolluxRuntime runtime, long polls) throws InterruptedException {
    long begun = System.nanoTime();
    while (polls(runtime) < polls) {
      if (System.nanoTime() - begun > PATIENCE_NANOS) {
        throw new IllegalStateException("wrong result: there were tasks that were never polled");
      }
      Thread.sleep(10);
    }
  }

  private static long polls(PolluxRuntime runtime) {
    return runtime instanceof MultiThreadRuntime multiThread ? multiThread.metrics().polls() : 0;
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
