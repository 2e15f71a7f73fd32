package dev.pollux.samples.bench;

import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;

/**
 * A thread that is no worker wakes a sleeping task of an idle runtime; in turns with that, it wakes
 * a plain thread the same way.
 */
final class WakeFromOutside {

  private static final long LEAST_GAP_NANOS = 200_000;
  private static final long GREATEST_GAP_NANOS = 2_000_000;
  private static final double MEDIAN = 0.5;
  private static final double P99 = 0.99;

  static final Workload WORKLOAD =
      new Workload(
          "wake_from_outside",
          "a foreign thread wakes a task of an idle runtime, or a plain thread: ns",
          Heap.USUAL,
          Workload.ON_SEVERAL_THREADS,
          WakeFromOutside::run);

  private WakeFromOutside() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    inTurns(meter, runtime, 1, new Latencies(), new Latencies()); // the warm-up
    Latencies task = new Latencies();
    Latencies thread = new Latencies();
    inTurns(meter, runtime, meter.repetitions(), task, thread);
    meter.report("p50_ns", task.quantile(MEDIAN));
    meter.report("p99_ns", task.quantile(P99));
    meter.report("raw_unpark_p50_ns", thread.quantile(MEDIAN));
    meter.report("raw_unpark_p99_ns", thread.quantile(P99));
    meter.report("ratio_of_medians", task.quantile(MEDIAN) / thread.quantile(MEDIAN));
  }

  private static void inTurns(
      Meter meter, PolluxRuntime runtime, int turns, Latencies task, Latencies thread)
      throws Exception {
    Ringing ringing = new Ringing(LEAST_GAP_NANOS, GREATEST_GAP_NANOS);
    int ringsOfTask = 0;
    int ringsOfThread = 0;
    WokenTask wokenTask = new WokenTask(task);
    JoinHandle<Integer> answered = runtime.spawn(wokenTask);
    try (WokenThread wokenThread = WokenThread.start(thread)) {
      for (int i = 0; i < turns; i++) {
        ringsOfTask += ringing.ring(wokenTask, System.nanoTime() + meter.sliceNanos());
        ringsOfThread += ringing.ring(wokenThread, System.nanoTime() + meter.sliceNanos());
      }
    }
    wokenTask.end();
    meter.check(answered.join(), ringsOfTask);
    meter.check(task.count(), ringsOfTask);
    meter.check(thread.count(), ringsOfThread);
  }
}
