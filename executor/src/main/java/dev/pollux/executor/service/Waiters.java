package dev.pollux.executor.service;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.executor.blocking.Waits;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait until something has happened. Unlike a latch, it shows the blocking pool
 * each sleep before it begins.
 *
 * @threading any thread
 */
final class Waiters {
  /*
   * A waiter adds itself, then looks whether it is over; whoever ends it makes it so, then looks for waiters. All of that is
   * volatile, so one sees the other. A thread that is unparked by somebody else looks once more.
   */

  /** Without a limit. */
  static final long FOREVER = Long.MAX_VALUE;

  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  /** Has all look again. */
  void wakeAll() {
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits until {@code isOver}, but not for longer than {@code nanos}.
   *
   * @param call what is waited for
   * @return whether it is over
   * @throws dev.pollux.executor.BlockingPoolExhaustedException if the calling thread is one of the
   *     blocking pool, and waits in vain
   */
  @CanIgnoreReturnValue
  boolean await(Callable<?> call, BooleanSupplier isOver, long nanos, Waits waits)
      throws InterruptedException {
    long patience = Math.max(0, nanos); // no overflow below
    long start = System.nanoTime();
    Thread me = Thread.currentThread();
    threads.add(me);
    try {
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while waiting for " + call);
        }
        if (isOver.getAsBoolean()) {
          return true;
        }
        long left = patience == FOREVER ? FOREVER : patience - (System.nanoTime() - start);
        if (left <= 0) {
          return false;
        }
        sleep(call, isOver, left, waits);
      }
    } finally {
      threads.remove(me);
    }
  }

  private void sleep(Callable<?> call, BooleanSupplier isOver, long nanos, Waits waits) {
    waits.callWaitBegins(call, isOver);
    try {
      // The pool may have blocked on a lock, and spent the unpark there.
      if (isOver.getAsBoolean()) {
        return;
      }
      if (nanos == FOREVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    } finally {
      waits.waitEnds();
    }
  }
}
