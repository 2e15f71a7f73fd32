package dev.pollux.io.codec;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/** Checks the sizes that a codec is given. */
final class Limits {

  /** The most that a codec lets a frame have, so that a buffer for it can be had: a GiB. */
  static final int MOST = 1 << 30;

  private Limits() {}

  @CanIgnoreReturnValue
  static int atLeastOne(String name, int value) {
    return between(name, value, 1, Integer.MAX_VALUE);
  }

  /** Checks how long a frame may be. */
  @CanIgnoreReturnValue
  static int ofFrame(int limit) {
    return between("limit", limit, 1, MOST);
  }

  @CanIgnoreReturnValue
  static int between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          most == Integer.MAX_VALUE
              ? name + " must be at least " + least + ", was " + value
              : name + " must be from " + least + " to " + most + ", was " + value);
    }
    return value;
  }
}
