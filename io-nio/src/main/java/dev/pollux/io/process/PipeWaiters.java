package dev.pollux.io.process;

import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the thread of a pipe.
 *
 * @threading all but {@link #wake} with the lock of the pipe held
 */
final class PipeWaiters {
  /*
   * Each who may wait has one place here, whatever task polls it. So one that is given up leaves a waker behind for as long as
   * nothing happens, and never more than one.
   */

  /** One who may wait: a reader, a writer. Guarded by the lock of the pipe. */
  static final class Waiter {

    private @Nullable Waker waker;

    /** Who is closed gets no answer any more, while the pipe may go on for others. */
    boolean closed;

    /** Who has ended its part flushes, and writes no more. */
    boolean ended;
  }

  static final Waker[] NOBODY = {};

  private final List<Waiter> waiting = new ArrayList<>(1);

  /** Leaves the latest waker of {@code waiter} here. */
  void add(Waiter waiter, Waker waker) {
    if (waiter.waker == null) {
      waiting.add(waiter);
    }
    waiter.waker = waker;
  }

  /** Takes one out, for the caller to wake. */
  Waker[] take(Waiter waiter) {
    Waker waker = waiter.waker;
    if (waker == null) {
      return NOBODY;
    }
    waiting.remove(waiter);
    waiter.waker = null;
    return new Waker[] {waker};
  }

  /** Takes all out, for the caller to wake. */
  Waker[] takeAll() {
    int count = waiting.size();
    if (count == 0) {
      return NOBODY;
    }
    Waker[] taken = new Waker[count];
    for (int i = 0; i < count; i++) {
      Waiter waiter = waiting.get(i);
      taken[i] = waiter.waker;
      waiter.waker = null;
    }
    waiting.clear();
    return taken;
  }

  /** Wakes those; without the lock. What a foreign waker throws is reported. */
  static void wake(Waker[] taken) {
    for (Waker waker : taken) {
      try {
        waker.wake();
      } catch (Throwable failure) {
        Discard.closing().uncaught(failure, "a waker of " + waker.getClass().getName());
      }
    }
  }
}
