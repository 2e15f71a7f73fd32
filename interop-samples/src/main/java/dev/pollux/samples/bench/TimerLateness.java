package dev.pollux.samples.bench;

import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;

/** How late sleeps of 1 to 100 ms are over, while nothing else happens and while all is busy. */
final class TimerLateness {

  private static final int SLEEPERS = 16;
  private static final int MOST_MILLIS = 100;
  private static final int BUSY_TASKS_PER_PROCESSOR = 2;
  private static final double NANOS_PER_MICRO = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "timer_lateness",
          "sleeps of 1 to 100 ms, idle and among polls of 50 us: us too late",
          Heap.USUAL,
          Workload.ON_BOTH,
          TimerLateness::run);

  private TimerLateness() {}

  @SuppressWarnings("try") // the driver is at work while it is open
  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    try (DrivingThread driver = new DrivingThread(runtime)) {
      report(meter, "idle", measure(meter, runtime, 0));
      int processors = Runtime.getRuntime().availableProcessors();
      report(meter, "busy", measure(meter, runtime, processors * BUSY_TASKS_PER_PROCESSOR));
    }
  }

  private static void report(Meter meter, String load, Latencies lateness) {
    meter.report(load + "_p50_us", lateness.quantile(0.5) / NANOS_PER_MICRO);
    meter.report(load + "_p99_us", lateness.quantile(0.99) / NANOS_PER_MICRO);
    meter.report(load + "_max_us", lateness.quantile(1) / NANOS_PER_MICRO);
  }

  private static Latencies measure(Meter meter, PolluxRuntime runtime, int busyTasks)
      throws Exception {
    sleepAndCompute(meter, runtime, busyTasks, new Latencies()); // the warm-up
    Latencies lateness = new Latencies();
    for (int i = 0; i < meter.repetitions(); i++) {
      sleepAndCompute(meter, runtime, busyTasks, lateness);
    }
    return lateness;
  }

  private static void sleepAndCompute(
      Meter meter, PolluxRuntime runtime, int busyTasks, Latencies lateness) throws Exception {
    int before = lateness.count();
    long sleepUntil = System.nanoTime() + meter.sliceNanos();
    long computeUntil = sleepUntil + MOST_MILLIS * 1_000_000L;
    List<JoinHandle<Integer>> busy = new ArrayList<>();
    for (int i = 0; i < busyTasks; i++) {
      busy.add(runtime.spawn(new BusyTask(computeUntil)));
    }
    int sleeps = 0;
    for (JoinHandle<Integer> sleeper :
        LateSleeps.spawn(runtime, SLEEPERS, lateness, MOST_MILLIS, sleepUntil)) {
      sleeps += sleeper.join();
    }
    for (JoinHandle<Integer> task : busy) {
      if (task.join() < 2) {
        throw new IllegalStateException("wrong result: a busy task was not run");
      }
    }
    meter.check(lateness.count() - before, sleeps);
  }
}
