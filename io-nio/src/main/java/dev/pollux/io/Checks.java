package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/** Looks at numbers at the public edge. */
final class Checks {

  private Checks() {}

  static int notNegative(String name, int value) {
    return (int) notNegative(name, (long) value);
  }

  static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, was " + value);
    }
    return value;
  }

  @CanIgnoreReturnValue
  static int positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
    return value;
  }
}
