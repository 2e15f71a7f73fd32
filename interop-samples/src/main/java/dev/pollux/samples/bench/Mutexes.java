package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Holds;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.AsyncMutex;
import java.util.ArrayList;
import java.util.List;

/** Tasks lock a mutex, count, and unlock it: by hand, and by {@code withLock}. */
final class Mutexes {

  static final Workload UNCONTENDED =
      new Workload(
          "mutex_uncontended",
          "a task locks and unlocks a mutex 1,000,000 times",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 1, 1_000_000, false));

  static final Workload CONTENDED =
      new Workload(
          "mutex_contended",
          "8 tasks lock and unlock a mutex 50,000 times each",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 8, 50_000, false));

  static final Workload HELD =
      new Workload(
          "mutex_held",
          "8 tasks lock a mutex 25,000 times each, and yield while they hold it",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 8, 25_000, true));

  private Mutexes() {}

  /** What the mutex guards: nothing else keeps it right. */
  private static final class Counter {
    private int count;

    void increment() {
      count++;
    }
  }

  private static void run(Meter meter, PolluxRuntime runtime, int tasks, int each, boolean yields)
      throws Exception {
    long locks = (long) tasks * each;
    meter.measure(
        "ns_per_lock",
        locks,
        runtime,
        () -> {
          AsyncMutex mutex = new AsyncMutex();
          Counter counter = new Counter();
          List<Future<Long>> all = new ArrayList<>();
          for (int i = 0; i < tasks; i++) {
            all.add(new Holds(mutex::lock, counter::increment, each, yields));
          }
          return counted(meter, counter, locks, Stopwatch.nanos(runtime, meter, all, locks));
        });
    meter.measure(
        "combinators_ns_per_lock",
        locks,
        runtime,
        () -> {
          AsyncMutex mutex = new AsyncMutex();
          Counter counter = new Counter();
          List<Future<Long>> all = new ArrayList<>();
          for (int i = 0; i < tasks; i++) {
            all.add(Rounds.of(each, () -> mutex.withLock(() -> section(counter, yields))));
          }
          return counted(meter, counter, locks, Stopwatch.nanos(runtime, meter, all, locks));
        });
  }

  private static Future<Integer> section(Counter counter, boolean yields) {
    Future<Integer> counted =
        Futures.lazy(
            () -> {
              counter.increment();
              return 1;
            });
    return yields ? counted.flatMap(one -> Futures.yieldNow().map(done -> one)) : counted;
  }

  private static long counted(Meter meter, Counter counter, long expected, long nanos) {
    meter.check(counter.count, expected);
    return nanos;
  }
}
