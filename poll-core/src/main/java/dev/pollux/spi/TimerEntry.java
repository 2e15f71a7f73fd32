package dev.pollux.spi;

import static java.lang.invoke.MethodHandles.lookup;

import dev.pollux.core.Context;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One deadline that somebody waits for: the intrusive node of a {@link Timer}, and the waiter's
 * view of it.
 *
 * <p>The future that sleeps <em>is</em> the entry (it extends this class), so a sleep is one
 * object. Before its first poll it is known to nobody and costs nothing but its memory.
 *
 * @threading the {@code protected} methods belong to the future's owner; the timer's side is
 *     reached through {@link AbstractTimer}
 */
public abstract class TimerEntry {
  /*
   * The owner is whoever polls the sleeping future; the timer is what the entry was armed with; the holder is the
   * thread that may touch the timer's lists. A timer that is armed or disarmed by another thread than its holder has a
   * queue, in which the entry travels to the holder; `queueLink` is the link of that queue, so that an entry can be in
   * the queue and still in a list.
   *
   * States: what `state` holds
   *  null       idle: `deadlineNanos` is the plan, see below. No timer knows the entry.
   *  a Waker    armed: the timer has the entry in its lists.
   *  Queued(w)  armed, and in the queue of the timer.
   *  FIRED      the deadline has passed. No timer knows the entry.
   *  CLOSED     the timer was closed under it. No timer knows the entry.
   *  OVER       cancelled, or its end was seen. No timer knows the entry.
   *  HUSK       over, and in the queue of the timer, whose lists may still hold the entry.
   *  IDLE_HUSK  idle, and the same.
   *
   * Invariants
   *  I1  `state` is the only word that both sides change.
   *  I2  An entry is in the queue of its timer if and only if it is Queued, HUSK or IDLE_HUSK, or its owner is on the
   *      way to put it there. So it is in one queue, once.
   *  I3  Only the holder leaves these three for a state without the queue, after it has taken the entry out of the queue
   *      and out of its lists (settle). Where no timer knows the entry, none touches it, and any timer can be next.
   *  I4  `next` and `previous` belong to the holder, `timer` to the owner.
   *  I5  `deadlineNanos` belongs to the owner. The holder reads it (in opaque mode: never half a value), and what it
   *      reads is a hint where the entry may have been reset; whatever it does with a stale one is put right by I6 or by
   *      the next settle.
   *  I6  Never early: a deadline that was postponed while the entry was armed is marked by its sign, and whoever sees
   *      FIRED then looks at the clock and arms the entry anew if it must.
   *
   * Transitions (o: by the owner, t: by the holder)
   *  o  idle            --poll-->      armed        then timer.arm: Queued if the owner isn't the holder
   *  o  armed, Queued   --poll-->      the same with the new waker
   *  t  armed           --deadline-->  FIRED        after it was taken out of the lists; the waker is woken
   *  t  armed, Queued   --close-->     CLOSED       likewise
   *  o  armed           --cancel-->    OVER         then timer.disarm: HUSK if the owner isn't the holder
   *  o  Queued          --cancel-->    HUSK
   *  o  HUSK            --reset-->     IDLE_HUSK    --poll--> Queued    --cancel--> HUSK
   *  o  FIRED, CLOSED, OVER --reset--> idle
   *  t  Queued --settle--> armed      HUSK --settle--> OVER      IDLE_HUSK --settle--> idle
   *
   * Ordering
   *  Each edge that both sides could take is one CAS. A poll that replaces the waker and a timer that fires meet on the
   *  same word: either the timer takes the new waker out, or the CAS of the poll fails and the poll sees FIRED. With a
   *  plain store in its place the store could overwrite FIRED, and the wake-up would be lost. Edges out of states that
   *  no timer knows are plain: what follows (the push to the queue, the lists of the owner's own thread) publishes them.
   *
   * Progress: wait-free for the holder but for fire and settle, which are lock-free, as are all verbs of the owner: a
   * CAS fails only if the other side has moved on.
   */
  private static final Object FIRED = new Marker("fired");
  private static final Object CLOSED = new Marker("closed");
  private static final Object OVER = new Marker("over");
  private static final Object HUSK = new Marker("over, in the queue of its timer");
  private static final Object IDLE_HUSK = new Marker("idle, in the queue of its timer");

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, TimerEntry.class, Object.class);
  private static final VarHandle DEADLINE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "deadlineNanos", VarHandle.class, TimerEntry.class, long.class);

  // Six fields and the header are 40 bytes with compressed references, and a sleep adds none: hence
  // the two signs.
  private volatile @Nullable Object state;

  /**
   * Idle: the delay from the next poll if it is not negative, else the complement of the deadline.
   * Otherwise: the deadline if it is not negative, else the complement of one that was postponed.
   */
  private long deadlineNanos;

  private @Nullable Timer timer;
  private @Nullable TimerEntry next;
  private @Nullable TimerEntry previous;
  private @Nullable TimerEntry queueLink;

  /**
   * Makes an idle entry.
   *
   * @param delayNanos how long after its first poll its deadline is, at least 0; {@link
   *     Long#MAX_VALUE} never comes
   */
  protected TimerEntry(long delayNanos) {
    assert delayNanos >= 0 : delayNanos;
    this.deadlineNanos = delayNanos;
  }

  /**
   * The deadline on the clock of the timer, in nanoseconds. Before the first poll of an entry that
   * was given a delay: that delay.
   */
  public final long deadlineNanos() {
    return decoded((long) DEADLINE.getOpaque(this));
  }

  /** A deadline without the mark of its sign. */
  private static long decoded(long marked) {
    return marked < 0 ? ~marked : marked;
  }

  // ---- the owner's side

  /**
   * Looks whether the deadline has passed, starts to wait for it if that has not been done, and
   * leaves the waker of {@code cx} behind if it has not passed. Takes no budget.
   *
   * @return true if it has passed, as every later call will answer; false if the waker is
   *     registered
   * @throws RuntimeShutdownException if the timer is closed; the entry is over then
   * @throws PollAfterEndException if the entry is over
   */
  protected final boolean hasElapsed(Context cx) {
    while (true) {
      Object seen = state;
      if (isWaker(seen)) {
        Waker waker = cx.waker();
        if (seen == waker || STATE.compareAndSet(this, seen, waker)) {
          return false;
        }
      } else if (seen == null || seen == IDLE_HUSK) {
        return start(cx);
      } else if (seen == FIRED) {
        return !wasPostponed() || restart(cx);
      } else if (seen instanceof Queued queued) {
        Waker waker = cx.waker();
        if (queued.waker == waker || STATE.compareAndSet(this, seen, new Queued(waker))) {
          return false;
        }
      } else if (seen == CLOSED) {
        state = OVER;
        throw new RuntimeShutdownException("the runtime of a timer was shut down while it ran");
      } else {
        throw new PollAfterEndException(getClass().getSimpleName().toLowerCase(Locale.ROOT));
      }
    }
  }

  /**
   * Starts to wait as planned, unless the deadline has passed, which makes the plan a delay of 0.
   */
  private boolean start(Context cx) {
    long plan = deadlineNanos;
    if (plan == 0) {
      return true;
    }
    Timer timer = cx.timer();
    long now = timer.nanoTime();
    long deadline = plan < 0 ? ~plan : saturatedSum(now, plan);
    if (deadline <= now) {
      DEADLINE.setOpaque(this, 0L);
      return true;
    }
    armWith(timer, cx.waker(), deadline);
    return false;
  }

  private boolean wasPostponed() {
    return deadlineNanos < 0;
  }

  /** Goes on waiting after the timer has fired by a deadline that was postponed, if need be. */
  private boolean restart(Context cx) {
    Timer firedBy = timerArmedWith();
    long deadline = ~deadlineNanos;
    long now = firedBy.nanoTime();
    if (deadline <= now) {
      DEADLINE.setOpaque(this, deadline);
      return true;
    }
    Timer timer = cx.timer();
    state = null;
    armWith(timer, cx.waker(), translated(deadline, firedBy, timer));
    return false;
  }

  /** Arms an idle entry. */
  private void armWith(Timer timer, Waker waker, long deadline) {
    if (state == IDLE_HUSK) {
      // The timer of old still has the entry: it can't be in two, so it stays where it is, if it is
      // still there.
      Timer former = timerArmedWith();
      DEADLINE.setOpaque(this, translated(deadline, timer, former));
      if (STATE.compareAndSet(this, IDLE_HUSK, new Queued(waker))) {
        former.arm(this);
        return;
      }
    }
    DEADLINE.setOpaque(this, deadline);
    this.timer = timer;
    STATE.setRelease(this, waker);
    try {
      timer.arm(this);
    } catch (Throwable refused) {
      state = OVER;
      throw refused;
    }
  }

  /** What {@code deadline} on the clock of {@code from} is on the clock of {@code to}. */
  private static long translated(long deadline, Timer from, Timer to) {
    return from == to || deadline == Long.MAX_VALUE
        ? deadline
        : saturatedSum(to.nanoTime(), Math.max(0, deadline - from.nanoTime()));
  }

  private static long saturatedSum(long nanos, long delayNanos) {
    long sum = nanos + delayNanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private Timer timerArmedWith() {
    Timer timer = this.timer;
    if (timer == null) {
      throw new AssertionError("an entry that is " + stateName() + " has no timer");
    }
    return timer;
  }

  /**
   * Stops waiting, and makes the entry over. On return no waker is reachable through it.
   * Idempotent.
   *
   * @return whether the entry was armed
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  protected final boolean disarm() {
    while (true) {
      Object seen = state;
      if (isWaker(seen)) {
        if (STATE.compareAndSet(this, seen, OVER)) {
          timerArmedWith().disarm(this);
          return true;
        }
      } else if (seen instanceof Queued) {
        if (STATE.compareAndSet(this, seen, HUSK)) {
          return true;
        }
      } else if (seen == IDLE_HUSK) {
        if (STATE.compareAndSet(this, seen, HUSK)) {
          return false;
        }
      } else {
        if (seen != OVER && seen != HUSK) {
          state = OVER;
        }
        return false;
      }
    }
  }

  /**
   * Gives the entry a new deadline: {@code delayNanos} from now if it is armed, or its end was not
   * seen yet, or its plan is a deadline on the clock that it knows; that much after its next poll
   * otherwise. An armed entry stays armed with its waker.
   *
   * <p>To postpone is one look at the clock and one store; the timer notices when the old deadline
   * comes.
   *
   * @param delayNanos at least 0; {@link Long#MAX_VALUE} never comes
   */
  protected final void reset(long delayNanos) {
    assert delayNanos >= 0 : delayNanos;
    Timer clock = timer;
    if (clock == null || isOver() || (isIdle() && deadlineNanos >= 0)) {
      rest(delayNanos);
    } else {
      resetAt(saturatedSum(clock.nanoTime(), delayNanos));
    }
  }

  private boolean isIdle() {
    Object seen = state;
    return seen == null || seen == IDLE_HUSK;
  }

  /**
   * Gives the entry a new deadline. An armed entry stays armed with its waker.
   *
   * @param deadlineNanos on the clock of the timer that the entry is, or will be, armed with; at
   *     least 0
   */
  protected final void resetAt(long deadlineNanos) {
    assert deadlineNanos >= 0 : deadlineNanos;
    Waker waker = wakerIn(state);
    if (waker == null) {
      rest(~deadlineNanos);
    } else if (deadlineNanos >= deadlineNanos()) {
      DEADLINE.setOpaque(this, ~deadlineNanos); // I6: it may fire by the old one at this moment
    } else {
      boolean wasArmed = disarm(); // else it has just fired, and the wake-up is under way
      rest(~deadlineNanos);
      if (wasArmed) {
        try {
          armWith(timerArmedWith(), waker, deadlineNanos);
        } catch (RuntimeShutdownException closed) {
          rest(~deadlineNanos);
          waker.wake(); // the next poll fails for the same reason
        }
      }
    }
  }

  /** Makes an entry that is not armed idle, with {@code plan}. */
  private void rest(long plan) {
    DEADLINE.setOpaque(this, plan);
    Object seen = state;
    if (seen == HUSK && STATE.compareAndSet(this, HUSK, IDLE_HUSK)) {
      return;
    }
    if (seen != null && seen != IDLE_HUSK) {
      state = null;
    }
  }

  /** Whether the entry waits for its deadline. */
  protected final boolean isArmed() {
    Object seen = state;
    return isWaker(seen) || seen instanceof Queued;
  }

  /** Whether the entry was disarmed, and not reset since. */
  protected final boolean isOver() {
    Object seen = state;
    return seen == OVER || seen == HUSK;
  }

  /** The timer that the entry is armed with, or was last; null before. */
  protected final @Nullable Timer timer() {
    return timer;
  }

  private String stateName() {
    Object seen = state;
    return seen == null ? "idle" : isWaker(seen) ? "armed" : seen.toString();
  }

  /** Tells by the two final classes, which is cheaper than to ask for an interface. */
  private static boolean isWaker(@Nullable Object state) {
    return state != null && !(state instanceof Marker) && !(state instanceof Queued);
  }

  /** The waker of an entry that is armed, or null. */
  private static @Nullable Waker wakerIn(@Nullable Object state) {
    return isWaker(state) ? (Waker) state : state instanceof Queued queued ? queued.waker : null;
  }

  // ---- the timer's side, reached through AbstractTimer

  /** armed → FIRED. The caller has taken the entry out of its lists. */
  final @Nullable Waker fire() {
    while (true) {
      Object seen = state;
      if (!isWaker(seen)) {
        return null;
      }
      if (STATE.compareAndSet(this, seen, FIRED)) {
        return (Waker) seen;
      }
    }
  }

  /**
   * armed or Queued → CLOSED. The caller has taken the entry out of its lists, and out of its
   * queue.
   */
  final @Nullable Waker close() {
    while (true) {
      Object seen = state;
      Waker waker = wakerIn(seen);
      if (waker == null || STATE.compareAndSet(this, seen, CLOSED)) {
        return waker;
      }
    }
  }

  /**
   * armed → Queued, on the owner's thread. False if it is in the queue already, or has come out of
   * it and is fired or closed.
   */
  final boolean enterQueueToArm() {
    Object seen = state;
    // A CAS: an entry that is armed anew may have been settled since, and may be fired or closed.
    return seen != null
        && isWaker(seen)
        && STATE.compareAndSet(this, seen, new Queued((Waker) seen));
  }

  /** Whether the entry is armed, and not in the queue. */
  final boolean isArmedOutsideQueue() {
    return isWaker(state);
  }

  /** OVER → HUSK, on the owner's thread. */
  final void enterQueueToDisarm() {
    assert state == OVER : stateName();
    state = HUSK;
  }

  /** HUSK → OVER, on the owner's thread: the queue has refused the entry. */
  final void leaveQueue() {
    assert state == HUSK : stateName();
    state = OVER;
  }

  /**
   * Queued → armed, HUSK → OVER, IDLE_HUSK → idle. True if armed. CLOSED stays: it was closed while
   * its owner was about to push it.
   */
  final boolean settle() {
    while (true) {
      Object seen = state;
      if (seen instanceof Queued queued) {
        if (STATE.compareAndSet(this, seen, queued.waker)) {
          return true;
        }
      } else if (seen == CLOSED) {
        return false;
      } else {
        assert seen == HUSK || seen == IDLE_HUSK : stateName();
        if (STATE.compareAndSet(this, seen, seen == HUSK ? OVER : null)) {
          return false;
        }
      }
    }
  }

  final @Nullable TimerEntry next() {
    return next;
  }

  final void setNext(@Nullable TimerEntry next) {
    this.next = next;
  }

  final @Nullable TimerEntry previous() {
    return previous;
  }

  final void setPrevious(@Nullable TimerEntry previous) {
    this.previous = previous;
  }

  final @Nullable TimerEntry queueLink() {
    return queueLink;
  }

  final void setQueueLink(@Nullable TimerEntry link) {
    this.queueLink = link;
  }

  /** Armed, and on the way to the holder of the timer. */
  private static final class Queued {
    final Waker waker;

    Queued(Waker waker) {
      this.waker = waker;
    }

    @Override
    public String toString() {
      return "armed, in the queue of its timer";
    }
  }

  /** A state without a waker. */
  private record Marker(String name) {
    @Override
    public String toString() {
      return name;
    }
  }
}
