package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the handles of a {@link SharedFuture} have in common: the future, who polls it and who
 * waits, and the outcome.
 *
 * @threading every method may be called from any thread, for a handle by its owner
 */
final class SharedState<T extends @Nullable Object> {
  /*
   * Invariants, guarded by `lock`
   *  I1  POLLING is a lock of its own: who has set it alone touches the future, and it is the poll of a live handle. So
   *      there is a live handle as long as it is set, and the future is not cancelled during a poll.
   *  I2  `owed`: the future has asked for a poll that has not begun. It is cleared before the poll that it asks for.
   *  I3  Who is in the list of those who wait, waits for the poll that is under way, or for a wake: when the lock is
   *      free and the list is not empty, then POLLING or not `owed`.
   *  I4  `outcome` is written once; the future is gone then, and nobody is in the list.
   *  I5  While there is no outcome, `live` is the number of handles that are not over; at 0 the future is gone.
   *
   * Transitions
   *  a handle is polled    it is put in the list. If a poll is owed and nobody polls: POLLING, not owed, and it polls
   *  the poll is pending   not POLLING. If a poll is owed by now: the list is emptied, and all of it woken
   *  the poll has ended    the outcome is there. The list is emptied, and all of it woken
   *  a wake                owed. Unless POLLING: the list is emptied, and all of it woken
   *  a handle is cancelled it leaves the list. If it was the last one: the future is cancelled
   *
   * Races
   *  R1  A wake during the poll. It wakes nobody, since nobody could poll; so the end of the poll looks at `owed`. It
   *      wakes all, not only the task that has polled: that one may never come back.
   *  R2  A handle that comes while another polls. It is in the list before the other's poll has ended, and is woken by
   *      its end, or by a later wake.
   *  R3  One that was woken, and is cancelled or slow. All that waited were woken with it, and the first of them to come
   *      polls; one that came later has found the poll owed, and has polled itself.
   *  R4  A cancel that meets the end of the poll of another. By I1 it is not the last handle. The outcome is not lost:
   *      who has polled has it.
   *  R5  A new handle that meets the cancel of the last one, which it is made of: it comes too late, and is refused.
   *
   * Ordering: all under the lock, but for the look at `outcome`, which is volatile, and what is known to the one that
   * polls alone. The lock hands the future from one poll to the next. No foreign code is called under it.
   */

  /** The outcome of a future that has thrown; any other is its answer. */
  private record Failure(Throwable thrown) {}

  /** The waker that the future knows, whoever polls it. Knows nothing once the future is over. */
  private static final class FutureWaker implements Waker {
    private volatile @Nullable SharedState<?> shared;

    FutureWaker(SharedState<?> shared) {
      this.shared = shared;
    }

    @Override
    public void wake() {
      SharedState<?> shared = this.shared;
      if (shared != null) {
        shared.wake();
      }
    }

    @Override
    public String toString() {
      return "waker of a shared future";
    }
  }

  private static final Waker[] NOBODY = {};

  private final ReentrantLock lock = new ReentrantLock();
  private final FutureWaker waker = new FutureWaker(this);

  /** A {@code Poll} that is ready, or a {@link Failure}. */
  private volatile @Nullable Object outcome;

  /** Null once it is over or cancelled. */
  private @Nullable Future<T> future;

  private boolean polling;
  private boolean owed = true;
  private int live = 1;

  /** Those who wait, in no order that matters. */
  private @Nullable SharedFuture<T> waiting;

  private int waitingCount;

  /** Who has polled last, if it is not over: it describes the future. */
  private @Nullable SharedFuture<T> lastToPoll;

  private @Nullable TaskInfo lastTask;
  private @Nullable Discard discard;

  /** Owned by who polls. */
  private final ChildContext childContext = new ChildContext();

  SharedState(Future<T> future) {
    this.future = future;
  }

  /** Whether there is an outcome. */
  boolean isOver() {
    return outcome != null;
  }

  /** The output; or the failure, thrown. To be called when it is over. */
  @SuppressWarnings("unchecked") // what is no Failure is the answer
  Poll<T> outcome() {
    Object outcome = requireNonNull(this.outcome, "outcome");
    if (outcome instanceof Failure failure) {
      throw Raise.unchecked(failure.thrown());
    }
    return (Poll<T>) outcome;
  }

