package dev.pollux.executor.scheduler;

import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.scheduler.Watchdog.Thresholds;
import java.lang.ref.WeakReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a watchdog: there is one while somebody wants reports, until the runtime ends.
 *
 * @threading any thread
 */
final class WatchdogThread {
  /*
   * The thread holds this object only while it looks, for a current-thread runtime that is not used any more need not be
   * closed: then both go. Under the lock it is decided whether there is a thread, by whoever changes what is wanted, and by
   * the thread itself before it ends.
   */
  private static final int MEASURED_SLEEPS = 8;

  private final String runtime;
  private final UncaughtFailureHandler handler;
  private final Watchdog watchdog;
  private final ReentrantLock lock = new ReentrantLock();

  /** What is wanted, if the runtime has not ended. Written under the lock. */
  private volatile Thresholds thresholds;

  /** Guarded by the lock. */
  private @Nullable Thread thread;

  private boolean ended;

  /**
   * Makes no thread yet.
   *
   * @param toldNanos the threshold of those who have asked for a watchdog, or 0
   */
  WatchdogThread(
      String runtime, UncaughtFailureHandler handler, Watchdog watchdog, long toldNanos) {
    this.runtime = runtime;
    this.handler = handler;
    this.watchdog = watchdog;
    this.thresholds = new Thresholds(toldNanos, 0);
  }

  /**
   * Sets the threshold of the recordings, and begins to watch if somebody wants that.
   *
   * @param nanos the threshold, or 0
   */
  void record(long nanos) {
    Throwable failure = null;
    lock.lock();
    try {
      thresholds = new Thresholds(thresholds.toldNanos(), nanos);
      if (!ended && thread == null && !thresholds.isNone()) {
        failure = tryStart();
      }
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      handler.uncaught(failure, described());
    }
  }

  /** Starts a thread. Returns why not. */
  private @Nullable Throwable tryStart() {
    WeakReference<WatchdogThread> self = new WeakReference<>(this);
    Thread started = new Thread(null, () -> watch(self), runtime + "-watchdog", 0, false);
    started.setDaemon(true);
    try {
      started.start();
    } catch (Throwable noThread) {
      return noThread;
    }
    thread = started;
    return null;
  }

  /** Ends with the runtime. */
  void end() {
    lock.lock();
    try {
      ended = true;
      LockSupport.unpark(thread);
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread

  private static void watch(WeakReference<WatchdogThread> reference) {
    long excessNanos = measureExcess();
    boolean first = true;
    while (true) {
      @Nullable WatchdogThread self = reference.get();
      if (self == null || self.leaves()) {
        return;
      }
      long nanos = self.look(first, excessNanos);
      self = null; // else this frame would keep it
      first = false;
      LockSupport.parkNanos(nanos);
      Thread.interrupted(); // else the next sleep would end at once, and each after it
    }
  }

  /** How much longer than asked for a sleep takes here: the shortest of some. */
  private static long measureExcess() {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < MEASURED_SLEEPS; i++) {
      long begun = System.nanoTime();
      LockSupport.parkNanos(Watchdog.TICK_NANOS);
      shortest = Math.min(shortest, System.nanoTime() - begun);
    }
    return Math.max(0, shortest - Watchdog.TICK_NANOS);
  }

  private boolean leaves() {
    lock.lock();
    try {
      if (ended || thresholds.isNone()) {
        thread = null;
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private long look(boolean first, long excessNanos) {
    try {
      long now = System.nanoTime();
      if (first) {
        watchdog.begin(now, excessNanos);
      }
      return watchdog.look(now, thresholds);
    } catch (Throwable failure) {
      handler.uncaught(failure, described());
      return Watchdog.SHORTEST_LOOK_NANOS;
    }
  }

  private String described() {
    return "the watchdog of runtime \"" + runtime + "\"";
  }
}
