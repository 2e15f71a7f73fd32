package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

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
 * A lock that many readers may hold at once, or one writer. Tasks may hold it across polls, and
 * whoever waits for it holds no thread.
 *
 * <pre>{@code
 * AsyncRwLock lock = new AsyncRwLock("routes");
 * Future<Route> found = lock.withRead(() -> find(address));
 * Future<Void> reloaded = lock.withWrite(() -> reload());
 * }</pre>
 *
 * <p>Fair: everybody is served in the order of asking, and a writer that waits stops the readers
 * that come after it, so that it can't starve. So a reader must not ask once more while it reads: a
 * writer that came in between waits for its first guard, and it for the writer. Guards belong to no
 * task and no thread.
 *
 * <p>A name, if given, stands in dumps and messages, and with it who writes. Who reads is known in
 * debug mode ({@code -Dpollux.debug=true}) only.
 *
 * <p>Source: {@code tokio::sync::RwLock}, apart from the value that it guards there.
 *
 * @threading every method may be called from any thread. What a writer did before its guard was
 *     closed or downgraded is seen by whoever gets the lock next
 */
public final class AsyncRwLock {
  /*
   * `state` is the number of readers, times READER, and the bits WRITER and WAITERS.
   *
   * Invariants
   *  I1  Readers and WRITER exclude each other.
   *  I2  Whenever nobody is inside the monitor of `queue`: WAITERS is set if and only if the queue is not empty. The bit
   *      changes under the monitor only.
   *  I3  While WAITERS is set, nobody gets the lock but from the queue, under the monitor; WRITER is cleared under the monitor
   *      as well. Readers leave without it.
   *  I4  While no thread is on its way to the monitor, the first of the queue can't have the lock: it is a writer, and
   *      somebody holds the lock, or a reader, and a writer does.
   *
   * Transitions (n readers)
   *  n          --read-->        n+1           (one compare-and-set, only without WRITER and WAITERS)
   *  free       --write-->       WRITER        (one compare-and-set)
   *  n, .       --end read-->    n-1, .        (one addition; whoever is last, and sees WAITERS, comes to the monitor)
   *  WRITER     --end write-->   free          (one compare-and-set; with WAITERS under the monitor)
   *  WRITER     --downgrade-->   1             (the same)
   *  any        --queue-->       any, WAITERS  (the monitor, by compare-and-set)
   *  any, W.    --serve-->                     (the monitor: the first of the queue, and the next, while they can have it)
   *
   * Races
   *  R1  The last reader ends while a writer is about to wait. Bits and count are one word: either the writer's
   *      compare-and-set finds the lock free, or the reader sees WAITERS and comes to the monitor.
   *  R2  A writer gives up while readers wait behind it, and others read: the canceller serves, for those who end are not
   *      the last.
   *
   * Ordering: `state` is accessed in volatile mode. `writer` is for dumps only: written by the writer, or for it by whoever
   * grants, and cleared before the lock is given back.
   *
   * Progress: lock-free while nobody waits.
   */
  private static final long WAITERS = 1;
  private static final long WRITER = 2;
  private static final long READER = 4;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, AsyncRwLock.class, long.class);

  private volatile long state;

  /** Those who wait, and the monitor. */
  private final WaiterQueue queue = new WaiterQueue();

  /** As {@link Holder} says; null while nobody writes. */
  private @Nullable Object writer;

  private final @Nullable Holders readers = Holders.ifWatched();
  private final @Nullable String name;

  /** Makes a lock without a name. */
  public AsyncRwLock() {
    this.name = null;
  }

  /**
   * Makes a lock with a name.
   *
   * @param name how dumps and messages call it
   */
  public AsyncRwLock(String name) {
    this.name = requireNonNull(name, "name");
  }

  // ---- to get it

  /**
   * Completes when the caller may read. Takes its place in the queue at its first poll.
   *
   * @return a future that answers a guard, which is to be closed
   * @cancellation its place is given up; a lock that it was handed is given back
   */
  public Future<ReadGuard> read() {
    return Unpolled.made(new Read(this));
  }

  /**
   * Completes when the caller may write. Takes its place in the queue at its first poll.
   *
   * @return a future that answers a guard, which is to be closed
   * @cancellation its place is given up; a lock that it was handed goes to the next
   */
  public Future<WriteGuard> write() {
    return Unpolled.made(new Write(this));
  }

  /**
   * Takes the lock for reading, unless somebody writes or waits.
   *
   * @return a guard, which is to be closed; null if it would have to wait
   */
  public @Nullable ReadGuard tryRead() {
    return tryTake(false) ? reads() : null;
  }

  /**
   * Takes the lock for writing if it is free.
   *
   * @return a guard, which is to be closed; null if it would have to wait
   */
  public @Nullable WriteGuard tryWrite() {
    return tryTake(true) ? writes(Holder.ofCaller()) : null;
  }

  /**
   * Takes the lock for reading, and blocks the calling thread until it may.
   *
   * @return a guard, which is to be closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has
   *     given up its place
   * @throws IllegalStateException if the calling thread runs tasks
   */
  public ReadGuard blockingRead() throws InterruptedException {
    BlockingCall.checkMayBlock("AsyncRwLock.blockingRead", "read");
    BlockingCall.checkInterrupt();
    ReadGuard guard = tryRead();
    return guard != null ? guard : BlockingCall.await(read());
  }

  /**
   * Takes the lock for writing, and blocks the calling thread until it may.
   *
   * @return a guard, which is to be closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has
   *     given up its place
   * @throws IllegalStateException if the calling thread runs tasks
   */
  public WriteGuard blockingWrite() throws InterruptedException {
    BlockingCall.checkMayBlock("AsyncRwLock.blockingWrite", "write");
    BlockingCall.checkInterrupt();
    WriteGuard guard = tryWrite();
    return guard != null ? guard : BlockingCall.await(write());
  }

  /**
   * Runs a future that reads. The lock is given back when the future has completed, has failed, or
   * is cancelled.
   *
   * @param body makes the future, once the lock is held; it is called at most once
   * @param <T> the output of the future
   * @return a future that ends as the one that {@code body} made, or fails as {@code body} does
   * @cancellation cancels the future of {@code body}, then gives the lock back
   */
  public <T extends @Nullable Object> Future<T> withRead(Supplier<? extends Future<T>> body) {
    requireNonNull(body, "body");
    Future<ReadGuard> acquire = read();
    return Unpolled.made(new WhileHeld<>("withRead", acquire, body), acquire);
  }

  /**
   * Runs a future that writes. The lock is given back when the future has completed, has failed, or
   * is cancelled.
   *
   * @param body makes the future, once the lock is held; it is called at most once
   * @param <T> the output of the future
   * @return a future that ends as the one that {@code body} made, or fails as {@code body} does
   * @cancellation cancels the future of {@code body}, then gives the lock back
   */
  public <T extends @Nullable Object> Future<T> withWrite(Supplier<? extends Future<T>> body) {
    requireNonNull(body, "body");
    Future<WriteGuard> acquire = write();
    return Unpolled.made(new WhileHeld<>("withWrite", acquire, body), acquire);
  }

  /** How many hold the lock for reading; out of date at once. */
  public long readers() {
    return state / READER;
  }

  /** Whether somebody holds the lock for writing; out of date at once. */
  public boolean isWriteLocked() {
    return (state & WRITER) != 0;
  }

  // ---- the protocol

  private boolean tryTake(boolean toWrite) {
    if (toWrite) {
      return STATE.compareAndSet(this, 0L, WRITER);
    }
    long seen = state;
    while ((seen & (WRITER | WAITERS)) == 0) {
      if (STATE.compareAndSet(this, seen, seen + READER)) {
        return true;
      }
      seen = state;
    }
    return false;
  }

  /** Takes the lock, and returns true, or puts {@code waiter} into the queue. */
  private boolean takeOrQueue(Asker waiter, Waker waker) {
    synchronized (queue) {
      while (!tryTake(waiter.toWrite())) {
        long seen = state;
        // The lock may have come free since tryTake looked, and then nobody would serve.
        boolean couldHaveIt = waiter.toWrite() ? seen == 0 : (seen & (WRITER | WAITERS)) == 0;
        if ((seen & WAITERS) != 0
            || (!couldHaveIt && STATE.compareAndSet(this, seen, seen | WAITERS))) {
          waiter.setWaker(waker);
          queue.add(waiter);
          return false;
        }
      }
      return true;
    }
  }

  /** Leaves another waker, and returns true, unless {@code waiter} was granted. */
  private boolean replaceWaker(Asker waiter, Waker waker) {
    synchronized (queue) {
      if (waiter.isQueued()) {
        waiter.setWaker(waker);
        return true;
      }
      return false;
    }
  }

  /** Takes {@code waiter} out, and returns true, unless it was granted. */
  private boolean leave(Asker waiter) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (queue) {
      if (!waiter.isQueued()) {
        return false;
      }
      queue.remove(waiter);
      serve(granted); // R2
    }
    granted.wakeAll();
    return true;
  }

  private void endRead() {
    long before = (long) STATE.getAndAdd(this, -READER);
    assert before >= READER : before;
    if (before == (READER | WAITERS)) {
      serveAfter(0);
    }
  }

  private void endWrite() {
    writer = null;
    if (!STATE.compareAndSet(this, WRITER, 0L)) {
      serveAfter(-WRITER);
    }
  }

  private void downgrade() {
    writer = null;
    if (!STATE.compareAndSet(this, WRITER, READER)) {
      serveAfter(READER - WRITER);
    }
  }

  /** Changes the word, then gives the lock to those who wait and can have it now. */
  private void serveAfter(long change) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (queue) {
      STATE.getAndAdd(this, change);
      serve(granted);
    }
    granted.wakeAll();
  }

  /** Gives the lock to the first in the queue, and the next, while they can have it. */
  private void serve(WaiterQueue.Granted granted) {
    for (Asker first = (Asker) queue.first(); first != null; first = (Asker) queue.first()) {
      // Nobody but this thread gives the lock to anybody: the number of readers can only fall.
      if (first.toWrite()) {
        if (state != WAITERS) {
          return;
        }
        writer = first.polledFor;
        STATE.getAndAdd(this, WRITER);
      } else {
        if ((state & WRITER) != 0) {
          return;
        }
        STATE.getAndAdd(this, READER);
      }
      queue.grant(first, granted);
    }
    STATE.getAndBitwiseAnd(this, ~WAITERS);
  }

  private ReadGuard reads() {
    return Holders.took(readers, new ReadGuard(this));
  }

  private WriteGuard writes(Object holder) {
    writer = holder;
    return new WriteGuard(this);
  }

  private String label() {
    return Holder.label("read-write lock", name, this);
  }

  /** Says who holds the lock and how many wait. */
  @Override
  public String toString() {
    int waiting;
    long seen;
    synchronized (queue) {
      waiting = queue.size();
      seen = state;
    }
    long reading = seen / READER;
    String held =
        (seen & WRITER) != 0
            ? ", held by the writer " + Holder.describe(writer)
            : reading == 0
                ? ", free"
                : ", held by "
                    + reading
                    + (reading == 1 ? " reader" : " readers")
                    + Holders.describe(readers);
    return label() + held + Holder.waiting(waiting);
  }

  /**
   * Says that the lock is held for reading; closing it gives the lock back.
   *
   * @threading it has one owner at a time, which may be on any thread: it may be handed on, and
   *     closed elsewhere, but it is not for two threads at once
   */
  public static final class ReadGuard implements AutoCloseable {

    private final AsyncRwLock lock;
    private boolean closed;

    private ReadGuard(AsyncRwLock lock) {
      this.lock = lock;
    }

    /**
     * Gives the lock back, and wakes who is next if this was the last. Idempotent. Never throws.
     */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        Holders.gave(lock.readers, this);
        lock.endRead();
      }
    }

    @Override
    public String toString() {
      return "ReadGuard of " + lock;
    }
  }

  /**
   * Says that the lock is held for writing; closing it gives the lock back.
   *
   * @threading it has one owner at a time, which may be on any thread: it may be handed on, and
   *     closed elsewhere, but it is not for two threads at once
   */
  public static final class WriteGuard implements AutoCloseable {

    private final AsyncRwLock lock;
    private boolean closed;

    private WriteGuard(AsyncRwLock lock) {
      this.lock = lock;
    }

    /** Gives the lock back, and wakes whoever can have it. Idempotent. Never throws. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        lock.endWrite();
      }
    }

    /**
     * Goes on as a reader: nobody writes in between. Readers that are next may read as well from
     * now on. This guard is closed.
     *
     * @return the guard of the reader, which is to be closed
     * @throws IllegalStateException if this guard was closed
     */
    public ReadGuard downgrade() {
      if (closed) {
        throw new IllegalStateException("a guard that was closed can't be downgraded: " + lock);
      }
      closed = true;
      ReadGuard guard = lock.reads();
      lock.downgrade();
      return guard;
    }

    @Override
    public String toString() {
      return "WriteGuard of " + lock;
    }
  }

  /** One who asks for the lock. */
  private abstract static class Asker extends Waiter {

    /** Null once over. */
    @Nullable AsyncRwLock lock;

    /** Who asks, as {@link Holder} says. */
    @Nullable Object polledFor;

    Asker(AsyncRwLock lock) {
      this.lock = lock;
    }

    abstract boolean toWrite();

    /** Answers the lock if it has it now, and is over then; else null. */
    final @Nullable AsyncRwLock pollLock(Context cx) {
      Unpolled.used(this);
      AsyncRwLock lock = this.lock;
      if (lock == null) {
        throw new PollAfterEndException(toWrite() ? "write" : "read");
      }
      if (isWaitingWith(cx.waker()) || !cx.tryProceed()) {
        return null;
      }
      boolean taken;
      if (phase() == NEW) {
        taken = lock.tryTake(toWrite());
        if (!taken) {
          polledFor = Holder.of(cx);
          taken = lock.takeOrQueue(this, cx.waker());
        }
      } else {
        taken = isGranted() || !lock.replaceWaker(this, cx.waker());
      }
      if (!taken) {
        cx.budget().giveBack();
        return null;
      }
      over();
      return lock;
    }

    private void over() {
      end();
      lock = null;
      polledFor = null;
    }

    /** Leaves the queue, or gives back what it was granted. */
    final void giveUp() {
      Unpolled.used(this);
      AsyncRwLock lock = this.lock;
      if (lock == null) {
        return;
      }
      boolean granted = phase() != NEW && !lock.leave(this);
      over();
      if (granted && toWrite()) {
        lock.endWrite();
      } else if (granted) {
        lock.endRead();
      }
    }

    @Override
    final boolean withholds() {
      return true;
    }

    @Override
    final String resource() {
      AsyncRwLock lock = this.lock;
      return (toWrite() ? "the writer's place in " : "a reader's place in ")
          + (lock == null ? "a read-write lock" : lock.label());
    }

    final void describeAs(String name, Description description) {
      AsyncRwLock lock = this.lock;
      if (lock == null) {
        description.name(name).with("state", "over");
      } else {
        description.name(name).waitsFor(lock.toString());
      }
    }
  }

  /** One who asks to read. */
  private static final class Read extends Asker implements Future<ReadGuard> {

    Read(AsyncRwLock lock) {
      super(lock);
    }

    @Override
    boolean toWrite() {
      return false;
    }

    @Override
    public Poll<ReadGuard> poll(Context cx) {
      AsyncRwLock lock = pollLock(cx);
      return lock == null ? Poll.pending() : Poll.ready(lock.reads());
    }

    @Override
    public void cancel() {
      giveUp();
    }

    @Override
    public void describe(Description description) {
      describeAs("read", description);
    }
  }

  /** One who asks to write. */
  private static final class Write extends Asker implements Future<WriteGuard> {

    Write(AsyncRwLock lock) {
      super(lock);
    }

    @Override
    boolean toWrite() {
      return true;
    }

    @Override
    public Poll<WriteGuard> poll(Context cx) {
      AsyncRwLock lock = pollLock(cx);
      return lock == null ? Poll.pending() : Poll.ready(lock.writes(Holder.of(cx)));
    }

    @Override
    public void cancel() {
      giveUp();
    }

    @Override
    public void describe(Description description) {
      describeAs("write", description);
    }
  }
}
