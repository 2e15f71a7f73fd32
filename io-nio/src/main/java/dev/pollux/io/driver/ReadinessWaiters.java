package dev.pollux.io.driver;

import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for one channel beside its one reader and its one writer: several tasks that
 * accept at one listener, say. All of a direction are woken together, for each may want another
 * part of what has come.
 *
 * @threading any thread; guarded by its monitor, in which nothing foreign is called
 */
public final class ReadinessWaiters {

  /** One who waits. */
  public static final class Waiter {
    // Guarded by the monitor of the waiters.
    private int direction;
    private @Nullable Waker waker;

    /** Whether the direction was reported since this was last added, or this was closed. */
    private volatile boolean told;

    /** Makes one who does not wait yet. */
    public Waiter() {}

    /** Whether what this waited for was reported since it last began to wait. */
    public boolean wasTold() {
      return told;
    }
  }

  private final Set<Waiter> waiting = new LinkedHashSet<>();

  ReadinessWaiters() {}

  /** Stores the waker; the caller looks at the readiness after this. */
  synchronized void add(Waiter waiter, int direction, Waker waker) {
    waiter.direction = direction;
    waiter.waker = waker;
    waiter.told = false;
    waiting.add(waiter);
  }

  synchronized void remove(Waiter waiter) {
    waiter.waker = null;
    waiting.remove(waiter);
  }

  /** Wakes and forgets all that wait for {@code direction}. */
  void wake(int direction) {
    List<Waker> wakers = new ArrayList<>();
    synchronized (this) {
      waiting.removeIf(
          waiter -> {
            Waker waker = waiter.waker;
            if (waker == null || waiter.direction != direction) {
              return false;
            }
            wakers.add(waker);
            waiter.waker = null;
            waiter.told = true;
            return true;
          });
    }
    for (Waker waker : wakers) {
      try {
        waker.wake();
      } catch (Throwable failure) {
        Discard.closing().uncaught(failure, "a waker of " + waker.getClass().getName());
      }
    }
  }
}
