package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.executor.DurationHistogram;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationCountsTest {

  @Test
  void bucketsFollowEachOtherWithoutAGap() {
    for (int bucket = 0; bucket < DurationCounts.BUCKETS; bucket++) {
      long start = DurationCounts.startOf(bucket);
      assertThat(DurationCounts.bucketOf(start)).isEqualTo(bucket);
      if (bucket > 0) {
        assertThat(DurationCounts.bucketOf(start - 1)).isEqualTo(bucket - 1);
      }
    }
    assertThat(DurationCounts.bucketOf(-5)).isZero();
    assertThat(DurationCounts.bucketOf(Long.MAX_VALUE)).isEqualTo(DurationCounts.BUCKETS - 1);
    assertThat(DurationCounts.startOf(DurationCounts.BUCKETS - 1)).isGreaterThan(60_000_000_000L);
  }

  @Test
  void percentilesAreAtMostAQuarterTooLong() {
    DurationCounts counts = new DurationCounts();
    Random random = new Random(7);
    long[] values = random.longs(10_000, 1, 1_000_000_000).sorted().toArray();
    for (long value : values) {
      counts.add(value, 1);
    }
    DurationHistogram histogram = histogram(counts);
    assertThat(histogram.count()).isEqualTo(10_000);
    for (double percent : new double[] {1, 25, 50, 90, 99, 100}) {
      double exact = values[(int) Math.ceil(percent * 100) - 1];
      assertThat((double) histogram.percentile(percent).toNanos()).isBetween(exact, exact * 1.25);
    }
    assertThat((double) histogram.mean().toNanos()).isCloseTo(500_000_000.0, within(50_000_000.0));
  }

  @Test
  void anEmptyHistogramHasNoDurations() {
    DurationHistogram histogram = histogram(new DurationCounts());
    assertThat(histogram.count()).isZero();
    assertThat(histogram.percentile(50)).isZero();
    assertThat(histogram.max()).isZero();
    assertThat(histogram.mean()).isZero();
    assertThatThrownBy(() -> histogram.percentile(101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percent must be from 0 to 100, was 101.0");
  }

  @Test
  void aCountMayStandForMany() {
    DurationCounts counts = new DurationCounts();
    counts.add(100, 99);
    counts.add(2_000_000, 1);
    DurationHistogram histogram = histogram(counts);
    assertThat(histogram.count()).isEqualTo(100);
    assertThat(histogram.percentile(99)).isLessThan(Duration.ofNanos(128));
    assertThat(histogram.max()).isBetween(Duration.ofMillis(2), Duration.ofNanos(2_500_000));
    assertThat(histogram).hasToString("100 (p50 111ns, p99 111ns, max 2097us)");
  }

  private static DurationHistogram histogram(DurationCounts counts) {
    long[] sums = new long[DurationCounts.BUCKETS];
    counts.addTo(sums);
    return DurationCounts.histogramOf(sums);
  }
}
