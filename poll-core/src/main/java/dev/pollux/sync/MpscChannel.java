package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.EndOfPoll;
import dev.pollux.core.Waker;
import dev.pollux.sync.WaiterQueue.Granted;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the handles of an {@link Mpsc} share. How the values are kept is left to {@link BoundedMpsc}
 * and {@link UnboundedMpsc}.
 *
 * @threading what is said to be the receiver's is called by one thread at a time; the rest by any
 */
abstract class MpscChannel<T> extends MpscWords.After implements EndOfPoll {
  /*
   * The word of the senders
   *   bits 32..63  tail: the index of the next value, which wraps
   *   bits  3..31  permits: bounded, how many places are free; unbounded, how many are reserved and not yet used
   *   bit   2      GONE: nobody will receive any more
   *   bit   1      CLOSED: nobody may send any more, but on places reserved before
   *   bit   0      WAITERS: somebody waits for a place (bounded only)
   *
   * Invariants
   *  I1  Each index is claimed once, by the edge of the word that adds one to the tail; who has claimed it puts one value
   *      there, and the receiver takes it. Values come out in the order of their indexes.
   *  I2  GONE implies CLOSED. Neither is ever taken back. CLOSED is set under the lock, with nobody left in the queue.
   *  I3  While the receiver is there, it alone takes. Once it is GONE, whoever holds the lock takes, to discard.
   *
   * The receiver must not miss a value
   *  It leaves its waker, an exchange, and then looks for a value. A sender puts the value, and later does what is called
   *  a flush: a full fence, and then it looks for a waker. One of the two sees the other.
   *  A flush may come later than the put, and be one for many values: at the end of the poll that has put them, at
   *  the latest. No value waits longer than that, and a value that nobody waits for needs no flush at all.
   *
   * The receiver that is gone must not keep a value
   *  GONE is set, and then all there is is taken and discarded under the lock. A value that is put after that look, by a
   *  sender that had claimed its index before, is found by the flush that follows every put: behind the fence it looks for
   *  GONE, and then does the same.
   *
   * The receiver is handed on
   *  It may be given to another task in the very poll that has taken something, and be at work there when that poll comes to
   *  its end, and gives places back. So that may be done by anybody, and tells the receiver of what it brings about.
   *
   * The end
   *  The receiver has seen the last value once no more can come: CLOSED or no sender left, and nothing under way (no place
   *  reserved, nobody waiting). It leaves its waker first, and then looks for that. Whoever makes it true by the last of
   *  these steps (a close, a place given back, a waiter that gives up) wakes the receiver after it.
   */
  static final long WAITERS = 1;
  static final long CLOSED = 1L << 1;
  static final long GONE = 1L << 2;
  static final int PERMIT_SHIFT = 3;
  static final long PERMIT_ONE = 1L << PERMIT_SHIFT;
  static final long TAIL_ONE = 1L << 32;
  private static final long PERMITS = TAIL_ONE - PERMIT_ONE;

  /** The most places that a channel may have, or that may be reserved. */
  static final int MAX_PERMITS = 1 << 28;

  /** Answers of {@link #send}, in place of an index. */
  static final long IS_FULL = -1;

  static final long IS_CLOSED = -2;

