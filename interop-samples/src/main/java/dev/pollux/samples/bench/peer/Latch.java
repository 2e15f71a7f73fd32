package dev.pollux.samples.bench.peer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for what others do, but not for ever. */
final class Latch {

  private static final long PATIENCE_SECONDS = 60;

  private final int count;
  private final CountDownLatch latch;

  Latch(int count) {
    this.count = count;
    this.latch = new CountDownLatch(count);
  }

  void countDown() {
    latch.countDown();
  }

  /** Waits until all have counted down, and returns how many have within a minute. */
  int await() throws InterruptedException {
    return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS) ? count : count - (int) latch.getCount();
  }
}
