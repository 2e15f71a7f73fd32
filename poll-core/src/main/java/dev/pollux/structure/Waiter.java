package dev.pollux.structure;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;

/**
 * A future, or the part of one, that waits for an {@link Occurrence}, and listens to it only while
 * it does.
 *
 * @threading confined to the polling task, but for {@link #wake()}
 */
abstract non-sealed class Waiter extends Listener {

  private final Occurrence occurrence;
  private final AtomicWaker waker = new AtomicWaker();
  private boolean listening;

  Waiter(Occurrence occurrence) {
    this.occurrence = occurrence;
  }

  /**
   * Looks whether it has happened, outside the budget; else the waker of {@code cx} is left behind.
   */
  final boolean hasHappened(Context cx) {
    waker.register(cx.waker()); // first; then look
    if (!listening) {
      listening = occurrence.add(this);
    }
    return occurrence.wasTold();
  }

  /** Stops waiting, and forgets the waker. Idempotent. */
  final void leave() {
    if (listening) {
      listening = false;
      occurrence.remove(this);
    }
    waker.clear();
  }

  /**
   * Wakes whoever waits.
   *
   * @threading any thread
   */
  final void wake() {
    waker.wake();
  }
}
