package dev.pollux.sync;

import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * One who waits in a {@link WaiterQueue}: most futures of this package are one.
 *
 * @threading as each method says; "the lock" is that of the queue's owner
 */
abstract class Waiter {
  /*
   * Invariants
   *  I1  `phase` goes from NEW to QUEUED, and from there to GRANTED or to OVER; from NEW it may go to GRANTED or OVER as
   *      well. All but the last step of its owner (see I4) are made under the lock.
   *  I2  The links belong to the queue while QUEUED, and to nobody otherwise.
   *  I3  A waker is put in under the lock, by the owner, while QUEUED or on the way there. Whoever grants takes it out
   *      under the lock as well, to wake it later.
   *  I4  GRANTED is final for everybody but the owner, which takes what was granted and goes to OVER, or passes it on in
   *      its cancel. An owner that waits again and again may go back to NEW instead.
   *      An Exchange may take back, under the lock, what it has promised to one: that is QUEUED again then, in its old place.
   *
   * The skip. A poll that finds its own waker in place and, after that, the phase QUEUED, leaves without the lock. Then the
   * grant is still to come; whoever makes it reads `waker` before it sets the phase, but nobody but the owner replaces it by
   * another: it takes this one.
   *
   * Ordering: `phase` is written under the lock, and volatile for the owner, which reads it without. What goes with a
   * grant (a value, a number of permits) is written before it.
   */

  /** Has not waited yet. */
  static final int NEW = 0;

  /** Is in the queue. */
  static final int QUEUED = 1;

  /** Has left the queue because it got what it waits for, or was told that it never will. */
  static final int GRANTED = 2;

  /** Waits no more. */
  static final int OVER = 3;

  /** The neighbours in the queue. Guarded by the lock. */
  @Nullable Waiter previous;

  @Nullable Waiter next;

  private @Nullable Waker waker;

  private volatile int phase;

  /** Where it is; only the owner may rely on it without the lock, and only on GRANTED and OVER. */
  final int phase() {
    return phase;
  }

  /** Whether it was granted and not yet taken. */
  final boolean isGranted() {
    return phase == GRANTED;
  }

  /** Whether it is in the queue; needs the lock to be more than a guess. */
  final boolean isQueued() {
    return phase == QUEUED;
  }

  /** Whether its owner has no more use for it. */
  final boolean isOver() {
    return phase == OVER;
  }

  /**
   * Whether it is queued with {@code waker} in place, so that a poll may answer {@code Pending} at
   * once. To be asked after {@link #isGranted()}; needs no lock.
   */
  final boolean isWaitingWith(Waker waker) {
    Waker left = this.waker;
    if (Futurelock.WATCHED && left instanceof Futurelock.WatchedWaker watched) {
      left = watched.waker();
    }
    return left == waker && phase == QUEUED;
  }

  /** Leaves the waker to be woken by a grant. Called by the owner, with the lock held. */
  final void setWaker(Waker waker) {
    this.waker = Futurelock.WATCHED ? Futurelock.watched(waker) : waker;
  }

  /** Who polls it, as {@link Holder} says; known in debug mode while it is queued. */
  final @Nullable Object polledBy() {
    return Futurelock.WATCHED && waker instanceof Futurelock.WatchedWaker watched
        ? watched.polledBy()
        : null;
  }

  /**
   * Whether others go without what it was granted, until it takes that or gives it back. Asked
   * under the lock, for a grant.
   */
  boolean withholds() {
    return false;
  }

  /**
   * What it waits for, in a few words, for messages: {@code lock "accounts"}. Asked by any thread.
   */
  String resource() {
    Class<?> outer = getClass().getEnclosingClass();
    return "what a " + (outer == null ? getClass() : outer).getSimpleName() + " gives";
  }

  /** Goes to {@code phase}; see I1. */
  final void setPhase(int phase) {
    this.phase = phase;
  }

  /** Is over. Called by the owner, which has left the queue, with or without the lock. */
  final void end() {
    phase = OVER;
    waker = null;
  }

  /** Takes the waker out, for a grant by {@code queue}. Called with the lock held. */
  final @Nullable Waker takeWaker(WaiterQueue queue) {
    Waker taken = waker;
    waker = null;
    if (Futurelock.WATCHED && withholds() && taken instanceof Futurelock.WatchedWaker watched) {
      watched.setGrant(this, queue);
    }
    return taken;
  }

  /** Wakes a waker that may be foreign, if there is one, and reports what it throws. */
  static void wake(@Nullable Waker waker) {
    if (waker == null) {
      return;
    }
    try {
      waker.wake();
    } catch (Throwable failure) {
      Discard.closing().uncaught(failure, "a waker of " + waker.getClass().getName());
    }
  }
}
