package dev.pollux.sync;

import dev.pollux.core.Waker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for one thing, the longest waiting first. Links live in the waiters, so a place in
 * the queue allocates nothing and is given up in constant time.
 *
 * <pre>{@code
 * Granted granted = new Granted();
 * synchronized (lock) {
 *   for (Waiter first = queue.first(); first != null && mayHave(first); first = queue.first()) {
 *     queue.grant(first, granted);
 *   }
 * }
 * granted.wakeAll(); // never with the lock held: a waker may be anybody's code
 * }</pre>
 *
 * @threading every method needs the lock of the owner, a monitor that foreign code can't reach
 */
final class WaiterQueue {

  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private int size;

  /** The one who has waited longest, or null. */
  @Nullable Waiter first() {
    return first;
  }

  /** The one who came last, or null. */
  @Nullable Waiter last() {
    return last;
  }

  boolean isEmpty() {
    return first == null;
  }

  int size() {
    return size;
  }

  /** Puts a new waiter at the end. */
  void add(Waiter waiter) {
    if (Futurelock.WATCHED) {
      synchronized (this) { // for waiting()
        link(waiter);
      }
    } else {
      link(waiter);
    }
  }

  private void link(Waiter waiter) {
    assert waiter.phase() == Waiter.NEW : waiter.phase();
    waiter.setPhase(Waiter.QUEUED);
    Waiter before = last;
    waiter.previous = before;
    if (before == null) {
      first = waiter;
    } else {
      before.next = waiter;
    }
    last = waiter;
    size++;
  }

  /** Puts a waiter that was granted in vain, and is new again, in front of all. */
  void addFirst(Waiter waiter) {
    if (Futurelock.WATCHED) {
      synchronized (this) { // for waiting()
        linkFirst(waiter);
      }
    } else {
      linkFirst(waiter);
    }
  }

  private void linkFirst(Waiter waiter) {
    assert waiter.phase() == Waiter.NEW : waiter.phase();
    waiter.setPhase(Waiter.QUEUED);
    Waiter after = first;
    waiter.next = after;
    if (after == null) {
      last = waiter;
    } else {
      after.previous = waiter;
    }
    first = waiter;
    size++;
  }

  /** Takes a queued waiter out that gives up. It is over. */
  void remove(Waiter waiter) {
    unlink(waiter);
    waiter.end();
  }

  /** Takes a queued waiter out that has what it waits for, to be woken after the lock. */
  void grant(Waiter waiter, Granted granted) {
    granted.add(grant(waiter));
  }

  /**
   * The same for one alone.
   *
   * @return its waker, which the caller {@linkplain Waiter#wake wakes} after the lock
   */
  @Nullable Waker grant(Waiter waiter) {
    unlink(waiter);
    Waker waker = waiter.takeWaker(this);
    waiter.setPhase(Waiter.GRANTED);
    return waker;
  }

  /** Grants all who wait. */
  void grantAll(Granted granted) {
    for (Waiter waiter = first; waiter != null; waiter = first) {
      grant(waiter, granted);
    }
  }

  /**
   * Who polls those who wait, as far as known, the longest waiting first. In debug mode only; needs
   * no lock.
   */
  List<Object> waiting(int atMost) {
    List<Object> waiting = new ArrayList<>();
    synchronized (this) {
      for (Waiter waiter = first; waiter != null && waiting.size() < atMost; waiter = waiter.next) {
        Object polledBy = waiter.polledBy();
        waiting.add(polledBy == null ? "somebody" : polledBy);
      }
    }
    return waiting;
  }

  private void unlink(Waiter waiter) {
    if (Futurelock.WATCHED) {
      synchronized (this) { // for waiting()
        unlinkNow(waiter);
      }
    } else {
      unlinkNow(waiter);
    }
  }

  private void unlinkNow(Waiter waiter) {
    assert waiter.isQueued() : waiter.phase();
    Waiter before = waiter.previous;
    Waiter after = waiter.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    waiter.previous = null;
    waiter.next = null;
    size--;
  }

  /**
   * The wakers of those that were granted under a lock, to be woken outside it, in that order.
   *
   * @threading confined to the granting thread
   */
  static final class Granted {

    private @Nullable Waker first;
    private @Nullable ArrayDeque<Waker> more;

    private void add(@Nullable Waker waker) {
      if (waker == null) {
        return;
      }
      if (first == null) {
        first = waker;
        return;
      }
      if (more == null) {
        more = new ArrayDeque<>();
      }
      more.addLast(waker);
    }

    /** Wakes them all. Called without the lock. */
    void wakeAll() {
      Waker waker = first;
      first = null;
      while (waker != null) {
        Waiter.wake(waker);
        waker = more == null ? null : more.pollFirst();
      }
    }
  }
}
