package dev.pollux.samples.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeMetrics;
import java.lang.management.ManagementFactory;

/**
 * What a runtime and its process have spent so far.
 *
 * @param cpuNanos processor time of all threads of the process, those of the virtual machine too;
 *     it comes in steps of 10 ms on Linux
 * @param unparks sleeping workers woken by another thread
 * @param handOvers tasks that a worker took from another, or from the queue that they share
 * @param parks times that a worker went to sleep
 * @param isCounted whether the runtime counts the last three
 */
record Effort(long cpuNanos, long unparks, long handOvers, long parks, boolean isCounted) {

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  static Effort of(PolluxRuntime runtime) {
    if (runtime instanceof MultiThreadRuntime multiThread) {
      RuntimeMetrics metrics = multiThread.metrics();
      return new Effort(
          processCpuNanos(),
          metrics.unparks(),
          metrics.stolenTasks() + metrics.injectedTasks(),
          metrics.parks(),
          true);
    }
    return new Effort(processCpuNanos(), 0, 0, 0, false);
  }

  /** The processor time of this process. */
  static long processCpuNanos() {
    return PROCESS.getProcessCpuTime();
  }

  Effort minus(Effort before) {
    return new Effort(
        cpuNanos - before.cpuNanos,
        unparks - before.unparks,
        handOvers - before.handOvers,
        parks - before.parks,
        isCounted);
  }

  /**
   * Reports it for one operation.
   *
   * @param prefix begins the names of the metrics
   * @param operations how many were done
   */
  void report(Meter meter, String prefix, long operations) {
    meter.report(prefix + "cpu_ns_per_op", (double) cpuNanos / operations);
    if (isCounted) {
      meter.report(prefix + "unparks_per_op", (double) unparks / operations);
      meter.report(prefix + "steals_per_op", (double) handOvers / operations);
      meter.report(prefix + "parks_per_op", (double) parks / operations);
    }
  }
}
