package dev.pollux.executor.task;

import java.time.Duration;

/** Durations as nanoseconds. */
public final class Nanos {

  private Nanos() {}

  /**
   * The nanoseconds of {@code duration}, or {@link Long#MAX_VALUE} (or {@code MIN_VALUE}) if they
   * don't fit.
   */
  public static long saturated(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
