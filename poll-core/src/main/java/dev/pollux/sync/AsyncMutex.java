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
 * A lock that a task may hold across polls. Whoever waits for it holds no thread.
 *
 * <pre>{@code
 * AsyncMutex mutex = new AsyncMutex("accounts");
 * Future<Void> transfer = mutex.withLock(() -> debit(a).flatMap(x -> credit(b)));
 * }</pre>
 *
 * <p>Or by hand:
 *
 * <pre>{@code
 * Future<Integer> counted = mutex.lock().map(guard -> {
 *   try (guard) {
 *     return ++count;
 *   }
 * });
 * }</pre>
 *
 * <p>Fair: the lock is handed to whoever has waited longest, and nobody overtakes those who wait,
 * {@code tryLock} included. A guard belongs to no task and no thread: it may be taken along, and
 * closed anywhere. So the lock is not reentrant: a task that asks for it twice waits for itself.
 * For a few steps in memory without a poll in between a lock of {@code java.util.concurrent} is
 * cheaper.
 *
 * <p>A name, if given, stands in dumps and messages, and with it who holds the lock.
 *
 * <p>Source: {@code tokio::sync::Mutex}, apart from the value that it guards there.
 *
 * @threading every method may be called from any thread. What was done before a guard was closed is
 *     seen by whoever gets the next
 */
