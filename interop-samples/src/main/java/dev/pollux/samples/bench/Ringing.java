package dev.pollux.samples.bench;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Rings a bell from the calling thread, which sleeps for pseudo-random gaps between. */
final class Ringing {

  private final SplittableRandom random = new SplittableRandom(1);
  private final long leastGapNanos;
  private final long greatestGapNanos;

  Ringing(long leastGapNanos, long greatestGapNanos) {
    this.leastGapNanos = leastGapNanos;
    this.greatestGapNanos = greatestGapNanos;
  }

  /**
   * Rings until {@code System.nanoTime()} is {@code endNanos}, and each time awaits the answer.
   *
   * @return how often
   */
  int ring(Bell bell, long endNanos) {
    int rings = 0;
    while (System.nanoTime() - endNanos < 0) {
      LockSupport.parkNanos(this, random.nextLong(leastGapNanos, greatestGapNanos + 1));
      bell.awaitAnswer();
      bell.ring();
      rings++;
    }
    bell.awaitAnswer();
    return rings;
  }
}
