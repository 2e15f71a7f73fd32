package dev.pollux.executor.scheduler;

import dev.pollux.executor.DurationHistogram;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts durations in buckets, four for each doubling.
 *
 * @threading {@link #add}: one thread; {@link #addTo}: any thread, a moment late
 */
final class DurationCounts {

  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FRACTION_BITS = 2;
  private static final int FRACTIONS = 1 << FRACTION_BITS;

  /** The last bucket begins after a minute. */
  private static final int DOUBLINGS = 36;

  static final int BUCKETS = DOUBLINGS * FRACTIONS;

  private final long[] counts = new long[BUCKETS];

  /** Counts a duration {@code times} times. */
  void add(long nanos, long times) {
    int bucket = bucketOf(nanos);
    COUNT.setOpaque(counts, bucket, counts[bucket] + times); // one thread writes
  }

  /** Adds what was counted so far to {@code sums}, which has {@link #BUCKETS} elements. */
  void addTo(long[] sums) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      sums[bucket] += (long) COUNT.getOpaque(counts, bucket);
    }
  }

  static int bucketOf(long nanos) {
    if (nanos < FRACTIONS) {
      return (int) Math.max(0, nanos);
    }
    int top = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    int fraction = (int) (nanos >>> (top - FRACTION_BITS)) & (FRACTIONS - 1);
    return Math.min(BUCKETS - 1, (top - FRACTION_BITS + 1) * FRACTIONS + fraction);
  }

  /** The shortest duration in a bucket. */
  static long startOf(int bucket) {
    if (bucket < FRACTIONS) {
      return bucket;
    }
    int top = bucket / FRACTIONS + FRACTION_BITS - 1;
    return (long) (FRACTIONS + bucket % FRACTIONS) << (top - FRACTION_BITS);
  }

  static DurationHistogram histogramOf(long[] sums) {
    List<DurationHistogram.Bucket> buckets = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (sums[bucket] > 0) {
        long end = bucket == BUCKETS - 1 ? Long.MAX_VALUE : startOf(bucket + 1) - 1;
        buckets.add(new DurationHistogram.Bucket(startOf(bucket), end, sums[bucket]));
      }
    }
    return new DurationHistogram(buckets);
  }
}
