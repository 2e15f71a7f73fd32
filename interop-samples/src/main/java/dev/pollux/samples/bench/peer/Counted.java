package dev.pollux.samples.bench.peer;

/**
 * What one repetition came to.
 *
 * @param nanos how long the measured part took
 * @param value its count or sum, to be checked
 */
record Counted(long nanos, long value) {

  /** One whose measured part ends now. */
  static Counted since(long begunNanos, long value) {
    return new Counted(System.nanoTime() - begunNanos, value);
  }
}
