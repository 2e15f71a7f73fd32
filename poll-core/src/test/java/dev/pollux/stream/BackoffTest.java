package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private static List<Duration> waits(Backoff backoff, int count) {
    return waits(backoff.schedule(0), count);
  }

  private static List<Duration> waits(Backoff.Schedule schedule, int count) {
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      schedule.next(new Exception("torn")).ifPresent(waits::add);
    }
    return waits;
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void fixedWaitsAreAllTheSame() {
    assertThat(waits(Backoff.fixed(ms(7)), 3)).containsExactly(ms(7), ms(7), ms(7));
    assertThat(waits(Backoff.fixed(Duration.ZERO).factor(3), 2))
        .containsExactly(Duration.ZERO, Duration.ZERO);
  }

  @Test
  void exponentialWaitsGrowUpToTheLongest() {
    assertThat(waits(Backoff.exponential(ms(100), ms(500)), 5))
        .containsExactly(ms(100), ms(200), ms(400), ms(500), ms(500));
    assertThat(waits(Backoff.exponential(ms(100), ms(5_000)).factor(3), 4))
        .containsExactly(ms(100), ms(300), ms(900), ms(2_700));
    assertThat(waits(Backoff.exponential(ms(100), ms(500)).factor(1), 3))
        .containsExactly(ms(100), ms(100), ms(100));
  }

  @Test
  void noNumberOfFailuresOverflows() {
    Backoff.Schedule schedule = Backoff.exponential(ms(1), ms(1_000)).schedule(0);
    for (int i = 0; i < 100_000; i++) {
      assertThat(schedule.next(new Exception("torn")).orElseThrow()).isBetween(ms(1), ms(1_000));
    }
    assertThat(schedule.failures()).isEqualTo(100_000);
    Backoff endless = Backoff.exponential(ms(1), Duration.ofSeconds(Long.MAX_VALUE));
    List<Duration> waits = waits(endless.factor(1e300), 100);
    assertThat(waits.get(99)).isEqualTo(LONGEST);
    assertThat(waits(Backoff.fixed(Duration.ofSeconds(Long.MAX_VALUE)).jitter(1, 5), 50))
        .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ZERO, LONGEST));
    assertThat(waits(Backoff.fixed(ms(1)).factor(Double.MAX_VALUE), 3))
        .containsExactly(ms(1), LONGEST, LONGEST);
  }

  @Test
  void jitterStaysWithinItsRatioAndTheLongest() {
    List<Duration> waits = waits(Backoff.fixed(ms(1_000)).jitter(0.5, 1), 1_000);
    assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(ms(500), ms(1_500)));
    assertThat(waits).anySatisfy(wait -> assertThat(wait).isLessThan(ms(600)));
    assertThat(waits).anySatisfy(wait -> assertThat(wait).isGreaterThan(ms(1_400)));
    assertThat(waits(Backoff.exponential(ms(100), ms(100)).jitter(1, 1), 100))
        .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ZERO, ms(100)));
  }

  @Test
  void aSeedRepeatsTheWaits() {
    Backoff seeded = Backoff.fixed(ms(1_000)).jitter(1, 42);
    assertThat(waits(seeded.schedule(1), 20)).isEqualTo(waits(seeded.schedule(2), 20));
    assertThat(waits(seeded, 20)).isNotEqualTo(waits(Backoff.fixed(ms(1_000)).jitter(1, 43), 20));
    Backoff open = Backoff.fixed(ms(1_000)).jitter(1);
    assertThat(waits(open.schedule(1), 20)).isEqualTo(waits(open.schedule(1), 20));
    assertThat(waits(open.schedule(1), 20)).isNotEqualTo(waits(open.schedule(2), 20));
  }

  @Test
  void theLastAttemptIsFinal() {
    assertThat(waits(Backoff.fixed(ms(1)).attempts(3), 10)).hasSize(2);
    assertThat(waits(Backoff.fixed(ms(1)).attempts(1), 10)).isEmpty();
  }

  @Test
  void successStartsTheCountAnew() {
    Backoff.Schedule schedule = Backoff.exponential(ms(1), ms(9)).attempts(3).schedule(0);
    assertThat(waits(schedule, 2)).containsExactly(ms(1), ms(2));
    schedule.reset();
    assertThat(schedule.failures()).isZero();
    assertThat(waits(schedule, 3)).containsExactly(ms(1), ms(2));
  }

  @Test
  void allPredicatesMustHold() {
    Backoff backoff =
        Backoff.fixed(ms(1))
            .onlyIf(failure -> failure instanceof IOException)
            .onlyIf(failure -> failure.getMessage().length() == 1);
    assertThat(backoff.schedule(0).next(new IOException("a"))).isPresent();
    assertThat(backoff.schedule(0).next(new IOException("ab"))).isEqualTo(Optional.empty());
    assertThat(backoff.schedule(0).next(new Exception("a"))).isEqualTo(Optional.empty());
  }

  @Test
  void whatItIsToldLastHolds() {
    Backoff backoff = Backoff.fixed(ms(1)).attempts(9).jitter(1, 1).attempts(2).jitter(0);
    assertThat(waits(backoff, 5)).containsExactly(ms(1));
    assertThat(backoff)
        .hasToString(
            "Backoff[first PT0.001S, max " + LONGEST + ", factor 1.0, jitter 0.0, 2 attempts]");
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Backoff.fixed(ms(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delay must not be negative, was PT-0.001S");
    assertThatThrownBy(() -> Backoff.exponential(Duration.ZERO, ms(1)))
        .hasMessage("first must be more than 0, was PT0S");
    assertThatThrownBy(() -> Backoff.exponential(ms(2), ms(1)))
        .hasMessage("max must be at least first, PT0.002S, was PT0.001S");
    Backoff backoff = Backoff.fixed(ms(1));
    for (double factor : new double[] {0.9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> backoff.factor(factor))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("factor must be at least 1 and not infinite, was " + factor);
    }
    for (double ratio : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> backoff.jitter(ratio))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("ratio must be from 0 to 1, was " + ratio);
      assertThatThrownBy(() -> backoff.jitter(ratio, 1)).hasMessageStartingWith("ratio");
    }
    assertThatThrownBy(() -> backoff.attempts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attempts must be at least 1, was 0");
    assertThatThrownBy(() -> backoff.onlyIf(null)).hasMessage("retryable");
    assertThatThrownBy(() -> backoff.schedule(0).next(null)).hasMessage("failure");
  }
}
