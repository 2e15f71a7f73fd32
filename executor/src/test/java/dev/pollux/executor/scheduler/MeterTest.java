package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.DurationHistogram;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which polls are measured, and what they count for. */
class MeterTest {

  private final Meter meter = new Meter(new Probes(), 1);

  private DurationHistogram polls() {
    long[] sums = new long[DurationCounts.BUCKETS];
    meter.addPollsTo(sums);
    return DurationCounts.histogramOf(sums);
  }

  @Test
  void longPollsAreAllMeasured() {
    long count = 0;
    for (int i = 0; i < 1000; i++) {
      assertThat(meter.poll(100_000, ++count, 100_000)).isEqualTo(1);
    }
    assertThat(polls().count()).isEqualTo(1000);
  }

  @Test
  void ofShortPollsSomeAreMeasuredAndCountForAll() {
    Random random = new Random(3);
    int next = 1;
    int measured = 0;
    for (int count = 1; count <= 1_000_000; count++) {
      long nanos = random.nextInt(100) == 0 ? 500 : 20; // one in a hundred is longer
      if (--next == 0) {
        measured++;
        next = meter.poll(nanos, count, 25);
      }
    }
    // A hundredth of the time: 150 of 25 * 600 nanoseconds.
    assertThat(measured).isBetween(1_400, 2_000);
    DurationHistogram polls = polls();
    assertThat(polls.count()).isBetween(998_000L, 1_000_000L);
    long longer =
        polls.buckets().stream().filter(b -> b.fromNanos() > 100).mapToLong(b -> b.count()).sum();
    assertThat(longer).isBetween(4_000L, 25_000L);
  }

  @Test
  void aLongPollThatWasNotMeasuredIsSeenByTheTimeThatPassed() {
    meter.look(5_000_000, 61, 25);
    DurationHistogram polls = polls();
    assertThat(polls.count()).isEqualTo(1);
    assertThat(polls.max().toNanos()).isBetween(4_900_000L, 6_300_000L);
  }

  @Test
  void aLongPollThatWasMeasuredCountsOnce() {
    int unused = meter.poll(5_000_000, 1, 25);
    meter.look(5_001_000, 61, 25);
    assertThat(polls().count()).isEqualTo(1);
    meter.look(2_000_000, 61, 25); // the next time begins anew
    assertThat(polls().count()).isEqualTo(2);
  }

  @Test
  void manyPollsOfSomeLengthAreNoLongOne() {
    meter.look(1_500_000, 61, 25_000);
    assertThat(polls().count()).isZero();
  }
}
