package dev.pollux.executor.scheduler;

import dev.pollux.spi.Parker;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Parks the thread itself: what an executor sleeps on where there is no I/O driver. */
final class ThreadParker implements Parker {

  /**
   * The thread that is parked or about to be. An unpark before it is set has nothing to interrupt,
   * see {@link #park}.
   */
  private volatile @Nullable Thread sleeper;

  private volatile boolean permit;

  @Override
  public void park(long timeoutNanos) {
    sleeper = Thread.currentThread();
    // unpark() sets the permit, then looks for a sleeper: one of the two sees the other.
    if (!permit && timeoutNanos != 0) {
      if (timeoutNanos < 0) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, timeoutNanos);
      }
    }
    sleeper = null;
    permit = false;
  }

  @Override
  public void unpark() {
    permit = true;
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
