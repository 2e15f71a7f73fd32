package dev.pollux.io.deadline;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Wakes a task that waits for something else, at the latest when a time is over. Who waits says
 * each time until when; the timer is told seldom: as long as its entry comes early enough it stays
 * as it is, so what waits ten thousand times in a minute sets it once.
 *
 * <p>A {@link Sleep} belongs to one task; this may be closed by any thread, and then the timer
 * forgets the task at once.
 *
 * @threading {@link #isOver} by one task at a time; {@link #close()}: any thread
 */
public final class Deadline {
  /*
   * `state` says who may touch `sleep` and `waker`: whoever brings it from FREE to HELD, until he brings it back; and the one
   * who closes it, if it was FREE.
   *
   * Invariants
   *  I1  CLOSED is final. Once it is set and nobody holds, the sleep is cancelled and `waker` is null, for ever.
   *
   * Transitions
   *  FREE        --await-->   HELD          (compare-and-set)
   *  HELD        --awaited--> FREE          (compare-and-set)
   *  FREE        --close-->   CLOSED        (one read-modify-write; the closer cancels the sleep)
   *  HELD        --close-->   HELD|CLOSED   (the same; the closer goes, the holder cancels the sleep)
   *
   * Races
   *  R1  A close in the midst of an await: the close can't cancel, for the sleep is being armed. So the await looks once more when
   *      it has armed: its compare-and-set from HELD to FREE fails, and it cancels.
   *
   * Ordering: `state` is accessed in volatile mode. The short way of `await` reads `waker` and `dueNanos` without it: they are its own
   * task's, but for the null of a close, which is as good as what was there before.
   *
   * Progress: wait-free.
   */
  /**
   * How long it is waited when the time is over: bytes that are there already, but that the driver
   * has not reported, come first. After a pause of the whole process that is all of them.
   */
  public static final long GRACE_NANOS = 10_000_000;

  private static final int FREE = 0;
  private static final int HELD = 1;
  private static final int CLOSED = 2;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, Deadline.class, int.class);

  @Keep private volatile int state;

  /** Null until somebody waits. */
  private @Nullable Sleep sleep;

  /** Whose waker the sleep has; null if it has none. */
  private @Nullable Waker waker;

  /** When the sleep ends. */
  private long dueNanos;

  /** When it was found that the time is over; 0 if it was not. */
  private long overSinceNanos;

  /** Makes one that costs nothing yet. */
  public Deadline() {}

  /**
   * Looks whether the time is over, and has the waker of {@code cx} woken when it may be if it is
   * not. The time is over a little later than {@code deadlineNanos}: see {@link #GRACE_NANOS}.
   * Wakes nobody once this is closed.
   *
   * @param cx of the poll, which has found nothing to do
   * @param nowNanos the time of its timer
   * @param deadlineNanos until when to wait; another one each time, as it pleases the caller
   * @return whether it is over
   */
  public boolean isOver(Context cx, long nowNanos, long deadlineNanos) {
    if (nowNanos < deadlineNanos) {
      overSinceNanos = 0;
      await(cx, nowNanos, deadlineNanos);
      return false;
    }
    if (overSinceNanos == 0) {
      overSinceNanos = Math.max(1, nowNanos);
    }
    long graceEnd = overSinceNanos + GRACE_NANOS;
    if (nowNanos < graceEnd) {
      await(cx, nowNanos, graceEnd);
      return false;
    }
    overSinceNanos = 0;
    return true;
  }

  /** Has the waker woken at the deadline, or before. */
  private void await(Context cx, long nowNanos, long deadlineNanos) {
    if (waker == cx.waker() && nowNanos < dueNanos && dueNanos <= deadlineNanos) {
      return;
    }
    if (!STATE.compareAndSet(this, FREE, HELD)) {
      return;
    }
    try {
      arm(cx, deadlineNanos);
    } finally {
      if (!STATE.compareAndSet(this, HELD, FREE)) { // R1
        letGo();
      }
    }
  }

  private void arm(Context cx, long deadlineNanos) {
    waker = null; // until it is armed: the timer may refuse
    Sleep sleep = this.sleep;
    if (sleep == null) {
      sleep = Time.sleepUntil(deadlineNanos);
      this.sleep = sleep;
    } else {
      sleep.resetUntil(deadlineNanos);
    }
    if (sleep.poll(cx).isReady()) { // the time has come meanwhile
      cx.wakeSelf();
      return;
    }
    dueNanos = deadlineNanos;
    waker = cx.waker();
  }

  private void letGo() {
    waker = null;
    Sleep sleep = this.sleep;
    if (sleep != null) {
      sleep.cancel();
    }
  }

  /** Wakes nobody any more, and lets go of who waits. Idempotent. Any thread. */
  public void close() {
    int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
    if (before == FREE) {
      letGo();
    }
  }

  @Override
  public String toString() {
    return (state & CLOSED) != 0 ? "closed" : waker == null ? "not waiting" : "waiting";
  }
}
