package dev.pollux.samples.bench.peer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits for what others do, but not for ever. It has the time from {@link #begin} to the last
 * {@link #countDown}, each taken by who does it, so that how long the waiting thread takes to wake
 * is no part of it.
 */
final class Latch {

  private static final long PATIENCE_SECONDS = 60;

  private final int count;
  private final AtomicInteger left;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile long begunNanos;
  private volatile long endNanos;

  /** Makes one for so many, at least 1. */
  Latch(int count) {
    this.count = count;
    this.left = new AtomicInteger(count);
  }

  /** The measured part begins. */
  void begin() {
    begunNanos = System.nanoTime();
  }

  void countDown() {
    if (left.decrementAndGet() == 0) {
      endNanos = System.nanoTime();
      over.countDown();
    }
  }

  /** Waits until all have counted down, and returns how many have within a minute. */
  int await() throws InterruptedException {
    return over.await(PATIENCE_SECONDS, TimeUnit.SECONDS) ? count : count - left.get();
  }

  /** What the measured part came to, once all have counted down. */
  Counted counted(long value) {
    return new Counted(endNanos - begunNanos, value);
  }
}
