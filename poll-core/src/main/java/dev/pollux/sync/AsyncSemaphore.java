package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits, of which tasks take some and give them back. Whoever waits for one holds no
 * thread.
 *
 * <pre>{@code
 * AsyncSemaphore requests = new AsyncSemaphore("requests", 20);
 * Future<Reply> limited = requests.withPermit(() -> client.get(url));
 * }</pre>
 *
 * <p>Fair: permits go to whoever has waited longest, and nobody overtakes those who wait, {@code
 * tryAcquire} included. Who asks for many is given what comes, until it has all that it asked for,
 * so that those who ask for few can't starve it.
 *
 * <p>A name, if given, stands in dumps and messages. Who holds permits is known in debug mode
 * ({@code -Dpollux.debug=true}) only.
 *
 * <p>Source: {@code tokio::sync::Semaphore}.
 *
 * @threading every method may be called from any thread. What was done before a permit was given
 *     back is seen by whoever takes it next
 */
public final class AsyncSemaphore {
  /*
   * `state` is the number of free permits, times ONE, and the bits WAITERS and CLOSED.
   *
   * Invariants
   *  I1  Whenever nobody is inside the monitor of `queue`: WAITERS is set if and only if the queue is not empty. Both bits
   *      change under the monitor only. CLOSED is final, and excludes WAITERS.
   *  I2  While WAITERS is set nobody takes a free permit without the monitor, and whoever adds one comes to the monitor
   *      next, and serves. So, while no such thread is on its way, no permit is free.
   *  I3  A permit is free in `state`, or held by a Permit, or gathered: a waiter has `permits - missing` of them. Only the
   *      first in the queue has gathered any. One that is granted has gathered all, unless the semaphore was closed; then
   *      what it had is in `state` again, and `missing` is more than 0.
   *
   * Transitions of the word (f is what is free)
   *  f            --acquire n-->   f - n           (one compare-and-set, only without WAITERS and CLOSED)
   *  f            --give n-->      f + n           (one addition, whatever the bits)
   *  f            --queue-->       WAITERS         (the monitor; the first to wait gathers what is free)
   *  f, WAITERS   --serve-->       WAITERS, or f'  (the monitor; f goes to the queue, and what is left is free if it is empty)
   *  f, WAITERS   --cancel-->      as serve        (the monitor; what was gathered is free again first)
   *  f, .         --close-->       f', CLOSED      (the monitor; the same)
   *
   * Races
   *  R1  A give meets who is about to wait. Bits and count are one word: either the waiter's compare-and-set sees what was
   *      given, or the give sees WAITERS and comes to the monitor, where it finds the waiter.
   *  R2  Two give, and the first to come to the monitor serves with the permits of both. The other finds nothing free, or no
   *      WAITERS. Then what is free is anybody's, and it must not take it.
   *  R3  A give saw WAITERS, and those have given up when it comes: they have cleared the bit, and what was given stays.
   *
   * Ordering: `state` is accessed in volatile mode; the rest is guarded by the monitor, but for a granted waiter, which is
   * its owner's (see Waiter).
   *
   * Progress: lock-free while nobody waits. Source: the batch semaphore of Tokio, where a release takes the lock of the list
   * always, and where permits of a release that has not come to the lock are in nobody's count.
   */
  private static final long CLOSED = 1;
  private static final long WAITERS = 2;
  private static final long ONE = 4;

