package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {

  @Test
  void anEmptyOneHasNoLatencies() {
    LatencyHistogram empty = new LatencyHistogram();
    assertThat(empty.count()).isZero();
    assertThat(empty.quantileNanos(0.5)).isZero();
    assertThat(empty.greatestNanos()).isZero();
  }

  @Test
  void quantilesAreOfTheRightBucket() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      LatencyHistogram histogram = new LatencyHistogram();
      long[] all = new long[1 + random.nextInt(300)];
      for (int i = 0; i < all.length; i++) {
        all[i] = random.nextLong() >>> (2 + random.nextInt(62));
        histogram.add(all[i]);
      }
      Arrays.sort(all);
      assertThat(histogram.count()).isEqualTo(all.length);
      assertThat(histogram.greatestNanos()).isEqualTo(all[all.length - 1]);
      for (double share : new double[] {0, 0.01, 0.5, 0.9, 0.99, 1}) {
        long exact = all[Math.max(0, (int) Math.ceil(share * all.length) - 1)];
        assertThat(histogram.quantileNanos(share)).isBetween(exact, exact + exact / 64);
      }
    }
  }

  @Test
  void theEndsOfTheRangeHaveBuckets() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(-1); // a clock that went back
    assertThat(histogram.quantileNanos(1)).isZero();
    histogram.add(Long.MAX_VALUE);
    assertThat(histogram.quantileNanos(1)).isEqualTo(Long.MAX_VALUE);
    assertThat(histogram.quantileNanos(0.5)).isZero();
  }

  @Test
  void twoAddUp() {
    LatencyHistogram one = new LatencyHistogram();
    LatencyHistogram other = new LatencyHistogram();
    one.add(10);
    other.add(1_000_000);
    other.add(20);
    one.addAll(other);
    assertThat(one.count()).isEqualTo(3);
    assertThat(one.quantileNanos(0.5)).isEqualTo(20);
    assertThat(one.greatestNanos()).isEqualTo(1_000_000);
  }
}
