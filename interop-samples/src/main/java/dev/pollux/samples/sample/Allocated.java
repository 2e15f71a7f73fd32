package dev.pollux.samples.sample;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * What something allocates each time that it is done: the least of several series, the first of
 * which are done by code that is not compiled yet.
 */
final class Allocated {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int SERIES = 20;

  /** After so many series that were no better than the best it is found. */
  private static final int PATIENCE = 6;

  /** But not before the compiler had so much time. */
  private static final long LEAST_NANOS = 200_000_000;

  private Allocated() {}

  /** Something that is done several times. */
  @FunctionalInterface
  interface Body {

    /** Does it once. */
    void run() throws Exception;
  }

  /** How many bytes the calling thread allocates each time. */
  static double bytesEach(Body body) throws Exception {
    return least(THREADS::getCurrentThreadAllocatedBytes, body);
  }

  /** How many bytes all threads allocate each time; whatever else they do is counted as well. */
  static double bytesOfAllThreadsEach(Body body) throws Exception {
    return least(Allocated::byAllThreads, body);
  }

  private static double least(LongSupplier bytes, Body body) throws Exception {
    double least = Double.MAX_VALUE;
    int worse = 0;
    long begun = System.nanoTime();
    while (worse < PATIENCE || System.nanoTime() - begun < LEAST_NANOS) {
      long before = bytes.getAsLong();
      for (int n = 0; n < SERIES; n++) {
        body.run();
      }
      double each = (double) (bytes.getAsLong() - before) / SERIES;
      worse = each < least ? 0 : worse + 1;
      least = Math.min(least, each);
    }
    return Math.max(least, 0); // threads that have ended meanwhile are missing in the second sum
  }

  private static long byAllThreads() {
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      sum += Math.max(bytes, 0); // -1: a thread that has just ended
    }
    return sum;
  }
}
