package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

/**
 * An element and when it came.
 *
 * @param nanos the time at which it was taken in, in nanoseconds on the clock of the timer that the
 *     stream was polled with: since that timer's own start
 * @param value the element, never null
 * @threading immutable, as far as the element is
 */
public record Stamped<T>(long nanos, T value) {

  /** Refuses a null element. */
  public Stamped {
    requireNonNull(value, "value");
  }
}
