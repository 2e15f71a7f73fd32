package dev.pollux.streams.bridge;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Waker;
import dev.pollux.streams.CountedSubscription;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber has asked for, which is also the handle by which it asks: the open demand of
 * one subscription, or why there is none any more.
 *
 * @threading {@link #request} and {@link #cancel} are called from any thread and only move the word
 *     and wake the task, so they return at once and never recurse (3.3, 3.4, 3.5, 3.10, 3.11); the
 *     other verbs belong to the emitting task
 */
public final class Demand implements CountedSubscription {
  /*
   * Invariants
   *  D1  A word that is not negative is the demand that has not been settled. Emission is settled
   *      later than it happens, in batches; so while the task emits on behalf of demand, the word is
   *      at least 1.
   *  D2  UNBOUNDED is never left by settling (3.17).
   *  D3  OVER is never left. CANCELLED is left only for OVER.
   *
   * Transitions
   *  n >= 0        --request-->   n + asked, at most UNBOUNDED    (wakes the task if n was 0)
   *  n >= 0        --request-->   REFUSED, if asked <= 0          (wakes the task)
   *  n >= 0, REFUSED --cancel-->  CANCELLED                       (wakes the task)
   *  n >= 0        --settle-->    n - emitted
   *  any           --end-->       OVER
   *
   * Ordering
   *  Each edge is one volatile-mode read-modify-write, so edges are totally ordered. The task sleeps
   *  for want of demand only after settle has answered 0, and it has registered its waker before.
   *  A request is ordered before that settle and seen in its answer, or after it, finds 0, and takes
   *  the waker. A request that finds more than 0 need not wake: the task will settle before it sleeps
   *  for want of demand, or else it sleeps for want of elements, and whoever brings them wakes it.
   *
   * Counts
   *  Written by the task alone. For an element that goes straight out, emitted is written before
   *  pulled; one that is held is pulled first and emitted later. Both writes release, and a reader
   *  acquires pulled before it looks at emitted: it sees the emitted that pulled was written after, or
   *  a later one. So ahead() is never more than what was held at some moment, though both move.
   *
   * Progress: lock-free.
   */

  /** So much that it is never counted down: 2^63 - 1, which the specification calls unbounded. */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  /** The subscriber has cancelled; nothing more is signalled. */
  public static final long CANCELLED = -1;

  /** The subscriber has broken rule 3.9; it is owed an error. */
  public static final long REFUSED = -2;

  /** The last signal was sent, or is being sent by the caller of {@link #end}. */
  public static final long OVER = -3;

  private static final VarHandle WORD =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "word", VarHandle.class, Demand.class, long.class);

  private volatile long word;

  private final AtomicWaker waker = new AtomicWaker();

  /** Written before the word becomes REFUSED, read after that was seen. */
  private volatile @Nullable IllegalArgumentException refusal;

  private static final VarHandle PULLED = count("pulled");
  private static final VarHandle EMITTED = count("emitted");

  private long pulled;
  private long emitted;

  private static VarHandle count(String name) {
    return ConstantBootstraps.fieldVarHandle(
        lookup(), name, VarHandle.class, Demand.class, long.class);
  }

  // ---- the subscriber's side

  @Override
  public void request(long n) {
    if (n <= 0) {
      refuse(n);
      return;
    }
    while (true) {
      long seen = word;
      if (seen < 0 || seen == UNBOUNDED) {
        return; // 3.6
      }
      long sum = seen + n;
      if (WORD.compareAndSet(this, seen, sum < 0 ? UNBOUNDED : sum)) { // 3.8, 3.17
        if (seen == 0) {
          waker.wake();
        }
        return;
      }
    }
  }

  private void refuse(long n) {
    // Made here, so that its stack trace shows who asked.
    refusal = new IllegalArgumentException("rule 3.9: a request must be for at least 1, was " + n);
    while (true) {
      long seen = word;
      if (seen < 0) {
        return; // 3.6
      }
      if (WORD.compareAndSet(this, seen, REFUSED)) {
        waker.wake();
        return;
      }
    }
  }

  @Override
  public void cancel() {
    while (true) {
      long seen = word;
      if (seen == CANCELLED || seen == OVER) {
        return; // 3.7
      }
      if (WORD.compareAndSet(this, seen, CANCELLED)) {
        waker.wake();
        return;
      }
    }
  }

  @Override
  public long pulled() {
    return (long) PULLED.getAcquire(this);
  }

  @Override
  public long emitted() {
    return (long) EMITTED.getAcquire(this);
  }

  @Override
  public long ahead() {
    long pulled = pulled(); // first
    long emitted = emitted();
    long seen = word; // last: what a cancel overtook is not held, but discarded
    return seen == CANCELLED || seen == OVER ? 0 : Math.max(0, pulled - emitted);
  }

  // ---- the task's side

  /** Counts an element that was pulled and is held. */
  void countHeld() {
    PULLED.setRelease(this, pulled + 1);
  }

  /** Counts an element, held before, that is emitted. */
  void countEmitted() {
    EMITTED.setRelease(this, emitted + 1);
  }

  /** Counts an element that is emitted as it is pulled. */
  void countPassed() {
    countEmitted(); // before it is pulled, for who looks
    countHeld();
  }

  /** Stores whom to wake; before the word is read in the same poll. */
  void register(Waker waker) {
    this.waker.register(waker);
  }

  /** The unsettled demand, or a negative state. */
  public long get() {
    return word;
  }

  /** Takes off what was emitted. Returns what is still open, or a negative state. */
  long settle(long emitted) {
    while (true) {
      long seen = word;
      if (seen < 0 || seen == UNBOUNDED || emitted == 0) {
        return seen;
      }
      assert emitted <= seen : "emitted " + emitted + " of " + this;
      if (WORD.compareAndSet(this, seen, seen - emitted)) {
        return seen - emitted;
      }
    }
  }

  /**
   * Ends the subscription, and returns the word as it was before: whoever ends it decides by that
   * what is signalled. The waker is let go.
   */
  @CanIgnoreReturnValue
  long end() {
    long last = (long) WORD.getAndSet(this, OVER);
    waker.clear();
    return last;
  }

  /** What the subscriber is owed if the word was REFUSED. */
  IllegalArgumentException refusal() {
    return requireNonNull(refusal);
  }

  @Override
  public String toString() {
    long seen = word;
    if (seen >= 0) {
      return seen == UNBOUNDED ? "Demand[unbounded]" : "Demand[" + seen + "]";
    }
    return seen == CANCELLED
        ? "Demand[cancelled]"
        : seen == REFUSED ? "Demand[refused]" : "Demand[over]";
  }
}
