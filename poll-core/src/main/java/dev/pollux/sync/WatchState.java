package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the two sides of a {@link Watch} share: the value with its number, and those who wait for
 * another.
 *
 * @threading every method may be called from any thread
 */
final class WatchState<T> {
  /*
   * Invariants
   *  I1  `current` is one immutable object. Its number grows by one with each value; closing keeps value and number. It
   *      changes no more once it is closed.
   *  I2  `waiters` has nobody in it who waits for another version than `current`, but for those whom somebody is about to
   *      grant who has changed it. It is guarded by its monitor, and so are `unwatched`, `firstIsExpected` and the changes
   *      of `receivers`.
   *  I3  `isAwaited` is true if `waiters` is not empty. It is changed with the lock held only.
   *  I4  `owner` of one who waits is its receiver while it is in `waiters`, and null else; that of a receiver `waiting` is
   *      how many of `waiters` are its own. Both are changed with the lock held only.
   *  I5  `receivers` counts the first receiver from the beginning, asked for or not, until it is closed, or until somebody
   *      subscribes before it was asked for, who counts in its place.
   *
   * The race. Who sends changes `current` and then looks at `isAwaited`; who waits sets `isAwaited` and then looks at
   * `current`. All four are volatile, so one sees the other: the sender takes the lock and grants, or the waiter finds
   * the new version. `isAwaited` becomes false only when the queue is empty, so a sender that reads false because of that
   * has nobody to grant who has not looked after that himself.
   *
   * Of two who send at once, the one that comes to the lock first grants for both, for it grants all who have seen
   * another version than the present one. The other finds in the queue those who wait for a third, and leaves them.
   *
   * What a receiver has seen may change while one of its own is in the queue or granted. So each poll asks first whether
   * there is news for what is seen now: a grant alone is no answer, and one whose receiver has seen the news already waits
   * again, for what comes after that.
   *
   * Ordering: see the race. Progress: a send is lock-free while nobody waits; a look is wait-free.
   */

  /** The number of no version. */
  static final long NONE = 0;

  /** The number of the first version. */
  static final long FIRST = NONE + 1;

