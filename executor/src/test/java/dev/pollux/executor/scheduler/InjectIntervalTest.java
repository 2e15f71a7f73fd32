package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InjectIntervalTest {

  @Test
  void aFixedIntervalLearnsNothing() {
    InjectInterval interval = new InjectInterval(7);
    interval.learn(1_000_000_000, 1);
    assertThat(interval.polls()).isEqualTo(7);
  }

  @Test
  void itBeginsWithSixtyOne() {
    assertThat(new InjectInterval(0).polls()).isEqualTo(61);
  }

  @Test
  void longPollsMakeItShortAndShortOnesLong() {
    InjectInterval interval = new InjectInterval(0);
    long now = 0;
    for (int i = 0; i < 100; i++) {
      now += 61 * 20_000;
      interval.learn(now, 61); // 20 µs each
    }
    assertThat(interval.polls()).isBetween(9, 11);
    for (int i = 0; i < 100; i++) {
      now += 61 * 10;
      interval.learn(now, 61);
    }
    assertThat(interval.polls()).isEqualTo(127);
    now += 10_000_000_000L;
    interval.learn(now, 1);
    assertThat(interval.polls()).isEqualTo(2);
  }

  @Test
  void timeThatWasSleptDoesNotCount() {
    InjectInterval interval = new InjectInterval(0);
    interval.skip(3_600_000_000_000L);
    interval.learn(3_600_000_000_000L + 200_000, 61);
    assertThat(interval.polls()).isEqualTo(61);
  }

  @Test
  void noPollsOrAClockThatStandsStillDoNoHarm() {
    InjectInterval interval = new InjectInterval(0);
    interval.learn(500, 0);
    assertThat(interval.polls()).isEqualTo(61);
    for (int i = 0; i < 200; i++) {
      interval.learn(500, 61);
    }
    assertThat(interval.polls()).isEqualTo(127);
  }
}
