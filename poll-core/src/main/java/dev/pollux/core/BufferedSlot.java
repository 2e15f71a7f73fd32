package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A future in flight in {@link BufferedIterator}, then its output or failure; and the waker that
 * the future is shown.
 *
 * @threading confined to the polling task, but for {@link #wake}
 */
final class BufferedSlot<B> implements Waker {
  /*
   * Invariants
   *  I1  woken is true from a wake until the poll that answers it begins. It is cleared before the future is polled, so
   *      a wake during the poll is kept for the next one.
   *  I2  If a slot is woken and the poller has gone to sleep, the task's latest waker has been woken, or is about to be.
   *
   * Ordering: a waker sets woken, then anyWoken, then reads the task's waker. The poller stores the task's waker, clears
   * anyWoken, then reads woken. All are volatile, hence totally ordered: either the poller sees the flags, or the waker
   * sees the waker that was stored before them.
   *
   * Progress: wait-free.
   */

  /**
   * What the slots of one iterator share with the wakers of their futures; holds nothing of the
   * user's but the waker.
   */
  static final class Wakeup {

    private volatile @Nullable Waker waker;
    private volatile boolean anyWoken;

    /** Stores the waker of this poll, or none once all is over. */
    void bind(@Nullable Waker waker) {
      if (this.waker != waker) {
        this.waker = waker;
      }
    }

    /** Whether a slot may have been woken since the last call. */
    boolean takeAnyWoken() {
      if (!anyWoken) {
        return false;
      }
      anyWoken = false;
      return true;
    }

    /** Has the next poll look at all slots again. */
    void setAnyWoken() {
      anyWoken = true;
    }

    private void wake() {
      anyWoken = true;
      Waker waker = this.waker;
      if (waker != null) {
        waker.wake();
      }
    }
  }

  private final Wakeup wakeup;

  /** Starts true: a new future is owed its first poll. */
  private volatile boolean woken = true;

  /** Null once it has completed, failed or was cancelled. */
  private @Nullable Future<? extends B> future;

  private @Nullable B output;
  private @Nullable Throwable failure;

  BufferedSlot(Wakeup wakeup, Future<? extends B> future) {
    this.wakeup = wakeup;
    this.future = future;
  }

  /** A slot for a failure that came about without a future. */
  BufferedSlot(Wakeup wakeup, Throwable failure) {
    this.wakeup = wakeup;
    this.failure = failure;
  }

  @Override
  public void wake() {
    woken = true;
    wakeup.wake();
  }

  /** Whether a poll is owed. */
  boolean isWoken() {
    return future != null && woken;
  }

  boolean isDone() {
    return future == null;
  }

  boolean hasFailed() {
    return failure != null;
  }

  /** Polls the future, and keeps what it answers or throws. */
  void poll(Context cx) {
    Future<? extends B> future = requireNonNull(this.future, "future");
    woken = false;
    Context mine = cx.withWaker(this);
    Poller poller = cx.poller();
    // Context.current() must show this slot's waker: the task's alone would not have the future
    // polled again.
    Context outer = poller.enter(mine);
    try {
      Poll<? extends B> answer = future.poll(mine);
      if (answer.isReady()) {
        this.future = null;
        output = requireNonNull(answer.value(), "an element of an AsyncIterator may not be null");
      }
    } catch (Throwable failure) {
      this.future = null;
      this.failure = failure;
    } finally {
      poller.enter(outer);
    }
  }

  /** The output, or a throw of the failure. */
  B take() {
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    return requireNonNull(output, "output");
  }

  /** Cancels the future, or discards its output. */
  void cancel(Discard discard) {
    Future<? extends B> future = this.future;
    B output = this.output;
    this.future = null;
    this.output = null;
    failure = null;
    if (future != null) {
      Cancellation.future(future, discard);
    }
    discard.discard(output);
  }

  /** Adds itself to the description of its iterator. */
  void describe(Description description) {
    description.child("inFlight", future);
  }
}