  private static final VarHandle SENDERS =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "senders", VarHandle.class, MpscChannel.class, int.class);

  private final AtomicWaker receiver = new AtomicWaker();

  /** How many sender handles are open. */
  private volatile int senders = 1;

  /** A flush is due with each index that has all these bits. */
  private final int flushMask;

  /** Those who wait for the channel to be closed. */
  @GuardedBy("this")
  private final WaiterQueue closeWaiters = new WaiterQueue();

  private final Stored stored;

  /** What is left to do if the receiver is lost; knows where values are discarded to. */
  private final Leftovers leftovers;

  MpscChannel(long state, int flushMask, Stored stored) {
    super(state);
    this.flushMask = flushMask;
    this.stored = stored;
    this.leftovers = new Leftovers(this);
  }

  /** The values of a channel, apart from those who wait at it. */
  interface Stored {

    /** Hands all of them to {@code taker}, once nobody has the channel any more. */
    void forEach(Consumer<Object> taker);
  }

  /**
   * What is done when the receiver is cancelled or lost. Does not keep the channel: those who wait
   * there lead to their tasks, and those, it may be, to the receiver. Nor does it keep values,
   * which may lead there too, unless one of them has to be closed even if the channel is lost as a
   * whole.
   */
  static final class Leftovers implements Runnable {

    private final WeakReference<MpscChannel<?>> channel;

    /** The values of the channel, once one has been a closeable. */
    private volatile @Nullable Stored stored;

    /** Where the values go that nobody receives: that of the first runtime that polls here. */
    private volatile Discard discard = Discard.closing();

    Leftovers(MpscChannel<?> channel) {
      this.channel = new WeakReference<>(channel);
    }

    @Override
    public void run() {
      MpscChannel<?> channel = this.channel.get();
      Stored stored = this.stored;
      if (channel != null) {
        channel.abandon();
      } else if (stored != null) {
        stored.forEach(discard::discard);
      }
    }
  }

  final Leftovers leftovers() {
    return leftovers;
  }

  /**
   * Before a value is put: sees to it that a closeable is closed, whatever becomes of the channel.
   */
  final void beforePut(Object value) {
    if (value instanceof AutoCloseable && leftovers.stored == null) {
      leftovers.stored = stored;
    }
  }

  static int permits(long state) {
    return (int) ((state & PERMITS) >>> PERMIT_SHIFT);
  }

  static int tail(long state) {
    return (int) (state >>> 32);
  }

  // ---- what the two kinds do differently

  /**
   * Puts a value in, if there is room. The caller has to flush afterwards.
   *
   * @return its index, or IS_FULL, or IS_CLOSED
   */
  @CanIgnoreReturnValue
  abstract long send(T value);

  /**
   * Puts a value in a place reserved before. The caller has to flush afterwards.
   *
   * @return its index, or IS_CLOSED if the receiver is gone: then the place is still reserved
   */
  @CanIgnoreReturnValue
  abstract long sendReserved(T value);

  /** Takes the next value out, or null if it is not there. The receiver's. */
  abstract @Nullable T take();

  /** Gives back the places of the values taken. Called by anybody. */
  abstract void release();

  /** Whether there are such. The receiver's. */
  abstract boolean hasUnreleased();

  /** Reserves {@code count} places at once, if they are there and the channel is open. */
  abstract boolean tryReserve(int count);

  /** Gives back places that were reserved and not used. */
  abstract void unreserve(int count);

  /**
   * Reserves what {@code waiter} wants, or queues it.
   *
   * @return true if it has it; else it is queued with {@code waker}, or was granted, or is refused
   */
  abstract boolean reserveOrWait(MpscWaiter<T> waiter, Waker waker);

  /**
   * Takes one out of the queue that gives up, and passes on what it has gathered.
   *
   * @return false if it is not there: it has not waited, or was granted or refused
   */
  @CanIgnoreReturnValue
  abstract boolean leave(MpscWaiter<T> waiter);

  /** Whether nothing is under way between a sender and the receiver. The receiver's. */
  abstract boolean isIdle();

  /** Refuses all who wait, in the step that sets CLOSED. */
  @GuardedBy("this")
  abstract void transitionToClosed(Granted refused);

  /** How many places there are, or {@link Integer#MAX_VALUE}. */
  abstract int capacity();

  /** How many values may be sent at once just now. */
  abstract int available();

  /** How many wait for room. */
  abstract int waiting();

  // ---- the senders' side

  /** Keeps where values are discarded to, if that is not the one that holds anyway. */
  final void enter(Context cx) {
    if (leftovers.discard == Discard.closing()) {
      leftovers.discard = cx.discard();
    }
  }

  final void discard(@Nullable T value) {
    leftovers.discard.discard(value);
  }

  /**
   * A value was put at {@code index}, in a poll: flushes now, or has it done later in this poll.
   */
  final void sent(Context cx, int index) {
    // The first of a poll is flushed at once: the poll may be long.
    if (flushMask == 0 || cx.atEndOfPoll(this) || (index & flushMask) == flushMask) {
      flush();
    }
  }

  /** Follows every put. */
  final void flush() {
    VarHandle.fullFence();
    if (receiver.isRegistered()) {
      receiver.wake();
    }
    if ((state() & GONE) != 0) {
      drain();
    }
  }

  @Override
  public final void pollEnds() {
    flush();
  }

  /** Counts one more sender. The caller has one that is open. */
  final void addSender() {
    SENDERS.getAndAdd(this, 1);
  }

  final void removeSender() {
    if ((int) SENDERS.getAndAdd(this, -1) == 1) {
      receiver.wake();
    }
  }

  /** Whether nothing may be sent, but on places reserved before. */
  final boolean isClosed() {
    return (state() & CLOSED) != 0;
  }

  /** After a step that may have been the last of what was under way. */
  final void wakeIfOver() {
    if (senders == 0 || isClosed()) {
      receiver.wake();
    }
  }

  /** Queues one who waits for the close; false if that has happened. */
  final boolean awaitClose(Waiter waiter, Waker waker) {
    synchronized (this) {
      if (isClosed()) {
        return false;
      }
      if (!waiter.isQueued()) {
        closeWaiters.add(waiter);
      }
      waiter.setWaker(waker);
      return true;
    }
  }

  final void leaveClose(Waiter waiter) {
    synchronized (this) {
      if (waiter.isQueued()) {
        closeWaiters.remove(waiter);
      }
    }
    waiter.end();
  }

  // ---- the receiver's side

  /**
   * As {@link #take()}, for one who leaves no waker. A sender that is between its claim and its put
   * is waited for: behind its value there may be one whose send is over, and must be found.
   */
  final @Nullable T takeOrSpin() {
    T value = take();
    for (int spins = 0; value == null && tail(state()) != head(); spins++) {
      if (spins < 100) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(1_000); // it may wait for a processor
      }
      value = take();
    }
    return value;
  }

  /** Leaves the waker of the receiver; it looks for a value, and for the end, after that. */
  final void awaitValue(Waker waker) {
    receiver.register(waker);
  }

  /** The receiver found something after all: nobody need wake it. */
  final void awaitNoMore() {
    receiver.clear();
  }

  /** Whether no more values can come, if there are none. */
  final boolean isOver() {
    return (senders == 0 || isClosed()) && isIdle();
  }

  /** Refuses whatever is sent from now on, but on places reserved before. */
  final void close() {
    Granted told = new Granted();
    synchronized (this) {
      if (!isClosed()) {
        transitionToClosed(told);
        closeWaiters.grantAll(told);
      }
    }
    told.wakeAll();
    receiver.wake(); // a future of the receiver may wait elsewhere in its task
  }

  /** The receiver is gone: closes, and discards what it has not received. */
  final void abandon() {
    close();
    long seen;
    do {
      seen = state();
    } while (!compareAndSetState(seen, seen | GONE));
    receiver.clear();
    drain();
  }

  /** Discards what is there, and nobody will receive. */
  private void drain() {
    while (true) {
      T value;
      synchronized (this) {
        value = take();
      }
      if (value == null) {
        return;
      }
      discard(value); // not under the lock: foreign code
    }
  }

  /** How many values are there, or on the way; out of date at once. */
  final int length() {
    return Math.max(0, tail(state()) - headAcquire());
  }

  @Override
  public String toString() {
    int capacity = capacity();
    return "Mpsc["
        + (capacity == Integer.MAX_VALUE ? "unbounded" : "capacity " + capacity)
        + ", "
        + length()
        + " values, "
        + senders
        + " senders"
        + (waiting() == 0 ? "" : ", " + waiting() + " wait")
        + (isClosed() ? ", closed" : "")
        + "]";
  }
}
