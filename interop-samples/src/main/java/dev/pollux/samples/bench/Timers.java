package dev.pollux.samples.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.pollux.benchmarks.SpawnAndJoin;
import dev.pollux.core.Future;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import java.lang.management.ManagementFactory;
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
          Timers::run);

  private Timers() {}

  private static void run(Meter meter) throws Exception {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<Double> over = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      meter.check(sleepAll(runtime), Millis.COUNT); // the warm-up
      for (int i = 0; i < meter.repetitions(); i++) {
        long cpuBegun = process.getProcessCpuTime();
        long begun = System.nanoTime();
        meter.check(sleepAll(runtime), Millis.COUNT);
        over.add((System.nanoTime() - begun) / NANOS_PER_MILLI - IDEAL_MILLIS);
        cpu.add((process.getProcessCpuTime() - cpuBegun) / NANOS_PER_MILLI);
      }
    }
    meter.report("over_ideal_ms", over);
    meter.report("cpu_ms", cpu);
  }

  private static long sleepAll(CurrentThreadRuntime runtime) throws Exception {
    return runtime.blockOn(new SpawnAndJoin(Millis.COUNT, Timers::sleepOne));
  }

  private static Future<Integer> sleepOne(int index) {
    return Time.sleep(Duration.ofMillis(Millis.get(index))).map(awake -> 1);
  }
}
