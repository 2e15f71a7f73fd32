package dev.pollux.core;

import dev.pollux.spi.Services;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a future on the calling thread, parked until it is woken: an executor as small as can be.
 */
final class BlockingRunner {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Poller poller = new Poller(new Services() {}, 7, false);
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Thread thread = Thread.currentThread();
  private final Waker waker =
      () -> {
        scheduled.set(true);
        LockSupport.unpark(thread);
      };

  /** Runs {@code future} to its end; fails with its description if nothing wakes it for long. */
  <T> T run(Future<T> future, String whatFor) throws Exception {
    while (true) {
      scheduled.set(false);
      Poll<T> answer = poller.poll(future, waker);
      if (answer.isReady()) {
        return answer.value();
      }
      long limit = System.nanoTime() + LIMIT_NANOS;
      while (!poller.wokeItself() && !scheduled.get()) {
        LockSupport.parkNanos(this, LIMIT_NANOS);
        if (System.nanoTime() > limit) {
          throw new AssertionError(whatFor + ": a wake-up was lost");
        }
      }
    }
  }
}
