package dev.pollux.samples.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeMetrics;
import java.lang.management.ManagementFactory;

/**
 * What a runtime and its process have spent so far.
 *
 * @param cpuNanos processor time of all threads of the process, those of the virtual machine too;
 *     it comes in steps of 10 ms on Linux
 * @param allocatedBytes allocated in the heap by the threads that are alive
 * @param unparks sleeping workers woken by another thread
 * @param handOvers tasks that a worker took from another, or from the queue that they share
 * @param parks times that a worker went to sleep
 * @param isCounted whether the runtime counts those three
 */
record Effort(
    long cpuNanos,
    long allocatedBytes,
    long unparks,
    long handOvers,
    long parks,
    boolean isCounted) {

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Effort of(PolluxRuntime runtime) {
    if (runtime instanceof MultiThreadRuntime multiThread) {
      RuntimeMetrics metrics = multiThread.metrics();
      return new Effort(
          processCpuNanos(),
          allocatedByThreads(),
          metrics.unparks(),
          metrics.stolenTasks() + metrics.injectedTasks(),
          metrics.parks(),
          true);
    }
    return new Effort(processCpuNanos(), allocatedByThreads(), 0, 0, 0, false);
  }

  /** The processor time of this process. */
  static long processCpuNanos() {
    return PROCESS.getProcessCpuTime();
  }

  private static long allocatedByThreads() {
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      sum += Math.max(bytes, 0); // -1: a thread that has just ended
    }
    return sum;
  }

  Effort minus(Effort before) {
    return new Effort(
        cpuNanos - before.cpuNanos,
        allocatedBytes - before.allocatedBytes,
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
    meter.report(prefix + "allocated_bytes_per_op", (double) allocatedBytes / operations);
    if (isCounted) {
      meter.report(prefix + "unparks_per_op", (double) unparks / operations);
      meter.report(prefix + "steals_per_op", (double) handOvers / operations);
      meter.report(prefix + "parks_per_op", (double) parks / operations);
    }
  }
}
