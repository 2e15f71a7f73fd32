package dev.pollux.samples.bench;

import dev.pollux.benchmarks.SpawnAndJoin;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** 1,000,000 tasks sleep for 1 to 1000 ms; all are joined. */
final class Timers {

  private static final double NANOS_PER_MILLI = 1e6;

  /** What it takes if nothing but the longest sleep takes time. */
  private static final double IDEAL_MILLIS = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "timers",
          "1,000,000 tasks sleep for 1 to 1000 ms: wall time beyond 1 s, and CPU time",
          Heap.FOR_A_MILLION,
          Workload.ON_BOTH,
          Timers::run);

  private Timers() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    List<Double> over = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    sleepAll(runtime, meter); // the warm-up
    Effort before = Effort.of(runtime);
    for (int i = 0; i < meter.repetitions(); i++) {
      long cpuBegun = Effort.processCpuNanos();
      over.add(sleepAll(runtime, meter) / NANOS_PER_MILLI - IDEAL_MILLIS);
      cpu.add((Effort.processCpuNanos() - cpuBegun) / NANOS_PER_MILLI);
    }
    Effort effort = Effort.of(runtime).minus(before);
    meter.report("over_ideal_ms", over);
    meter.report("cpu_ms", cpu);
    effort.report(meter, "", (long) Millis.COUNT * meter.repetitions());
  }

  private static long sleepAll(PolluxRuntime runtime, Meter meter) throws Exception {
    return Stopwatch.nanos(
        runtime, meter, new SpawnAndJoin(Millis.COUNT, Timers::sleepOne), Millis.COUNT);
  }

  private static Future<Integer> sleepOne(int index) {
    return new SleepThenOne(Duration.ofMillis(Millis.get(index)));
  }

  /** The whole body of a task: it sleeps, and answers 1. */
  private static final class SleepThenOne implements Future<Integer> {

    private final Sleep sleep;

    SleepThenOne(Duration duration) {
      sleep = Time.sleep(duration);
    }

    @Override
    public Poll<Integer> poll(Context cx) {
      return sleep.poll(cx).isPending() ? Poll.pending() : Poll.ready(1);
    }

    @Override
    public void cancel() {
      sleep.cancel();
    }

    @Override
    public void describe(Description description) {
      description.name("sleep, then 1").child("sleep", sleep);
    }
  }
}
