package dev.pollux.executor.events;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventType;
import org.jspecify.annotations.Nullable;

/** Reads the threshold of an event out of the settings of a recording. */
final class Threshold {

  private Threshold() {}

  /**
   * The threshold of {@code type} in {@code settings}, in nanoseconds; {@link Long#MAX_VALUE} if
   * the settings don't switch it on.
   */
  static long nanosOf(EventType type, Map<String, String> settings) {
    String enabled = setting(type, settings, "enabled");
    if (!Boolean.parseBoolean(enabled)) {
      return Long.MAX_VALUE;
    }
    String threshold = setting(type, settings, "threshold");
    return nanosOf(threshold == null ? LongPollEvent.THRESHOLD : threshold);
  }

  /** A recording may name an event, or its number. */
  private static @Nullable String setting(
      EventType type, Map<String, String> settings, String name) {
    String byNumber = settings.get(type.getId() + "#" + name);
    return byNumber != null ? byNumber : settings.get(type.getName() + "#" + name);
  }

  /** A time as the recorder writes it: {@code 20 ms}. What it would not understand is 0 to it. */
  static long nanosOf(String text) {
    String trimmed = text.strip().toLowerCase(Locale.ROOT);
    if (trimmed.equals("infinity")) {
      return Long.MAX_VALUE;
    }
    int digits = 0;
    while (digits < trimmed.length() && Character.isDigit(trimmed.charAt(digits))) {
      digits++;
    }
    TimeUnit unit =
        switch (trimmed.substring(digits).strip()) {
          case "ns" -> TimeUnit.NANOSECONDS;
          case "us" -> TimeUnit.MICROSECONDS;
          case "ms" -> TimeUnit.MILLISECONDS;
          case "s" -> TimeUnit.SECONDS;
          case "m" -> TimeUnit.MINUTES;
          case "h" -> TimeUnit.HOURS;
          case "d" -> TimeUnit.DAYS;
          default -> null;
        };
    try {
      return unit == null ? 0 : unit.toNanos(Long.parseLong(trimmed.substring(0, digits)));
    } catch (NumberFormatException unreadable) {
      return 0;
    }
  }
}
