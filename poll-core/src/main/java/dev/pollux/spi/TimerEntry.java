package dev.pollux.spi;

import static java.lang.invoke.MethodHandles.lookup;

import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One deadline that somebody waits for: the intrusive node of a {@link Timer}, and the waiter's
 * view of it.
 *
 * <p>The future that sleeps <em>is</em> the entry (it extends this class), so a sleep is one
 * object. Before its first poll it is known to nobody and costs nothing but its memory.
 *
 * @threading the {@code protected} methods belong to the future's owner; {@link #fire()} and the
 *     links to the timer that the entry is armed with
 */
public abstract class TimerEntry {
  /*
   * Invariants
   *  I1  `state` is the only word both sides write. It holds null (idle), a Waker (armed), FIRED or CANCELLED.
   *  I2  Only the owner leaves idle, and only the owner enters CANCELLED; only the timer enters FIRED, from armed.
   *  I3  `deadlineNanos` and `timer` are written while idle, and read by the timer only after arm().
   *  I4  `next`, `previous` and `level` belong to the timer from arm() on.
   *
   * Transitions
   *  idle   --first poll-->   armed(waker)    then timer.arm(this)
   *  armed  --later poll-->   armed(waker')   CAS; a failure means FIRED
   *  armed  --deadline-->     FIRED           CAS; the timer wakes the waker it took out
   *  armed  --cancel-->       CANCELLED       then timer.disarm(this); the waker is unreachable from here on
   *  FIRED, CANCELLED --reset--> idle
   *
   * Ordering
   *  Each edge is one CAS or exchange of `state`. A poll that replaces the waker and a timer that fires meet on the same
   *  word: either the timer takes the new waker out, or the CAS of the poll fails and the poll itself sees FIRED. With
   *  a plain store in place of the CAS the store could overwrite FIRED, and the wake-up would be lost.
   *
   * Progress: wait-free for the owner and lock-free for the timer (a CAS of fire() fails only if the owner moved).
   */
  private static final Object FIRED = new Marker("fired");
  private static final Object CANCELLED = new Marker("cancelled");

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, TimerEntry.class, Object.class);

  private volatile @Nullable Object state;
  private long deadlineNanos;
  private @Nullable Timer timer;
  private @Nullable TimerEntry next;
  private @Nullable TimerEntry previous;

  /** Makes an idle entry. */
  protected TimerEntry() {}

  /** The deadline on the clock of the timer, in nanoseconds; meaningful once armed. */
  public final long deadlineNanos() {
    return deadlineNanos;
  }

  // ---- the owner's side

  /**
   * Starts to wait for {@code deadlineNanos} on the timer of {@code cx}, or answers at once that it
   * has passed.
   *
   * @return true if the deadline has passed already; false if the waker of {@code cx} is registered
   * @throws IllegalStateException if the entry is not idle
   */
  protected final boolean arm(Context cx, long deadlineNanos) {
    if (state != null) {
      throw new IllegalStateException("an entry that is " + stateName() + " can't be armed");
    }
    Timer timer = cx.timer();
    this.deadlineNanos = deadlineNanos;
    this.timer = timer;
    if (timer.nanoTime() >= deadlineNanos) {
      state = FIRED;
      return true;
    }
    STATE.setRelease(this, cx.waker());
    try {
      timer.arm(this);
    } catch (Throwable refused) {
      state = CANCELLED;
      throw refused;
    }
    return false;
  }

  /**
   * Looks whether the deadline of an armed entry has passed, and leaves the waker of {@code cx}
   * behind if not.
   *
   * @return true if it has passed; false if the waker of {@code cx} is registered
   * @throws IllegalStateException if the entry is idle or cancelled
   */
  protected final boolean pollArmed(Context cx) {
    Object seen = state;
    if (seen == FIRED) {
      return true;
    }
    Waker waker = cx.waker();
    if (seen == waker) {
      return false;
    }
    if (!(seen instanceof Waker)) {
      throw new IllegalStateException("an entry that is " + stateName() + " can't be waited for");
    }
    return !STATE.compareAndSet(this, seen, waker); // fails only against fire()
  }

  /**
   * Stops waiting. On return no waker is reachable through this entry. Idempotent.
   *
   * @return whether the entry was armed
   */
  @com.google.errorprone.annotations.CanIgnoreReturnValue
  protected final boolean disarm() {
    Object seen = state;
    if (seen == FIRED || seen == CANCELLED) {
      return false;
    }
    seen = STATE.getAndSet(this, CANCELLED);
    if (seen instanceof Waker) {
      Timer armedWith = timer;
      if (armedWith != null) {
        armedWith.disarm(this);
      }
      return true;
    }
    return false;
  }

  /** Whether the deadline has passed and the timer has said so. */
  protected final boolean isFired() {
    return state == FIRED;
  }

  /** Whether the entry waits for its deadline. */
  protected final boolean isArmed() {
    return state instanceof Waker;
  }

  private String stateName() {
    Object seen = state;
    return seen == null ? "idle" : seen instanceof Waker ? "armed" : seen.toString();
  }

  // ---- the timer's side

  /**
   * Marks the deadline as passed.
   *
   * @return the waker to wake, or null if the entry was cancelled meanwhile
   */
  public final @Nullable Waker fire() {
    while (true) {
      Object seen = state;
      if (!(seen instanceof Waker waker)) {
        return null;
      }
      if (STATE.compareAndSet(this, seen, FIRED)) {
        return waker;
      }
    }
  }

  /** Whether the entry was cancelled: a husk that the timer drops when it meets it. */
  public final boolean isCancelled() {
    return state == CANCELLED;
  }

  /** The next entry in whatever list the timer keeps. Owned by the timer. */
  public final @Nullable TimerEntry next() {
    return next;
  }

  /** Sets {@link #next()}. Owned by the timer. */
  public final void setNext(@Nullable TimerEntry next) {
    this.next = next;
  }

  /** The previous entry in whatever list the timer keeps. Owned by the timer. */
  public final @Nullable TimerEntry previous() {
    return previous;
  }

  /** Sets {@link #previous()}. Owned by the timer. */
  public final void setPrevious(@Nullable TimerEntry previous) {
    this.previous = previous;
  }

  /** A state that is no waker. */
  private record Marker(String name) {
    @Override
    public String toString() {
      return name;
    }
  }
}
