package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

/**
 * An element and how long after the one before it came.
 *
 * @param nanos the time from when the element before was taken in to when this one was, in
 *     nanoseconds; of the first, the time since the first poll
 * @param value the element, never null
 * @threading immutable, as far as the element is
 */
public record Gap<T>(long nanos, T value) {

  /** Refuses a null element. */
  public Gap {
    requireNonNull(value, "value");
  }
}
