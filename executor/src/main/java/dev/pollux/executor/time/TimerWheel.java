package dev.pollux.executor.time;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.TimerEntry;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timer of one thread of a runtime: a hierarchical wheel that its holder turns, and a queue
 * through which all other threads arm and disarm.
 *
 * <pre>{@code
 * wheel.acquire();
 * while (running) {
 *   wheel.advance(wheel.nanoTime(), Waker::wake);
 *   pollWhatIsReady();
 *   park(wheel.nextDeadlineNanos() - wheel.nanoTime());
 * }
 * wheel.release();
 * }</pre>
 *
 * @threading {@code nanoTime}, {@code arm} and {@code disarm}: any thread; {@code acquire} and
 *     {@code tryAcquire}: any thread; everything else: the holder
 */
public final class TimerWheel extends Levels {
  /*
   * Invariants
   *  I1  Only the thread named by `holder` touches the levels. Another arms and disarms by a push to `queue`, a stack of
   *      entries linked through themselves, which the holder takes as a whole and turns around. The way of an entry
   *      through the queue is in TimerEntry, I2 and I3: it is there once, and nobody else has it until it is settled.
   *  I2  Whoever holds the wheel drains the queue before it turns the levels or looks for their next deadline.
   *  I3  `sleepsUntil` is AWAKE, or what nextDeadlineNanos answered last. While it is not AWAKE, whoever brings in an
   *      earlier deadline sets it to AWAKE and calls `unpark`, once.
   *  I4  Once `queue` is CLOSED it stays so, and then no list has an entry.
   *  I5  A wheel may have a `home`: a thread that holds it while it turns and while it sleeps, and takes it for each
   *      arm and disarm between the two. Everybody else may take it between those moments, to turn it: a thread that is
   *      stuck does not stop its timers. If home finds it taken, it goes through the queue like everybody. What home arms
   *      anew while it is in the queue may be settled from there, linked and even fired before home has the wheel.
   *
   * Ordering
   *  I3 is Dekker's handshake: the pusher writes `queue` and then reads `sleepsUntil`, the holder writes `sleepsUntil`
   *  and then reads `queue`, all volatile. So not both can miss the other: either the pusher sees what the holder is
   *  going to sleep for, and unparks it, or the holder sees the entry, drains it and answers anew. If the holder's write
   *  were weaker, it could sit in the store buffer while both reads pass, and the holder would sleep through the
   *  deadline. An unpark that comes before the park is kept by the permit of the parker. The holder's return to AWAKE
   *  may be seen late, which costs an unpark too many.
   *  An entry armed anew while it is still in the queue is not pushed; there the write of its state takes the place of
   *  the push, and the queue is not empty until that state has been read.
   *  `holder`: release and acquire hand the levels from thread to thread.
   *
   * Progress: the holder is wait-free but for the CAS in settle and fire; a push is lock-free. A holder that does not
   * turn delays what comes through the queue, as it delays its own entries. A husk stays until its next turn, which
   * comes no later than the deadline that was disarmed; and a holder that sleeps is woken for every HUSKS of them.
   */

  /** The length of a tick unless the constructor is told otherwise: 1 ms. */
  public static final long TICK_NANOS = USUAL_TICK_NANOS;

  private static final long AWAKE = Long.MIN_VALUE;

  /** How many husks may gather in the queue while the holder sleeps; a power of two. */
  private static final int HUSKS = 1024;

  private static final TimerEntry CLOSED = new Slot(-1, 0);

