package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Sizes;
import dev.pollux.core.Futures;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import java.time.Duration;

/**
 * Many tasks asleep for an hour: live heap after a collection, the sum of the objects' sizes, and
 * resident memory.
 */
final class Memory {

  private static final int FIRST = 1000;
  private static final int BATCH = 100_000;

  /** More than fit. */
  private static final int MOST = 50_000_000;

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

  static final Workload MOST_UNITS =
      new Workload(
          "most_units",
          "tasks asleep for an hour in a heap of 2 GB, until it is full: how many",
          Heap.TWO_GIGABYTES,
          Workload.ON_BOTH,
          Memory::fill);

  private Memory() {}

  private static void run(Meter meter, PolluxRuntime runtime, int tasks) throws Exception {
    putToSleep(runtime, FIRST);
    long heapBefore = LiveMemory.heapBytes();
    long residentBefore = LiveMemory.residentBytes();
    putToSleep(runtime, tasks);
    meter.check(runtime.liveTasks(), tasks + FIRST);
    long heap = LiveMemory.heapBytes() - heapBefore;
    long resident = LiveMemory.residentBytes() - residentBefore;
    meter.report("heap_bytes_per_task", (double) heap / tasks);
    meter.report("jol_bytes_per_task", Sizes.bytesPerSleepingTask());
    if (LiveMemory.isResidentKnown()) {
      meter.report("rss_bytes_per_task", (double) resident / tasks);
    }
  }

  private static void fill(Meter meter, PolluxRuntime runtime) throws Exception {
    int most = Filling.most(BATCH, MOST, count -> putToSleep(runtime, count));
    meter.check(runtime.liveTasks(), most);
    meter.report("units", most);
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
}
