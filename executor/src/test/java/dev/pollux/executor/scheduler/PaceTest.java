package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void aFixedIntervalLearnsNothing() {
    Pace pace = new Pace(7, 61);
    pace.learn(1_000_000_000, 1);
    assertThat(pace.pollsToInject()).isEqualTo(7);
  }

  @Test
  void itBeginsWithSixtyOne() {
    assertThat(new Pace(0, 61).pollsToInject()).isEqualTo(61);
  }

  @Test
  void longPollsMakeItShortAndShortOnesLong() {
    Pace pace = new Pace(0, 61);
    long now = 0;
    for (int i = 0; i < 100; i++) {
      now += 61 * 20_000;
      pace.learn(now, 61); // 20 µs each
    }
    assertThat(pace.pollsToInject()).isBetween(9, 11);
    for (int i = 0; i < 100; i++) {
      now += 61 * 10;
      pace.learn(now, 61);
    }
    assertThat(pace.pollsToInject()).isEqualTo(127);
    now += 10_000_000_000L;
    pace.learn(now, 1);
    assertThat(pace.pollsToInject()).isEqualTo(2);
  }

  @Test
  void timeThatWasSleptDoesNotCount() {
    Pace pace = new Pace(0, 61);
    pace.skip(3_600_000_000_000L);
    pace.learn(3_600_000_000_000L + 200_000, 61);
    assertThat(pace.pollsToInject()).isEqualTo(61);
  }

  @Test
  void noPollsOrAClockThatStandsStillDoNoHarm() {
    Pace pace = new Pace(0, 61);
    pace.learn(500, 0);
    assertThat(pace.pollsToInject()).isEqualTo(61);
    for (int i = 0; i < 200; i++) {
      pace.learn(500, 61);
    }
    assertThat(pace.pollsToInject()).isEqualTo(127);
  }

  @Test
  void eventsAreLookedForAfterHalfAMillisecondOfPolls() {
    Pace pace = new Pace(0, 61);
    assertThat(pace.pollsToEvents()).isEqualTo(61);
    long now = 61 * 50_000;
    pace.learn(now, 61); // 50 µs each
    assertThat(pace.pollsToEvents()).as("at once").isEqualTo(10);
    now += 10 * 2_000_000;
    pace.learn(now, 10); // 2 ms each
    assertThat(pace.pollsToEvents()).as("after each poll").isEqualTo(1);
    for (int polls : new int[] {2, 4, 8, 16, 32, 61, 61}) {
      now += 100;
      pace.learn(now, 1);
      assertThat(pace.pollsToEvents()).as("longer step by step").isEqualTo(polls);
    }
  }

  @Test
  void eventsAreLookedForNoLessOftenThanTheOptionSays() {
    Pace pace = new Pace(0, 1);
    pace.learn(1, 1);
    assertThat(pace.pollsToEvents()).isEqualTo(1);
  }
}
