package dev.pollux.samples.bench.peer;

/**
 * How large the works are.
 *
 * @param divisor what their counts are divided by
 */
record Scale(int divisor) {

  static final Scale FULL = new Scale(1);

  /** The count on this scale, at least 2. */
  int of(int count) {
    return Math.max(2, count / divisor);
  }
}
