package dev.pollux.stream;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Waker;
import dev.pollux.operator.Cancel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What was decided under a lock and is done once it is left, for it calls foreign code: who is
 * woken, what is cancelled, and what is discarded.
 *
 * @threading confined to the thread that made it
 */
final class Afterwards {

  private @Nullable ArrayDeque<Waker> wakers;
  private @Nullable ArrayDeque<Object> dropped;
  private @Nullable Future<?> cancelled;

  /** Has {@code waker} woken; null is ignored, so an emptied field can be passed. */
  void wake(@Nullable Waker waker) {
    if (waker == null) {
      return;
    }
    if (wakers == null) {
      wakers = new ArrayDeque<>(1);
    }
    wakers.addLast(waker);
  }

  /** Has {@code value} discarded. */
  void discard(Object value) {
    if (dropped == null) {
      dropped = new ArrayDeque<>(1);
    }
    dropped.addLast(value);
  }

  /** Has {@code future} cancelled, the only one; null is ignored. */
  void cancel(@Nullable Future<?> future) {
    if (future != null) {
      cancelled = future;
    }
  }

  /**
   * Does it all. Called without any lock.
   *
   * @param bound where dropped values go: the discard of the first poll, null if there was none
   */
  void run(@Nullable Discard bound) {
    if (wakers == null && dropped == null && cancelled == null) {
      return;
    }
    Discard discard = Cancel.orClosing(bound);
    if (wakers != null) {
      for (Waker waker : wakers) {
        wake(waker, discard);
      }
    }
    Cancel.child(cancelled, discard);
    if (dropped != null) {
      for (Object value : dropped) {
        discard.discard(value);
      }
    }
  }

  private static void wake(Waker waker, Discard discard) {
    try {
      waker.wake();
    } catch (Throwable failure) {
      discard.uncaught(failure, "a waker of " + waker.getClass().getName());
    }
  }
}