  private static final VarHandle CURRENT =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "current", VarHandle.class, WatchState.class, Version.class);

  private volatile Version<T> current;
  private volatile boolean isAwaited;
  private volatile int receivers = 1;

  /** Whether nobody has asked for a receiver yet. */
  private boolean firstIsExpected = true;

  private final WaiterQueue waiters = new WaiterQueue();

  /** Those who wait for the end of the last receiver; made by the first. */
  private @Nullable WaiterQueue unwatched;

  /** A value, which of all it is, and whether it is the last. */
  static final class Version<T> {

    private final T value;
    private final long number;
    private final boolean closed;

    Version(T value, long number, boolean closed) {
      this.value = value;
      this.number = number;
      this.closed = closed;
    }

    T value() {
      return value;
    }

    long number() {
      return number;
    }

    boolean closed() {
      return closed;
    }

    /** Whether one who has seen version {@code seen} has something to hear. */
    boolean isNewsTo(long seen) {
      return number != seen || closed;
    }
  }

  /** One who waits for another version than it has seen. */
  static class NextVersion extends Waiter {
    private Watch.@Nullable Receiver<?> owner;

    /** What it waits for a change of. Written by who polls it, with the lock held. */
    private long seen;
  }

  WatchState(T initial) {
    this.current = new Version<>(initial, FIRST, false);
  }

  Version<T> current() {
    return current;
  }

  // ---- changes

  /** Sets the value; returns what was before, or null if it is closed. */
  @Nullable Version<T> replace(T value) {
    while (true) {
      Version<T> seen = current;
      if (seen.closed) {
        return null;
      }
      if (CURRENT.compareAndSet(this, seen, new Version<>(value, seen.number + 1, false))) {
        tell();
        return seen;
      }
    }
  }

  /**
   * Sets what {@code change} makes of the value, unless it is told to leave an equal one; returns
   * what is now, one of number {@link #NONE} for no change, or null if it is closed.
   */
  @Nullable Version<T> modify(UnaryOperator<T> change, boolean leaveEqual) {
    while (true) {
      Version<T> seen = current;
      if (seen.closed && !leaveEqual) {
        return null;
      }
      T value = requireNonNull(change.apply(seen.value), "change made null");
      if (leaveEqual && value.equals(seen.value)) {
        return new Version<>(value, NONE, false);
      }
      if (seen.closed) {
        return null;
      }
      Version<T> after = new Version<>(value, seen.number + 1, false);
      if (CURRENT.compareAndSet(this, seen, after)) {
        tell();
        return after;
      }
    }
  }

  void close() {
    while (true) {
      Version<T> seen = current;
      if (seen.closed) {
        return;
      }
      if (CURRENT.compareAndSet(this, seen, new Version<>(seen.value, seen.number, true))) {
        tell();
        return;
      }
    }
  }

  /** After `current` was changed. */
  private void tell() {
    if (!isAwaited) {
      return;
    }
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      Version<T> latest = current;
      Waiter waiter = waiters.first();
      while (waiter != null) {
        Waiter after = waiter.next;
        NextVersion place = (NextVersion) waiter;
        if (latest.isNewsTo(place.seen)) {
          disown(place);
          waiters.grant(place, granted);
        }
        waiter = after;
      }
      isAwaited = !waiters.isEmpty();
    }
    granted.wakeAll();
  }

  // ---- waiting for one

  /**
   * What there is to hear for one who has seen {@code seen}; if nothing, null, and it is queued.
   * Who has heard leaves by {@link #withdraw}.
   */
  @Nullable Version<T> newsOrWait(
      NextVersion waiter, Watch.Receiver<T> receiver, long seen, Waker waker) {
    Version<T> now = current; // before the skip: what is seen may not be what it waits with
    if (now.isNewsTo(seen)) {
      return now;
    }
    if (waiter.seen == seen && waiter.isWaitingWith(waker)) {
      return null;
    }
    synchronized (waiters) {
      if (waiter.isGranted()) {
        waiter.setPhase(Waiter.NEW); // of something seen meanwhile
      }
      waiter.seen = seen;
      if (!waiter.isQueued()) {
        waiters.add(waiter);
        waiter.owner = receiver;
        receiver.waiting++;
        isAwaited = true;
      }
      waiter.setWaker(waker);
    }
    now = current; // second
    return now.isNewsTo(seen) ? now : null;
  }

  /** Takes one out that gives up. */
  void withdraw(NextVersion waiter) {
    if (waiter.isQueued()) {
      synchronized (waiters) {
        if (waiter.isQueued()) {
          remove(waiter);
        }
      }
    }
    waiter.end();
  }

  private void remove(NextVersion waiter) {
    disown(waiter);
    waiters.remove(waiter);
    isAwaited = !waiters.isEmpty();
  }

  private static void disown(NextVersion waiter) {
    Watch.Receiver<?> owner = requireNonNull(waiter.owner);
    waiter.owner = null;
    owner.waiting--;
  }

  /** Has those look again who wait for {@code receiver}. */
  void tellOwn(Watch.Receiver<T> receiver) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      grantOwn(receiver, granted);
    }
    granted.wakeAll();
  }

  private void grantOwn(Watch.Receiver<T> receiver, WaiterQueue.Granted granted) {
    Waiter waiter = waiters.first();
    while (receiver.waiting > 0 && waiter != null) {
      Waiter after = waiter.next;
      NextVersion place = (NextVersion) waiter;
      if (place.owner == receiver) {
        disown(place);
        waiters.grant(place, granted);
      }
      waiter = after;
    }
    isAwaited = !waiters.isEmpty();
  }

  // ---- receivers

  int receivers() {
    return receivers;
  }

  Watch.Receiver<T> subscribe() {
    return subscribe(current.number);
  }

  Watch.Receiver<T> subscribe(long seen) {
    synchronized (waiters) {
      if (firstIsExpected) {
        firstIsExpected = false; // it counts already
      } else {
        receivers = receivers + 1;
      }
    }
    return new Watch.Receiver<>(this, seen);
  }

  /** Counts {@code receiver} no more, which is closed, and tells those who wait for it. */
  void unsubscribe(Watch.Receiver<T> receiver) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      grantOwn(receiver, granted);
      receivers = receivers - 1;
      if (receivers == 0 && unwatched != null) {
        unwatched.grantAll(granted);
      }
    }
    granted.wakeAll();
  }

  /** Whether there is no receiver, or was none since {@code waiter} waits; else it is queued. */
  boolean isUnwatched(Waiter waiter, Waker waker) {
    if (waiter.isGranted()) {
      return true;
    }
    if (waiter.isWaitingWith(waker)) {
      return false;
    }
    synchronized (waiters) {
      if (waiter.isGranted() || receivers == 0) { // nobody is queued while there is none
        return true;
      }
      if (!waiter.isQueued()) {
        WaiterQueue queue = unwatched;
        if (queue == null) {
          queue = new WaiterQueue();
          unwatched = queue;
        }
        queue.add(waiter);
      }
      waiter.setWaker(waker);
      return false;
    }
  }

  /** Takes one out of {@link #isUnwatched} that gives up. */
  void withdrawUnwatched(Waiter waiter) {
    if (waiter.isQueued()) {
      synchronized (waiters) {
        if (waiter.isQueued()) {
          requireNonNull(unwatched).remove(waiter);
        }
      }
    }
    waiter.end();
  }

  /** How many wait for another version; out of date at once. */
  int waiting() {
    synchronized (waiters) {
      return waiters.size();
    }
  }

  @Override
  public String toString() {
    Version<T> current = this.current;
    return "version "
        + current.number
        + (current.closed ? ", the last, " : ", ")
        + receivers
        + (receivers == 1 ? " receiver" : " receivers");
  }
}