  /** The most permits that may be free: {@value}. */
  public static final long MAX_PERMITS = Long.MAX_VALUE >> 3;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, AsyncSemaphore.class, long.class);

  private volatile long state;

  /** Those who wait, and the monitor. */
  private final WaiterQueue queue = new WaiterQueue();

  private final @Nullable Holders holders = Holders.ifWatched();
  private final @Nullable String name;

  /**
   * Makes a semaphore without a name.
   *
   * @param permits how many permits are free at first, 0 or more
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public AsyncSemaphore(int permits) {
    this.name = null;
    this.state = atFirst(permits);
  }

  /**
   * Makes a semaphore with a name.
   *
   * @param name how dumps and messages call it
   * @param permits how many permits are free at first, 0 or more
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public AsyncSemaphore(String name, int permits) {
    this.name = requireNonNull(name, "name");
    this.state = atFirst(permits);
  }

  private static long atFirst(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits must not be negative, was " + permits);
    }
    return permits * ONE;
  }

  // ---- to acquire

  /**
   * Completes with one permit. As {@link #acquireMany acquireMany(1)}.
   *
   * @return a future that answers a permit, which is to be closed
   * @cancellation its place is given up; a permit that it was given goes to the next
   */
  public Future<Permit> acquire() {
    return Unpolled.made(new Acquire(this, 1));
  }

  /**
   * Completes with so many permits at once. Takes its place in the queue at its first poll. A
   * number that there never is waits for ever.
   *
   * @param permits how many, at least 1
   * @return a future that answers a permit, which is to be closed; it fails with {@link
   *     SemaphoreClosedException} if this semaphore is or gets closed
   * @throws IllegalArgumentException if {@code permits} is less than 1
   * @cancellation its place is given up; what it was given or has gathered goes to the next
   */
  public Future<Permit> acquireMany(int permits) {
    return Unpolled.made(new Acquire(this, atLeastOne(permits)));
  }

  /**
   * Takes one permit if one is free. As {@link #tryAcquireMany tryAcquireMany(1)}.
   *
   * @return a permit, which is to be closed; null if none is free
   * @throws SemaphoreClosedException if this semaphore is closed
   */
  public @Nullable Permit tryAcquire() {
    return tryAcquireMany(1);
  }

  /**
   * Takes so many permits if they are free, and nobody waits.
   *
   * @param permits how many, at least 1
   * @return a permit, which is to be closed; null if there are not so many
   * @throws SemaphoreClosedException if this semaphore is closed
   * @throws IllegalArgumentException if {@code permits} is less than 1
   */
  public @Nullable Permit tryAcquireMany(int permits) {
    if (tryTake(atLeastOne(permits))) {
      return granted(permits);
    }
    if (isClosed()) {
      throw closed();
    }
    return null;
  }

  /**
   * Takes one permit, and blocks the calling thread until there is one. As {@link
   * #blockingAcquireMany blockingAcquireMany(1)}.
   *
   * @return a permit, which is to be closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has
   *     given up its place
   * @throws SemaphoreClosedException if this semaphore is or gets closed
   * @throws IllegalStateException if the calling thread runs tasks
   */
  public Permit blockingAcquire() throws InterruptedException {
    BlockingCall.checkMayBlock("AsyncSemaphore.blockingAcquire", "acquire");
    BlockingCall.checkInterrupt();
    return acquireBlocking(1);
  }

  /**
   * Takes so many permits, and blocks the calling thread until there are.
   *
   * @param permits how many, at least 1
   * @return a permit, which is to be closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has
   *     given up its place
   * @throws SemaphoreClosedException if this semaphore is or gets closed
   * @throws IllegalArgumentException if {@code permits} is less than 1
   * @throws IllegalStateException if the calling thread runs tasks
   */
  public Permit blockingAcquireMany(int permits) throws InterruptedException {
    BlockingCall.checkMayBlock("AsyncSemaphore.blockingAcquireMany", "acquireMany");
    BlockingCall.checkInterrupt();
    return acquireBlocking(atLeastOne(permits));
  }

  private Permit acquireBlocking(int permits) throws InterruptedException {
    Permit permit = tryAcquireMany(permits);
    return permit != null ? permit : BlockingCall.await(acquireMany(permits));
  }

  /**
   * Runs a future with one permit, which is given back when the future has completed, has failed,
   * or is cancelled.
   *
   * @param body makes the future, once the permit is there; it is called at most once
   * @param <T> the output of the future
   * @return a future that ends as the one that {@code body} made, or fails as {@code body} does, or
   *     with {@link SemaphoreClosedException} if this semaphore is closed before the permit is
   *     there
   * @cancellation cancels the future of {@code body}, then gives the permit back
   */
  public <T extends @Nullable Object> Future<T> withPermit(Supplier<? extends Future<T>> body) {
    requireNonNull(body, "body");
    Future<Permit> acquire = acquire();
    return Unpolled.made(new WhileHeld<>("withPermit", acquire, body), acquire);
  }

  // ---- the number of permits

  /** How many permits are free; out of date at once. */
  public long availablePermits() {
    return state / ONE;
  }

  /**
   * Adds permits, for good.
   *
   * @param permits how many, 0 or more
   * @throws IllegalArgumentException if {@code permits} is negative, or more than {@link
   *     #MAX_PERMITS} would be free
   */
  public void addPermits(int permits) {
    if (permits < 0 || permits > MAX_PERMITS - availablePermits()) {
      throw new IllegalArgumentException(
          "permits must be 0 or more, and with the "
              + availablePermits()
              + " that are free at most "
              + MAX_PERMITS
              + ", was "
              + permits);
    }
    give(permits);
  }

  /**
   * Takes free permits away, for good: as many as there are, at most so many. None are free while
   * somebody waits. Those that are held go by {@link Permit#forget}.
   *
   * @param permits how many, 0 or more
   * @return how many were taken away
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public int forgetPermits(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits must not be negative, was " + permits);
    }
    while (true) {
      long seen = state;
      int taken = (seen & WAITERS) != 0 ? 0 : (int) Math.min(permits, seen / ONE);
      if (taken == 0 || STATE.compareAndSet(this, seen, seen - taken * ONE)) {
        return taken;
      }
    }
  }

  /**
   * Closes this semaphore: whoever waits is woken, and fails with {@link SemaphoreClosedException},
   * as does whoever asks later. Permits that are held stay so, and can be given back. Idempotent.
   */
  public void close() {
    WaiterQueue.Granted told = new WaiterQueue.Granted();
    synchronized (queue) {
      Acquire first = (Acquire) queue.first();
      if (first == null) {
        STATE.getAndBitwiseOr(this, CLOSED);
        return;
      }
      long gathered = (long) first.permits - first.missing; // the others have none: I3
      first.missing = first.permits;
      queue.grantAll(told);
      STATE.getAndAdd(this, gathered * ONE - WAITERS + CLOSED);
    }
    told.wakeAll();
  }

  /** Whether this semaphore was closed. */
  public boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  // ---- the protocol

  private boolean tryTake(long permits) {
    long need = permits * ONE;
    long seen = state;
    while ((seen & (WAITERS | CLOSED)) == 0 && seen >= need) {
      if (STATE.compareAndSet(this, seen, seen - need)) {
        return true;
      }
      seen = state;
    }
    return false;
  }

  /** Takes what {@code waiter} asks for, and returns true, or puts it into the queue. */
  private boolean takeOrQueue(Acquire waiter, Waker waker) {
    long need = waiter.permits * ONE;
    synchronized (queue) {
      while (true) {
        long seen = state;
        if ((seen & CLOSED) != 0) {
          throw closed();
        }
        if ((seen & WAITERS) != 0) {
          break;
        }
        if (seen >= need) {
          if (STATE.compareAndSet(this, seen, seen - need)) {
            return true;
          }
        } else if (STATE.compareAndSet(this, seen, WAITERS)) {
          waiter.missing -= (int) (seen / ONE);
          break;
        }
      }
      waiter.setWaker(waker);
      queue.add(waiter);
      return false;
    }
  }

  /** Leaves another waker, and returns true, unless {@code waiter} was granted. */
  private boolean replaceWaker(Acquire waiter, Waker waker) {
    synchronized (queue) {
      if (waiter.isQueued()) {
        waiter.setWaker(waker);
        return true;
      }
      return false;
    }
  }

  private void give(long permits) {
    long before = (long) STATE.getAndAdd(this, permits * ONE);
    if ((before & WAITERS) != 0) {
      WaiterQueue.Granted granted = new WaiterQueue.Granted();
      synchronized (queue) {
        serve(granted);
      }
      granted.wakeAll();
    }
  }

  /** Hands what is free to those who wait, if anybody does (R2); under the monitor. */
  private void serve(WaiterQueue.Granted granted) {
    if ((state & WAITERS) == 0) {
      return;
    }
    long free = (long) STATE.getAndBitwiseAnd(this, ONE - 1) / ONE;
    Acquire first = (Acquire) queue.first();
    while (first != null && free > 0) {
      int part = (int) Math.min(first.missing, free);
      free -= part;
      first.missing -= part;
      if (first.missing == 0) {
        queue.grant(first, granted);
      }
      first = (Acquire) queue.first();
    }
    if (first == null) {
      STATE.getAndAdd(this, free * ONE - WAITERS);
    }
  }

  /** Takes {@code waiter} out, and returns true, unless it was granted. */
  private boolean leave(Acquire waiter) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (queue) {
      if (!waiter.isQueued()) {
        return false;
      }
      queue.remove(waiter);
      long gathered = (long) waiter.permits - waiter.missing;
      if (gathered > 0) {
        STATE.getAndAdd(this, gathered * ONE);
      }
      if (gathered > 0 || queue.isEmpty()) {
        serve(granted);
      }
    }
    granted.wakeAll();
    return true;
  }

  private Permit granted(int permits) {
    return Holders.took(holders, new Permit(this, permits));
  }

  private static int atLeastOne(int permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, was " + permits);
    }
    return permits;
  }

  private SemaphoreClosedException closed() {
    return new SemaphoreClosedException(label() + " is closed");
  }

  private String label() {
    return Holder.label("semaphore", name, this);
  }

  /** Says how many permits are free and how many wait. */
  @Override
  public String toString() {
    int waiting;
    long seen;
    synchronized (queue) {
      waiting = queue.size();
      seen = state;
    }
    return label()
        + ((seen & CLOSED) != 0 ? ", closed" : "")
        + ", "
        + seen / ONE
        + " free"
        + Holders.describe(holders)
        + Holder.waiting(waiting);
  }

  /**
   * One or several permits that are held; closing it gives them back.
   *
   * @threading it has one owner at a time, which may be on any thread: it may be handed on, and
   *     closed elsewhere, but it is not for two threads at once
   */
  public static final class Permit implements AutoCloseable {

    private final AsyncSemaphore semaphore;
    private int permits;

    private Permit(AsyncSemaphore semaphore, int permits) {
      this.semaphore = semaphore;
      this.permits = permits;
    }

    /** How many permits these are; 0 once they were given back or forgotten. */
    public int permits() {
      return permits;
    }

    /** Gives the permits back, and wakes whoever can have them. Idempotent. Never throws. */
    @Override
    public void close() {
      int held = takeAll();
      if (held > 0) {
        semaphore.give(held);
      }
    }

    /** Gives nothing back, ever: the permits are gone for good. Idempotent. */
    public void forget() {
      takeAll();
    }

    @CanIgnoreReturnValue
    private int takeAll() {
      int held = permits;
      permits = 0;
      Holders.gave(semaphore.holders, this);
      return held;
    }

    /**
     * Takes over the permits of {@code other}, which holds none afterwards.
     *
     * @param other of the same semaphore
     * @throws IllegalArgumentException if {@code other} is of another semaphore, or is this one
     * @throws ArithmeticException if there would be more than {@link Integer#MAX_VALUE}; nothing
     *     was changed
     */
    public void merge(Permit other) {
      if (other.semaphore != semaphore || other == this) {
        throw new IllegalArgumentException(
            "other must be another permit of "
                + semaphore.label()
                + ", was "
                + (other == this ? "this one" : "one of " + other.semaphore.label()));
      }
      int both = Math.addExact(permits, other.permits);
      if (other.takeAll() > 0) {
        permits = both;
        Holders.took(semaphore.holders, this);
      }
    }

    /**
     * Takes some of the permits into a permit of their own, to be closed apart.
     *
     * @param permits how many, at least 1 and at most as many as these are
     * @throws IllegalArgumentException if {@code permits} is out of that range; nothing was changed
     */
    public Permit split(int permits) {
      if (permits < 1 || permits > this.permits) {
        throw new IllegalArgumentException(
            "permits must be from 1 to " + this.permits + ", was " + permits);
      }
      this.permits -= permits;
      if (this.permits == 0) {
        Holders.gave(semaphore.holders, this);
      }
      return semaphore.granted(permits);
    }

    @Override
    public String toString() {
      return permits + " of " + semaphore;
    }
  }

  /** One who asks for permits. */
  private static final class Acquire extends Waiter implements Future<Permit> {

    /** Null once over. */
    private @Nullable AsyncSemaphore semaphore;

    private final int permits;

    /** What it has not gathered. Guarded by the monitor until it is granted, then its owner's. */
    private int missing;

    Acquire(AsyncSemaphore semaphore, int permits) {
      this.semaphore = semaphore;
      this.permits = permits;
      this.missing = permits;
    }

    @Override
    public Poll<Permit> poll(Context cx) {
      Unpolled.used(this);
      AsyncSemaphore semaphore = this.semaphore;
      if (semaphore == null) {
        throw new PollAfterEndException("acquire");
      }
      if (isWaitingWith(cx.waker()) || !cx.tryProceed()) {
        return Poll.pending();
      }
      if (phase() == NEW) {
        boolean taken = semaphore.tryTake(permits);
        if (!taken) {
          taken = takeOrQueueOrEnd(semaphore, cx.waker());
        }
        if (!taken) {
          cx.budget().giveBack();
          return Poll.pending();
        }
        missing = 0;
      } else if (!isGranted() && semaphore.replaceWaker(this, cx.waker())) {
        cx.budget().giveBack();
        return Poll.pending();
      }
      end();
      this.semaphore = null;
      if (missing > 0) {
        throw semaphore.closed();
      }
      return Poll.ready(semaphore.granted(permits));
    }

    private boolean takeOrQueueOrEnd(AsyncSemaphore semaphore, Waker waker) {
      try {
        return semaphore.takeOrQueue(this, waker);
      } catch (SemaphoreClosedException closed) {
        end();
        this.semaphore = null;
        throw closed;
      }
    }

    @Override
    public void cancel() {
      Unpolled.used(this);
      AsyncSemaphore semaphore = this.semaphore;
      if (semaphore == null) {
        return;
      }
      this.semaphore = null;
      boolean granted = phase() != NEW && !semaphore.leave(this);
      end();
      if (granted && missing == 0) {
        semaphore.give(permits); // on to the next
      }
    }

    @Override
    boolean withholds() {
      return true;
    }

    @Override
    String resource() {
      AsyncSemaphore semaphore = this.semaphore;
      return permits + " of " + (semaphore == null ? "a semaphore" : semaphore.label());
    }

    @Override
    public void describe(Description description) {
      AsyncSemaphore semaphore = this.semaphore;
      description.name("acquire").with("permits", permits);
      if (semaphore == null) {
        description.with("state", "over");
      } else {
        description.waitsFor(semaphore.toString());
      }
    }
  }
}
