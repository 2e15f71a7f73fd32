package dev.pollux.executor.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import jdk.jfr.EventType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of a recording, as the recorder writes them. */
class ThresholdTest {

  private static final EventType LONG_POLL = EventType.getEventType(LongPollEvent.class);
  private static final String NAME = "dev.pollux.LongPoll";

  @ParameterizedTest
  @CsvSource({
    "20 ms, PT0.02S",
    "20ms, PT0.02S",
    "5000000 ns, PT0.005S",
    "7 us, PT0.000007S",
    "3 s, PT3S",
    "2 m, PT2M",
    "1 h, PT1H",
    "1 d, PT24H",
    "0 ns, PT0S",
    "soon, PT0S",
    "12, PT0S",
    "ms, PT0S",
    "99999999999999999999 s, PT0S",
    "'', PT0S",
  })
  void timesAreRead(String text, Duration time) {
    assertThat(Threshold.nanosOf(text)).isEqualTo(time.toNanos());
  }

  @Test
  void infinityIsNever() {
    assertThat(Threshold.nanosOf("infinity")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsNotSwitchedOnIsNever() {
    assertThat(Threshold.nanosOf(LONG_POLL, Map.of())).isEqualTo(Long.MAX_VALUE);
    assertThat(Threshold.nanosOf(LONG_POLL, Map.of(NAME + "#threshold", "1 ms")))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Threshold.nanosOf(LONG_POLL, Map.of(NAME + "#enabled", "false")))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEventIsNamedOrNumbered() {
    assertThat(
            Threshold.nanosOf(
                LONG_POLL, Map.of(NAME + "#enabled", "true", NAME + "#threshold", "1 ms")))
        .isEqualTo(1_000_000);
    String number = Long.toString(LONG_POLL.getId());
    assertThat(
            Threshold.nanosOf(
                LONG_POLL, Map.of(number + "#enabled", "true", number + "#threshold", "2 ms")))
        .isEqualTo(2_000_000);
  }

  @Test
  void withoutAWordItIsThatOfTheEvent() {
    assertThat(Threshold.nanosOf(LONG_POLL, Map.of(NAME + "#enabled", "true")))
        .isEqualTo(Duration.ofMillis(100).toNanos());
  }
}