public final class AsyncMutex {
  /*
   * `state` is null while the lock is free; the guard of the holder while nobody waits; CONTENDED while somebody waits, and
   * then the guard of the holder is in `holder`.
   *
   * Invariants
   *  I1  Whenever nobody is inside the monitor of `queue`: the queue is not empty if and only if `state` is CONTENDED, if and
   *      only if `holder` is not null.
   *  I2  To and from CONTENDED `state` goes under the monitor only. So inside of it CONTENDED is stable.
   *  I3  A guard is in `state` or `holder` from the moment that the lock is its own to its first close, and never again.
   *
   * Transitions
   *  free       --lock g-->     g             (one compare-and-set)
   *  g          --close g-->    free          (one compare-and-set: of two closes, at once or one after the other, one succeeds)
   *  g          --queue-->      CONTENDED     (under the monitor, by compare-and-set: g may be closed meanwhile)
   *  CONTENDED  --close g-->    CONTENDED     (to the next, others wait)
   *  CONTENDED  --close g-->    h             (to the next, h, which was the last)
   *  CONTENDED  --cancel-->     g             (the last has given up)
   *
   * Races
   *  R1  A close meets who is about to wait. Either the close finds CONTENDED, and under the monitor the waiter; or the
   *      waiter's compare-and-set fails, and it looks again.
   *  R2  A close that found CONTENDED comes too late: the last waiter has given up, and the guard is in `state` again. So who
   *      found CONTENDED goes to the monitor, whatever `state` is by then, and takes the guard out from there; nobody can
   *      make it CONTENDED meanwhile (I2).
   *
   * Ordering: `state` is accessed in volatile mode. What is done under the lock is before its release, by the compare-and-set
   * or by the monitor and the phase of the next waiter. `Guard.holder` is for dumps only, and may be seen late.
   *
   * Progress: lock-free while nobody waits; a stalled thread inside the monitor delays those who wait, or close.
   */
  private static final Object CONTENDED = new Object();

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, AsyncMutex.class, Object.class);

  private volatile @Nullable Object state;

  /** Those who wait, and the monitor. */
  private final WaiterQueue queue = new WaiterQueue();

  /** Guarded by the monitor. */
  private @Nullable Guard holder;

  private final @Nullable String name;

  /** Makes a mutex without a name. */
  public AsyncMutex() {
    this.name = null;
  }

  /**
   * Makes a mutex with a name.
   *
   * @param name how dumps and messages call it
   */
  public AsyncMutex(String name) {
    this.name = requireNonNull(name, "name");
  }

  /**
   * Completes with the lock. Takes its place in the queue at its first poll.
   *
   * @return a future that answers a guard, which is to be closed
   * @cancellation its place is given up; a lock that it was handed goes to the next
   */
  public Future<Guard> lock() {
    return Unpolled.made(new Lock(this));
  }

  /**
   * Takes the lock if it is free.
   *
   * @return a guard, which is to be closed; null if the lock is held
   */
  public @Nullable Guard tryLock() {
    if (state != null) {
      return null;
    }
    Guard guard = new Guard(this, Holder.ofCaller());
    return tryTake(guard) ? guard : null;
  }

  /**
   * Takes the lock, and blocks the calling thread until it is free.
   *
   * @return a guard, which is to be closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has
   *     given up its place
   * @throws IllegalStateException if the calling thread runs tasks
   */
  public Guard blockingLock() throws InterruptedException {
    BlockingCall.checkMayBlock("AsyncMutex.blockingLock", "lock");
    BlockingCall.checkInterrupt();
    Guard guard = tryLock();
    return guard != null ? guard : BlockingCall.await(lock());
  }

  /**
   * Runs a future under the lock, which is free again when the future has completed, has failed, or
   * is cancelled.
   *
   * @param body makes the future, once the lock is held; it is called at most once
   * @param <T> the output of the future
   * @return a future that ends as the one that {@code body} made, or fails as {@code body} does
   * @cancellation cancels the future of {@code body}, then frees the lock
   */
  public <T extends @Nullable Object> Future<T> withLock(Supplier<? extends Future<T>> body) {
    requireNonNull(body, "body");
    Future<Guard> acquire = lock();
    return Unpolled.made(new WhileHeld<>("withLock", acquire, body), acquire);
  }

  /** Whether somebody holds the lock; out of date at once. */
  public boolean isLocked() {
    return state != null;
  }

  private boolean tryTake(Guard guard) {
    return STATE.compareAndSet(this, (Object) null, (Object) guard);
  }

  /** Takes the lock, and returns true, or puts {@code waiter} into the queue. */
  private boolean takeOrQueue(Lock waiter, Guard guard, Waker waker) {
    synchronized (queue) {
      while (true) {
        Object seen = state;
        if (seen == null) {
          if (tryTake(guard)) {
            return true;
          }
        } else if (seen == CONTENDED) {
          break;
        } else if (STATE.compareAndSet(this, seen, CONTENDED)) { // else it was freed: R1
          holder = (Guard) seen;
          break;
        }
      }
      waiter.guard = guard;
      waiter.setWaker(waker);
      queue.add(waiter);
      return false;
    }
  }

  /** Leaves another waker, and returns true, unless the lock was handed to {@code waiter}. */
  private boolean replaceWaker(Lock waiter, Waker waker) {
    synchronized (queue) {
      if (waiter.isQueued()) {
        waiter.setWaker(waker);
        return true;
      }
      return false;
    }
  }

  /** Takes {@code waiter} out, and returns true, unless the lock was handed to it. */
  private boolean leave(Lock waiter) {
    synchronized (queue) {
      if (!waiter.isQueued()) {
        return false;
      }
      queue.remove(waiter);
      if (queue.isEmpty()) {
        hold(requireNonNull(holder));
      }
      return true;
    }
  }

  private void unlock(Guard guard) {
    // What the exchange saw decides, and not what `state` is now (R2).
    if (STATE.compareAndExchange(this, (Object) guard, (Object) null) == CONTENDED) {
      unlockContended(guard);
    }
  }

  private void unlockContended(Guard guard) {
    Waker woken;
    synchronized (queue) {
      if (state != CONTENDED) {
        STATE.compareAndSet(this, (Object) guard, (Object) null); // R2; or it was closed before
        return;
      }
      if (holder != guard) {
        return; // it was closed before
      }
      Lock next = (Lock) requireNonNull(queue.first());
      Guard nexts = requireNonNull(next.guard); // before the grant, for then it is its owner's
      woken = queue.grant(next);
      hold(nexts);
    }
    Waiter.wake(woken);
  }

  /** Makes {@code guard} the holder's, with the monitor held and the queue as it will be. */
  private void hold(Guard guard) {
    if (queue.isEmpty()) {
      holder = null;
      state = guard;
    } else {
      holder = guard;
    }
  }

  private String label() {
    return Holder.label("lock", name, this);
  }

  /** Says who holds the lock and how many wait, such as {@code lock "accounts", free}. */
  @Override
  public String toString() {
    int waiting;
    Object seen;
    synchronized (queue) {
      waiting = queue.size();
      seen = state == CONTENDED ? holder : state;
    }
    return label()
        + (seen instanceof Guard guard ? ", held by " + Holder.describe(guard.holder) : ", free")
        + Holder.waiting(waiting);
  }

  /**
   * Says that the lock is held; closing it frees the lock, or hands it to the next.
   *
   * @threading any thread may close it, also at once with another: the first close counts, and the
   *     others do nothing
   */
  public static final class Guard implements AutoCloseable {

    private final AsyncMutex mutex;

    /** As {@link Holder} says. */
    private Object holder;

    private Guard(AsyncMutex mutex, Object holder) {
      this.mutex = mutex;
      this.holder = holder;
    }

    /** Gives the lock back. Never throws, and wakes who is next. */
    @Override
    public void close() {
      mutex.unlock(this);
    }

    @Override
    public String toString() {
      return "Guard of " + mutex;
    }
  }

  /** One who asks for the lock. */
  private static final class Lock extends Waiter implements Future<Guard> {

    /** Null once over. */
    private @Nullable AsyncMutex mutex;

    /** What a grant makes the holder's; there from the first poll on that has to wait. */
    private @Nullable Guard guard;

    Lock(AsyncMutex mutex) {
      this.mutex = mutex;
    }

    @Override
    public Poll<Guard> poll(Context cx) {
      Unpolled.used(this);
      AsyncMutex mutex = this.mutex;
      if (mutex == null) {
        throw new PollAfterEndException("lock");
      }
      if (isWaitingWith(cx.waker()) || !cx.tryProceed()) {
        return Poll.pending();
      }
      Guard guard = this.guard;
      if (guard == null) {
        guard = new Guard(mutex, Holder.of(cx));
        if (!mutex.tryTake(guard) && !mutex.takeOrQueue(this, guard, cx.waker())) {
          cx.budget().giveBack();
          return Poll.pending();
        }
      } else if (!isGranted() && mutex.replaceWaker(this, cx.waker())) {
        cx.budget().giveBack();
        return Poll.pending();
      } else {
        guard.holder = Holder.of(cx); // it may have begun to wait in another task
      }
      end();
      this.mutex = null;
      this.guard = null;
      return Poll.ready(guard);
    }

    @Override
    public void cancel() {
      Unpolled.used(this);
      AsyncMutex mutex = this.mutex;
      Guard guard = this.guard;
      if (mutex == null) {
        return;
      }
      this.mutex = null;
      if (guard != null && !mutex.leave(this)) {
        end();
        guard.close(); // it was granted: on to the next
      } else {
        end();
      }
      this.guard = null;
    }

    @Override
    boolean withholds() {
      return true;
    }

    @Override
    String resource() {
      AsyncMutex mutex = this.mutex;
      return mutex == null ? "a lock" : mutex.label();
    }

    @Override
    public void describe(Description description) {
      AsyncMutex mutex = this.mutex;
      if (mutex == null) {
        description.name("lock").with("state", "over");
      } else {
        description.name("lock").waitsFor(mutex.toString());
      }
    }
  }
}
