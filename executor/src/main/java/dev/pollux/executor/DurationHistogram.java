package dev.pollux.executor;

import java.time.Duration;
import java.util.List;

/**
 * How often durations of which length were measured. A bucket is a fifth as wide as it is far from
 * zero, or less, so what is read from it is at most so much too long.
 *
 * @param buckets those that are not empty, the shortest durations first
 * @threading immutable
 */
public record DurationHistogram(List<Bucket> buckets) {

  /**
   * The durations from {@code fromNanos} to {@code toNanos}.
   *
   * @param fromNanos the shortest of them, in nanoseconds
   * @param toNanos the longest of them; {@link Long#MAX_VALUE} in the last bucket, which has no end
   * @param count how many were measured
   */
  public record Bucket(long fromNanos, long toNanos, long count) {}

  /** Makes a histogram of buckets that are in order. */
  public DurationHistogram {
    buckets = List.copyOf(buckets);
  }

  /** How many durations there are in all. */
  public long count() {
    long count = 0;
    for (Bucket bucket : buckets) {
      count += bucket.count();
    }
    return count;
  }

  /**
   * The duration that {@code percent} of all do not exceed, rounded up to the end of its bucket.
   *
   * @param percent from 0 to 100: 50 for the median, 99.9 for the one of a thousand
   * @return the duration; zero if there is none
   * @throws IllegalArgumentException if {@code percent} is not from 0 to 100
   */
  public Duration percentile(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be from 0 to 100, was " + percent);
    }
    long rank = Math.max(1, (long) Math.ceil(count() * percent / 100));
    long seen = 0;
    for (Bucket bucket : buckets) {
      seen += bucket.count();
      if (seen >= rank) {
        return end(bucket);
      }
    }
    return Duration.ZERO;
  }

  /** The longest duration, rounded up to the end of its bucket; zero if there is none. */
  public Duration max() {
    return buckets.isEmpty() ? Duration.ZERO : end(buckets.get(buckets.size() - 1));
  }

  /** The mean, each duration taken as the middle of its bucket; zero if there is none. */
  public Duration mean() {
    double sum = 0;
    for (Bucket bucket : buckets) {
      double middle = bucket.fromNanos() + (end(bucket).toNanos() - bucket.fromNanos()) / 2.0;
      sum += middle * bucket.count();
    }
    long count = count();
    return count == 0 ? Duration.ZERO : Duration.ofNanos((long) (sum / count));
  }

  private static Duration end(Bucket bucket) {
    boolean endless = bucket.toNanos() == Long.MAX_VALUE;
    return Duration.ofNanos(endless ? bucket.fromNanos() : bucket.toNanos());
  }

  /** In a few figures, such as {@code 1200 (p50 810ns, p99 14us, max 2ms)}. */
  @Override
  public String toString() {
    return count()
        + " (p50 "
        + text(percentile(50))
        + ", p99 "
        + text(percentile(99))
        + ", max "
        + text(max())
        + ")";
  }

  private static String text(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos < 10_000) {
      return nanos + "ns";
    }
    if (nanos < 10_000_000) {
      return nanos / 1_000 + "us";
    }
    return nanos < 10_000_000_000L ? nanos / 1_000_000 + "ms" : nanos / 1_000_000_000 + "s";
  }
}
