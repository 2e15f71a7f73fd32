package dev.pollux.samples.sample;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the calling thread allocates. */
final class Allocated {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocated() {}

  /** Something that is done several times. */
  @FunctionalInterface
  interface Body {

    /** Does it once. */
    void run() throws Exception;
  }

  /**
   * How many bytes the calling thread allocates each time, on average.
   *
   * @param warmUps how often it is done before, so that it is compiled
   * @param times how often it is done while it is measured
   */
  static double bytesEach(int warmUps, int times, Body body) throws Exception {
    for (int n = 0; n < warmUps; n++) {
      body.run();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int n = 0; n < times; n++) {
      body.run();
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / times;
  }
}
