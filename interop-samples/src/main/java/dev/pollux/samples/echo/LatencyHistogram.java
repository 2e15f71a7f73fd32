package dev.pollux.samples.echo;

import java.util.Arrays;

/**
 * Counts latencies in buckets that are at most 1.6 % wide, in constant memory.
 *
 * <p>Source: the log-linear buckets of HdrHistogram.
 *
 * @threading confined to one thread at a time
 */
final class LatencyHistogram {
  /*
   * Each power of two from 64 ns on has 64 buckets; below that each nanosecond has one. So a latency with its highest bit at e
   * is in the bucket that its next six bits say, which is 2^(e-6) wide.
   */
  private static final int STEP_BITS = 6;
  private static final int STEPS = 1 << STEP_BITS;

  private final long[] buckets = new long[(Long.SIZE - STEP_BITS) * STEPS];
  private long count;
  private long greatestNanos;

  void add(long latencyNanos) {
    long nanos = Math.max(0, latencyNanos);
    buckets[bucket(nanos)]++;
    count++;
    greatestNanos = Math.max(greatestNanos, nanos);
  }

  void addAll(LatencyHistogram other) {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] += other.buckets[i];
    }
    count += other.count;
    greatestNanos = Math.max(greatestNanos, other.greatestNanos);
  }

  void clear() {
    Arrays.fill(buckets, 0);
    count = 0;
    greatestNanos = 0;
  }

  long count() {
    return count;
  }

  long greatestNanos() {
    return greatestNanos;
  }

  /**
   * What {@code share} of all latencies don't exceed: the end of the bucket, so up to 1.6 % more
   * than the least such number. 0 if there are none.
   */
  long quantileNanos(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < buckets.length; i++) {
      seen += buckets[i];
      if (seen >= wanted) {
        return Math.min(greatestNanos, end(i));
      }
    }
    return greatestNanos;
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
    return (shift + 1) * STEPS + (int) (nanos >>> shift) - STEPS;
  }

  /** The greatest latency of a bucket. */
  private static long end(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    return ((long) (STEPS + bucket % STEPS + 1) << shift) - 1;
  }
}
