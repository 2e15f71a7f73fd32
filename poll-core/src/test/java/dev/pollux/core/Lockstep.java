package dev.pollux.core;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets two threads go on at the same moment, again and again: they spin for each other, since a
 * barrier that parks would let them go too far apart to race.
 */
public final class Lockstep {

  private static final int SPINS = 10_000;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private volatile int a;
  private volatile int b;

  /** Waits until the other thread has come to {@code step} too. Steps grow. */
  public void meetAsA(int step) {
    a = step;
    for (int spins = 0; b < step; spins++) {
      relax(spins, step);
    }
  }

  /** Waits until the other thread has come to {@code step} too. Steps grow. */
  public void meetAsB(int step) {
    b = step;
    for (int spins = 0; a < step; spins++) {
      relax(spins, step);
    }
  }

  private static void relax(int spins, int step) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else if ((spins - SPINS) * 1_000L < LIMIT_NANOS) {
      LockSupport.parkNanos(1_000); // the other one has no processor
    } else {
      throw new AssertionError("the other thread never came to step " + step);
    }
  }
}
