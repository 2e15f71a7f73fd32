package dev.pollux.samples.bench;

import java.util.Arrays;

/**
 * How long each of many things took.
 *
 * @threading any thread
 */
final class Latencies {

  private long[] nanos = new long[1024];
  private int count;

  synchronized void add(long latencyNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = latencyNanos;
  }

  synchronized int count() {
    return count;
  }

  /** The least latency that {@code share} of all don't exceed; with 1 it is the greatest. */
  synchronized double quantile(double share) {
    if (count == 0) {
      throw new IllegalStateException("wrong result: nothing was measured");
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }
}
