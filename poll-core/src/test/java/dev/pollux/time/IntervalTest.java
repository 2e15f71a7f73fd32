package dev.pollux.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Turn;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalTest {

  private static final Duration PERIOD = Duration.ofMillis(20);

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);

  /** Polls, and moves the clock to the next deadline, until {@code ticks} have come. */
  private List<String> ticks(Interval interval, int ticks) throws Exception {
    List<String> seen = new ArrayList<>();
    while (seen.size() < ticks) {
      Next<Long> next = harness.pollNext(interval);
      if (next.isItem()) {
        seen.add(next.value() + "@" + clock.nanoTime() / 1_000_000);
      } else {
        assertThat(clock.advanceToNext()).isTrue();
        assertThat(harness.woken()).isTrue();
      }
    }
    return seen;
  }

  private void advanceToMillis(long millis) {
    clock.advanceTo(millis * 1_000_000);
  }

  @Test
  void ticksAtOnceAndThenEveryPeriod() throws Exception {
    advanceToMillis(7); // the first poll sets the schedule
    assertThat(ticks(Time.interval(PERIOD), 4)).containsExactly("0@7", "1@27", "2@47", "3@67");
  }

  @Test
  void waitsForTheNextTickAndIsNotEarly() throws Exception {
    Interval interval = Time.interval(PERIOD);
    assertThat(harness.pollNext(interval).value()).isZero();
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    clock.advance(PERIOD.minusNanos(1));
    assertThat(harness.woken()).isFalse();
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(interval).value()).isEqualTo(1);
  }

  @Test
  void aBurstDeliversEveryMissedTick() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.BURST);
    assertThat(ticks(interval, 2)).containsExactly("0@0", "1@20");
    advanceToMillis(90);
    assertThat(ticks(interval, 5)).containsExactly("2@90", "3@90", "4@90", "5@100", "6@120");
  }

  @Test
  void delayCountsThePeriodFromTheLateTick() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.DELAY);
    assertThat(ticks(interval, 2)).containsExactly("0@0", "1@20");
    advanceToMillis(90);
    assertThat(ticks(interval, 4)).containsExactly("2@90", "3@110", "4@130", "5@150");
  }

  @Test
  void skipKeepsTheScheduleAndCountsWhatItLeavesOut() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.SKIP);
    assertThat(ticks(interval, 2)).containsExactly("0@0", "1@20");
    advanceToMillis(90);
    assertThat(ticks(interval, 4)).containsExactly("2@90", "5@100", "6@120", "7@140");
  }

  @Test
  void skipWhenExactlyOnTheScheduleGoesToTheNext() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.SKIP);
    assertThat(ticks(interval, 2)).containsExactly("0@0", "1@20");
    advanceToMillis(80);
    assertThat(ticks(interval, 2)).containsExactly("2@80", "5@100");
  }

  @Test
  void upToFiveMillisecondsLateIsInTime() throws Exception {
    for (MissedTicks missed : MissedTicks.values()) {
      long start = clock.nanoTime() / 1_000_000;
      Interval interval = Time.interval(PERIOD, missed);
      assertThat(ticks(interval, 1)).hasSize(1);
      advanceToMillis(start + 25);
      assertThat(ticks(interval, 2)).containsExactly("1@" + (start + 25), "2@" + (start + 40));
    }
  }

  @Test
  void moreThanFiveMillisecondsLateIsMissed() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.DELAY);
    assertThat(ticks(interval, 1)).containsExactly("0@0");
    clock.advanceTo(25_000_001);
    assertThat(harness.pollNext(interval).value()).isEqualTo(1);
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    assertThat(clock.nextDeadlineNanos()).hasValue(45_000_001);
  }

  @Test
  void aBurstGivesWayToOthers() throws Exception {
    Interval interval = Time.interval(Duration.ofNanos(1));
    assertThat(harness.pollNext(interval).isItem()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    List<Long> seen = new ArrayList<>();
    assertThat(harness.pollEach(interval, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).hasSize(128);
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void aPeriodOfCenturiesTicksOnceAndThenNever() throws Exception {
    clock.advance(Duration.ofSeconds(1));
    Interval interval = Time.interval(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(harness.pollNext(interval).isItem()).isTrue();
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    assertThat(clock.nextDeadlineNanos()).isEmpty();
  }

  @Test
  void cancelDisarmsAndEndsIt() throws Exception {
    Interval interval = Time.interval(PERIOD);
    assertThat(harness.pollNext(interval).isItem()).isTrue();
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    assertThat(clock.armed()).isEqualTo(1);
    interval.cancel();
    interval.cancel();
    assertThat(clock.armed()).isZero();
    assertThatThrownBy(() -> harness.pollNext(interval)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void refusesAPeriodThatIsNotPositive() {
    for (Duration period : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
      assertThatThrownBy(() -> Time.interval(period))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(period.toString());
    }
  }

  @Test
  void saysWhenItTicksNext() throws Exception {
    Interval interval = Time.interval(PERIOD, MissedTicks.SKIP);
    assertThat(harness.pollNext(interval).isItem()).isTrue();
    assertThat(harness.pollNext(interval).isPending()).isTrue();
    assertThat(Description.ofIterator(interval).toString())
        .contains("interval {period=PT0.02S, missed=SKIP, tick=1}")
        .contains("sleep: sleep waits for a deadline in PT0.02S");
  }
}
