package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Holds;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.AsyncSemaphore;
import java.util.ArrayList;
import java.util.List;

/** Tasks acquire one of two permits and give it back: by hand, and by {@code withPermit}. */
final class Semaphores {

  private static final int PERMITS = 2;

  static final Workload UNCONTENDED =
      new Workload(
          "semaphore_uncontended",
          "a task acquires one of 2 permits and gives it back, 1,000,000 times",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 1, 1_000_000, false));

  static final Workload CONTENDED =
      new Workload(
          "semaphore_contended",
          "8 tasks acquire one of 2 permits 50,000 times each",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 8, 50_000, false));

  static final Workload HELD =
      new Workload(
          "semaphore_held",
          "8 tasks acquire one of 2 permits 25,000 times each, and yield while they hold it",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 8, 25_000, true));

  private Semaphores() {}

  private static void run(Meter meter, PolluxRuntime runtime, int tasks, int each, boolean yields)
      throws Exception {
    long acquires = (long) tasks * each;
    meter.measure(
        "ns_per_acquire",
        acquires,
        runtime,
        () -> {
          AsyncSemaphore semaphore = new AsyncSemaphore(PERMITS);
          List<Future<Long>> all = new ArrayList<>();
          for (int i = 0; i < tasks; i++) {
            all.add(new Holds(semaphore::acquire, () -> {}, each, yields));
          }
          return allBack(meter, semaphore, Stopwatch.nanos(runtime, meter, all, acquires));
        });
    meter.measure(
        "combinators_ns_per_acquire",
        acquires,
        runtime,
        () -> {
          AsyncSemaphore semaphore = new AsyncSemaphore(PERMITS);
          List<Future<Long>> all = new ArrayList<>();
          for (int i = 0; i < tasks; i++) {
            all.add(Rounds.of(each, () -> semaphore.withPermit(() -> section(yields))));
          }
          return allBack(meter, semaphore, Stopwatch.nanos(runtime, meter, all, acquires));
        });
  }

  private static Future<Integer> section(boolean yields) {
    return yields ? Futures.yieldNow().map(done -> 1) : Futures.ready(1);
  }

  private static long allBack(Meter meter, AsyncSemaphore semaphore, long nanos) {
    meter.check(semaphore.availablePermits(), PERMITS);
    return nanos;
  }
}
