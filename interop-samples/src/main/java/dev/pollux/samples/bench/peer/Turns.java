package dev.pollux.samples.bench.peer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Two threads that take turns: each wakes the other and sleeps until it is woken.
 *
 * @threading each side belongs to its thread
 */
final class Turns {

  private final AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(2);
  private final CountDownLatch present = new CountDownLatch(2);
  private volatile int turn;

  /** Takes that many turns, and returns how many it has taken. */
  long play(int side, int turns) throws InterruptedException {
    threads.set(side, Thread.currentThread());
    present.countDown();
    present.await();
    long taken = 0;
    for (int i = 0; i < turns; i++) {
      while (turn != side) {
        LockSupport.park(this);
      }
      taken++;
      turn = 1 - side;
      LockSupport.unpark(threads.get(1 - side));
    }
    return taken;
  }
}
