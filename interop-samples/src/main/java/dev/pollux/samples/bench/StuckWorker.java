package dev.pollux.samples.bench;

import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import java.util.List;

/**
 * One task blocks its worker nearly all of the time. How long do the others wait: those that sleep,
 * one that is woken by another thread, and one that the blocking task wakes just before it blocks?
 */
final class StuckWorker {

  private static final int SLEEPERS = 8;
  private static final int MOST_MILLIS = 10;
  private static final long LEAST_GAP_NANOS = 1_000_000;
  private static final long GREATEST_GAP_NANOS = 5_000_000;
  private static final double NANOS_PER_MICRO = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "stuck_worker",
          "a task blocks its worker for 100 ms at a time: us that others wait",
          Heap.USUAL,
          Workload.ON_SEVERAL_THREADS,
          StuckWorker::run);

  private StuckWorker() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    new Waits().takeFrom(meter, runtime); // the warm-up
    Waits waits = new Waits();
    for (int i = 0; i < meter.repetitions(); i++) {
      waits.takeFrom(meter, runtime);
    }
    report(meter, "timer", waits.timers);
    report(meter, "wake", waits.wakes);
    report(meter, "stranded", waits.stranded);
  }

  private static void report(Meter meter, String what, Latencies latencies) {
    meter.report(what + "_p50_us", latencies.quantile(0.5) / NANOS_PER_MICRO);
    meter.report(what + "_p99_us", latencies.quantile(0.99) / NANOS_PER_MICRO);
    meter.report(what + "_max_us", latencies.quantile(1) / NANOS_PER_MICRO);
  }

  /** How long they have waited. */
  private static final class Waits {

    private final Latencies timers = new Latencies();
    private final Latencies wakes = new Latencies();
    private final Latencies stranded = new Latencies();

    void takeFrom(Meter meter, PolluxRuntime runtime) throws Exception {
      int timersBefore = timers.count();
      long end = System.nanoTime() + meter.sliceNanos();
      WokenTask strandedTask = new WokenTask(stranded);
      WokenTask wokenTask = new WokenTask(wakes);
      JoinHandle<Integer> strandings = runtime.spawn(strandedTask);
      JoinHandle<Integer> answers = runtime.spawn(wokenTask);
      List<JoinHandle<Integer>> sleepers =
          LateSleeps.spawn(runtime, SLEEPERS, timers, MOST_MILLIS, end);
      JoinHandle<Integer> blocking = runtime.spawn(new BlockingTask(strandedTask, end));
      int rings = new Ringing(LEAST_GAP_NANOS, GREATEST_GAP_NANOS).ring(wokenTask, end);
      int rounds = blocking.join();
      int sleeps = 0;
      for (JoinHandle<Integer> sleeper : sleepers) {
        sleeps += sleeper.join();
      }
      wokenTask.end();
      strandedTask.awaitAnswer();
      strandedTask.end();
      meter.check(answers.join(), rings);
      meter.check(strandings.join(), rounds);
      meter.check(timers.count() - timersBefore, sleeps);
    }
  }
}