  private static final VarHandle HOLDER =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "holder", VarHandle.class, TimerWheel.class, Thread.class);
  private static final VarHandle QUEUE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "queue", VarHandle.class, TimerWheel.class, TimerEntry.class);
  private static final VarHandle SLEEPS_UNTIL =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "sleepsUntil", VarHandle.class, TimerWheel.class, long.class);

  private final LongSupplier clockNanos;
  private final Runnable unpark;

  private volatile @Nullable Thread holder;
  private volatile @Nullable TimerEntry queue;
  private volatile long sleepsUntil = AWAKE;

  /**
   * The thread that takes the wheel for each arm and disarm by itself instead of going through the
   * queue. Written by that thread before it uses the wheel. A thread that was its home before may
   * still read its own name: that does no harm, since it takes the wheel like everybody.
   */
  private @Nullable Thread home;

  /** Counts husks in passing: threads may overwrite each other's counts, which does no harm. */
  private int husks;

  /** Owned by the holder. */
  private boolean closed;

  /**
   * Makes a wheel with ticks of 1 ms that nobody holds.
   *
   * @param clockNanos answers the time, in nanoseconds; never negative, never decreasing
   * @param unpark makes the holder return from the sleep that it began after {@link
   *     #nextDeadlineNanos()}, or is about to begin; called on the thread that arms
   */
  public TimerWheel(LongSupplier clockNanos, Runnable unpark) {
    this(clockNanos, TICK_NANOS, unpark);
  }

  /**
   * Makes a wheel that nobody holds.
   *
   * @param clockNanos answers the time, in nanoseconds; never negative, never decreasing
   * @param tickNanos the length of a tick, in nanoseconds, at least 1: deadlines are rounded up to
   *     a multiple of it
   * @param unpark makes the holder return from the sleep that it began after {@link
   *     #nextDeadlineNanos()}, or is about to begin; called on the thread that arms
   */
  public TimerWheel(LongSupplier clockNanos, long tickNanos, Runnable unpark) {
    super(tickNanos);
    this.clockNanos = requireNonNull(clockNanos, "clockNanos");
    this.unpark = requireNonNull(unpark, "unpark");
  }

  // ---- holding

  /**
   * Makes the calling thread the holder.
   *
   * @throws IllegalStateException if a thread holds the wheel
   */
  public void acquire() {
    if (!tryAcquire()) {
      throw new IllegalStateException("the timer wheel is held by " + holder);
    }
  }

  /** Makes the calling thread the holder, unless a thread holds the wheel. */
  public boolean tryAcquire() {
    return HOLDER.compareAndSet(this, null, Thread.currentThread());
  }

  /**
   * Makes the wheel the calling thread's own: when it arms and disarms while nobody holds the
   * wheel, it takes the wheel for that moment. So it need not hold the wheel while it polls, and
   * another thread can turn it for one that is stuck in a poll.
   */
  public void makeHome() {
    home = Thread.currentThread();
  }

  /** Lets another thread be the holder. */
  public void release() {
    assertHeld();
    HOLDER.setRelease(this, null); // pairs with the CAS in tryAcquire
  }

  private boolean tryEnterAtHome() {
    return home == Thread.currentThread() && tryAcquire();
  }

  private boolean isHeld() {
    // Opaque is enough: only this thread writes its own name, and takes it away.
    return HOLDER.getOpaque(this) == Thread.currentThread();
  }

  private void assertHeld() {
    assert isHeld() : "the timer wheel is held by " + holder;
  }

  // ---- any thread

  @Override
  public long nanoTime() {
    return clockNanos.getAsLong();
  }

  @Override
  public void arm(TimerEntry entry) {
    if (isHeld()) {
      linkArmed(entry);
      return;
    }
    if (tryEnterAtHome()) {
      try {
        linkArmed(entry);
      } finally {
        release();
      }
      return;
    }
    if (enterQueueToArm(entry) && !push(entry)) {
      throw refusal();
    }
    unparkIfItSleepsPast(entry.deadlineNanos());
  }

  private void linkArmed(TimerEntry entry) {
    if (closed) {
      throw refusal();
    }
    if (isArmed(entry) && !isLinked(entry)) { // else it is in the queue, or was settled from there
      link(entry);
    }
  }

  @Override
  public void disarm(TimerEntry entry) {
    if (isHeld()) {
      unlinkDisarmed(entry);
      return;
    }
    if (tryEnterAtHome()) {
      unlinkDisarmed(entry);
      release();
      return;
    }
    enterQueueToDisarm(entry);
    if (!push(entry)) {
      leaveQueue(entry);
    } else if ((++husks & (HUSKS - 1)) == 0) {
      unparkIfItSleepsPast(0);
    }
  }

  private void unlinkDisarmed(TimerEntry entry) {
    if (isLinked(entry)) {
      unlink(entry);
    }
  }

  private void unparkIfItSleepsPast(long nanos) {
    long until = sleepsUntil;
    if (nanos < until && SLEEPS_UNTIL.compareAndSet(this, until, AWAKE)) {
      unpark.run();
    }
  }

  private static RuntimeShutdownException refusal() {
    return new RuntimeShutdownException("a timer can't be started: its runtime was shut down");
  }

  private boolean push(TimerEntry entry) {
    while (true) {
      TimerEntry head = queue;
      if (head == CLOSED) {
        return false;
      }
      setQueueLink(entry, head);
      if (QUEUE.compareAndSet(this, head, entry)) {
        return true;
      }
    }
  }

  // ---- the holder

  /**
   * Turns the wheel to {@code nowNanos}, and hands out the wakers of all entries that are due by
   * then, those of an earlier tick first, those of one tick in the order in which they were armed.
   * What comes in overdue goes first. The wheel is whole whenever {@code waking} is called, which
   * may arm and disarm.
   *
   * @param nowNanos the time; what lies before an earlier one is taken for it
   * @param waking wakes a waker; if it throws, the rest follows at the next turn
   * @return how many wakers were handed out
   */
  @CanIgnoreReturnValue
  public int advance(long nowNanos, Consumer<? super Waker> waking) {
    assertHeld();
    if ((long) SLEEPS_UNTIL.getOpaque(this) != AWAKE) {
      SLEEPS_UNTIL.setOpaque(this, AWAKE);
    }
    drain();
    long now = tickAt(nowNanos);
    int woken = 0;
    for (TimerEntry due = pollDue(now); due != null; due = pollDue(now)) {
      Waker waker = fire(due);
      if (waker != null) {
        woken++;
        waking.accept(waker);
      }
    }
    return woken;
  }

  /**
   * When the holder must turn the wheel next, for it to sleep until then: the start of the next
   * tick that has an entry if it is less than 64 ticks away, else perhaps too early, never too
   * late. From this call to the next {@link #advance} the wheel calls {@code unpark} if another
   * thread brings in an earlier deadline.
   *
   * @return nanoseconds on the clock of the wheel, not after now if something is due; {@link
   *     Long#MAX_VALUE} if there is no entry that is ever due
   */
  public long nextDeadlineNanos() {
    assertHeld();
    while (true) {
      drain();
      long next = nextNanos();
      sleepsUntil = next;
      TimerEntry head = queue;
      if (head == null || head == CLOSED) {
        return next;
      }
    }
  }

  /**
   * What the holder sleeps for, as {@link #nextDeadlineNanos} answered it last; {@link
   * Long#MIN_VALUE} if it is awake, or if an earlier deadline has come in since.
   *
   * @threading any thread
   */
  public long sleepsUntilNanos() {
    return sleepsUntil;
  }

  /**
   * The number of entries that the wheel has in its lists, those that are to be disarmed but are
   * still in the queue included.
   */
  public int size() {
    assertHeld();
    drain();
    return linked();
  }

  /**
   * As {@link #size()}, without what is still in the queue.
   *
   * @threading any thread, a moment late
   */
  public int pending() {
    return linked();
  }

  /**
   * Refuses every later {@link #arm}, and hands out the wakers of all entries, whose next poll
   * fails with {@link RuntimeShutdownException}. Idempotent.
   *
   * @param waking wakes a waker; if it throws, a second call goes on
   */
  public void close(Consumer<? super Waker> waking) {
    assertHeld();
    closed = true;
    do {
      drain();
      closeLists(waking);
      // Last (I4): a thread whose push is refused may hand its entry to another timer at once.
    } while (queue != CLOSED && !QUEUE.compareAndSet(this, null, CLOSED));
  }

  private void closeLists(Consumer<? super Waker> waking) {
    for (TimerEntry entry = pollAny(); entry != null; entry = pollAny()) {
      Waker waker = close(entry);
      if (waker != null) {
        waking.accept(waker);
      }
    }
  }

  private void drain() {
    TimerEntry head = queue;
    if (head == null || head == CLOSED) {
      return;
    }
    TimerEntry entry = inOrderOfArrival((TimerEntry) QUEUE.getAndSet(this, null));
    while (entry != null) {
      TimerEntry link = queueLink(entry); // before settle, after which the entry may be anywhere
      setQueueLink(entry, null);
      if (isLinked(entry)) {
        unlink(entry);
      }
      if (settle(entry)) {
        link(entry);
      }
      entry = link;
    }
  }

  private static @Nullable TimerEntry inOrderOfArrival(@Nullable TimerEntry newest) {
    TimerEntry oldest = null;
    while (newest != null) {
      TimerEntry older = queueLink(newest);
      setQueueLink(newest, oldest);
      oldest = newest;
      newest = older;
    }
    return oldest;
  }

  @Override
  public String toString() {
    return "TimerWheel[" + linked() + " entries, held by " + holder + "]";
  }
}