  /** Counts a new handle. Returns false if all others are cancelled. */
  boolean enter() {
    lock.lock();
    try {
      if (outcome == null && future == null) {
        return false;
      }
      live++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has {@code handle} wait, by {@code waker}. Returns true if it must poll the future: {@link
   * #poll} is the next thing to be called.
   */
  boolean transitionToPolling(SharedFuture<T> handle, Waker waker) {
    lock.lock();
    try {
      if (outcome != null) {
        return false;
      }
      if (handle.waker == null) {
        link(handle);
      }
      handle.waker = waker;
      if (polling || !owed) {
        return false;
      }
      polling = true;
      owed = false; // before the poll (I2)
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Polls the future; its outcome, if it ends, is that of this. */
  void poll(SharedFuture<T> handle, Context cx) {
    lastToPoll = handle;
    lastTask = cx.task();
    if (discard == null) {
      discard = cx.discard();
    }
    Object answer;
    try {
      Poll<T> polled = childContext.poll(cx, waker, requireNonNull(future, "future"));
      if (polled.isPending()) {
        transitionToPending();
        return;
      }
      answer = polled;
    } catch (Throwable failure) {
      answer = new Failure(failure);
    }
    transitionToOver(handle, answer);
  }

  private void transitionToPending() {
    Waker[] toWake;
    lock.lock();
    try {
      polling = false;
      toWake = owed ? takeAll() : NOBODY; // R1
    } finally {
      lock.unlock();
    }
    wakeAll(toWake);
  }

  private void transitionToOver(SharedFuture<T> handle, Object answer) {
    Waker[] toWake;
    waker.shared = null;
    childContext.clear();
    lock.lock();
    try {
      polling = false;
      letGo();
      unlink(handle); // it knows
      toWake = takeAll();
      outcome = answer; // last: who sees it without the lock is in no list any more (I4)
    } finally {
      lock.unlock();
    }
    wakeAll(toWake);
  }

  private void letGo() {
    future = null;
    discard = null;
    lastToPoll = null;
    lastTask = null;
  }

  private void wake() {
    Waker[] toWake;
    lock.lock();
    try {
      owed = true;
      toWake = polling ? NOBODY : takeAll();
    } finally {
      lock.unlock();
    }
    wakeAll(toWake);
  }

  /** Takes out a handle that is cancelled; the last one takes the future with it. */
  void leave(SharedFuture<T> handle) {
    Future<T> last = null;
    Discard discard = null;
    lock.lock();
    try {
      unlink(handle);
      if (lastToPoll == handle) {
        lastToPoll = null;
      }
      if (--live == 0 && outcome == null) {
        last = future;
        discard = this.discard;
        letGo();
      }
    } finally {
      lock.unlock();
    }
    if (last != null) {
      waker.shared = null;
      childContext.clear();
      Cancel.child(last, discard);
    }
  }

  // ---- the list of those who wait, under the lock

  private void link(SharedFuture<T> handle) {
    SharedFuture<T> first = waiting;
    handle.after = first;
    if (first != null) {
      first.before = handle;
    }
    waiting = handle;
    waitingCount++;
  }

  private void unlink(SharedFuture<T> handle) {
    if (handle.waker == null) {
      return;
    }
    SharedFuture<T> before = handle.before;
    SharedFuture<T> after = handle.after;
    if (before == null) {
      waiting = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    handle.waker = null;
    handle.before = null;
    handle.after = null;
    waitingCount--;
  }

  private Waker[] takeAll() {
    if (waitingCount == 0) {
      return NOBODY;
    }
    Waker[] taken = new Waker[waitingCount];
    int count = 0;
    for (SharedFuture<T> handle = waiting; handle != null; handle = waiting) {
      taken[count++] = requireNonNull(handle.waker);
      unlink(handle);
    }
    return taken;
  }

  private static void wakeAll(Waker[] wakers) {
    for (Waker waker : wakers) {
      try {
        waker.wake();
      } catch (Throwable failure) {
        Discard.closing().uncaught(failure, "a waker of " + waker.getClass().getName());
      }
    }
  }

  /**
   * Takes no lock, and may be stale. One of the handles describes the future, the others say who.
   */
  void describe(SharedFuture<T> handle, Description description) {
    description.with("handles", live).with("waiting", waitingCount);
    SharedFuture<T> last = lastToPoll;
    TaskInfo task = lastTask;
    if (last == null || last == handle) {
      description.child("future", future);
    } else {
      description.waitsFor(
          "a shared future, polled last by "
              + (task == null ? "another handle" : TaskInfo.describe(task)));
    }
  }
}
