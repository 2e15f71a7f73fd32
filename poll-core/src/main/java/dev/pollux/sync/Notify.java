package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;

import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Tells one task, or all, that something has changed, and nothing more: what has changed is looked
 * at elsewhere. What a condition variable is to a lock, this is to anything.
 *
 * <pre>{@code
 * Notify changed = new Notify();
 * Queue<Job> jobs = new ConcurrentLinkedQueue<>();
 *
 * void add(Job job) {
 *   jobs.add(job);
 *   changed.notifyOne();
 * }
 *
 * Future<Job> next() {
 *   return Futures.defer(
 *       () -> {
 *         Notified notified = changed.notified();
 *         notified.enable();      // from here on a notifyOne() is for this one,
 *         Job job = jobs.poll();  // so look after that, and not before
 *         if (job == null) {
 *           return notified.flatMap(done -> next());
 *         }
 *         notified.cancel();      // passes on what it was given meanwhile
 *         return Futures.ready(job);
 *       });
 * }
 * }</pre>
 *
 * <p>Why the {@code enable()}: two jobs may come after two consumers have looked, and before either
 * is polled. Nobody waits then, and both notifications leave the same permit. One consumer takes
 * that and the first job, and the other would wait though there is a second.
 *
 * <p>{@link #notifyOne()} reaches the one who has waited longest or, if nobody waits, leaves a
 * permit, of which there is never more than one: the next who waits takes it and does not wait.
 * {@link #notifyWaiters()} reaches everybody and leaves no permit. (It can't be named {@code
 * notifyAll}: that is what every Java object has for its monitor, and has nothing to do with this.)
 *
 * <p>From when does one wait? For {@code notifyWaiters} from the call of {@link #notified()}, so
 * that nothing is missed by whoever makes the future first, then looks at the condition, and then
 * polls:
 *
 * <pre>{@code
 * Future<Void> changed = notify.notified();  // from here on
 * return isTrue() ? done() : changed;        // a notifyWaiters() in between is seen by the first poll
 * }</pre>
 *
 * <p>For {@code notifyOne} and {@code notifyLast} from {@link Notified#enable()}, or from the first
 * poll if it is not called. A future that was made, and neither enabled nor polled, takes none of
 * them away from others; one that comes before finds somebody else who waits, or leaves the permit.
 * A single consumer may look first and be polled then, since a permit is enough for one; where
 * there are several, each enables its future before it looks.
 *
 * <p>Source: {@code Notify} of Tokio.
 *
 * @threading every method may be called from any thread. What was done before a notification is
 *     seen by whoever is notified by it
 */
public final class Notify {
  /*
   * Invariants
   *  I1  `state` is four times the number of calls of notifyWaiters, and one of EMPTY, WAITING, PERMIT.
   *  I2  It says WAITING if and only if `waiters` is not empty, whenever nobody has the lock, which is the monitor of
   *      `waiters`. So there is no permit while somebody waits.
   *  I3  While it says WAITING, it is changed with the lock held only. To WAITING it is changed with the lock held too,
   *      but from EMPTY, which others change without it: by compare-and-set.
   *
   * Transitions
   *  EMPTY, PERMIT --notifyOne, notifyLast-->   PERMIT           written also if it is there, see below
   *  EMPTY, PERMIT --notifyWaiters-->           the same, and one call more
   *  PERMIT        --poll-->                    EMPTY            the future is over
   *  EMPTY         --poll-->                    WAITING          it is in the queue
   *  WAITING       --poll-->                    WAITING          it is in the queue
   *  WAITING       --notifyOne, notifyLast-->   WAITING, EMPTY   the first, or the last, is granted
   *  WAITING       --notifyWaiters-->           EMPTY, and one call more; all are granted
   *  WAITING       --cancel-->                  WAITING, EMPTY
   *
   * An enable is a poll without a waker; where the poll ends the future, the enable leaves it granted, by the call for all
   * or by one, for the next poll to take or the cancel to pass on. A permit that it has taken counts as given by notifyOne.
   *
   * A future has the number of calls from when it was made. If that is not the present one it is notified: before it is
   * queued it finds out itself; once it is queued, by the grant, since whoever counts one more while WAITING grants all.
   *
   * A grant that is not taken. Whoever is cancelled with a notification in hand makes the call anew that has granted it,
   * unless that was for all. A permit that is there by then takes the place of both, as if the first had come a little
   * later.
   *
   * Ordering: each edge is a read-modify-write of one word, or a volatile write that the lock protects; so they are
   * totally ordered. A notifyOne that finds the permit writes it all the same: who takes the permit must see what was
   * done before this call too. Progress: lock-free while nobody waits.
   */
  private static final long EMPTY = 0;

  /** Somebody is in the queue. */
  private static final long WAITING = 1;

  /** The next who comes need not wait. */
  private static final long PERMIT = 2;

  /** The bits of these three. */
  private static final long KIND = 3;

  /** One call of notifyWaiters. */
  private static final long CALL = 4;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, Notify.class, long.class);

  private volatile long state = EMPTY;

  private final WaiterQueue waiters = new WaiterQueue();

  /** Makes one that has no permit. */
  public Notify() {}

  /**
   * Completes once it is notified; see above from when on. Not to be shared: each who waits has its
   * own.
   *
   * @cancellation nothing is lost: a notification of {@code notifyOne} or {@code notifyLast} that
   *     it was just given goes to another
   */
  public Notified notified() {
    return Unpolled.made(new NotifyWaiter(this, calls(state)));
  }

  /**
   * Waits on a thread that may block.
   *
   * @throws InterruptedException if the thread is interrupted, before or while it waits; a
   *     notification that came at the same time has gone to another
   * @throws IllegalStateException on a thread that runs tasks
   */
  public void blockingNotified() throws InterruptedException {
    BlockingCall.checkMayBlock("Notify.blockingNotified", "Notify.notified");
    BlockingCall.checkInterrupt();
    BlockingCall.await(notified());
  }

  /** Notifies the one who has waited longest or, if nobody waits, the next who comes. */
  public void notifyOne() {
    notifyOne(NotifyWaiter.By.ONE);
  }

  /**
   * Notifies the one who came last or, if nobody waits, the next who comes: where what was used
   * last is still at hand, such as a warm cache.
   */
  public void notifyLast() {
    notifyOne(NotifyWaiter.By.LAST);
  }

  private void notifyOne(NotifyWaiter.By by) {
    while (true) {
      long seen = state;
      if (kind(seen) == WAITING) {
        if (grantOne(by)) {
          return;
        }
      } else if (STATE.compareAndSet(this, seen, with(seen, PERMIT))) {
        return;
      }
    }
  }

  /** Grants one who waits; false if nobody does. */
  private boolean grantOne(NotifyWaiter.By by) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      Waiter chosen = by == NotifyWaiter.By.LAST ? waiters.last() : waiters.first();
      if (chosen == null) {
        return false; // the last has gone meanwhile
      }
      ((NotifyWaiter) chosen).by = by;
      waiters.grant(chosen, granted);
      emptyIfNobodyWaits();
    }
    granted.wakeAll();
    return true;
  }

  /**
   * Notifies everybody who waits, and every future of {@link #notified()} that was made and not
   * polled yet. Whoever comes later is not notified, and a permit stays what it is.
   */
  public void notifyWaiters() {
    while (true) {
      long seen = state;
      if (kind(seen) == WAITING) {
        WaiterQueue.Granted granted = new WaiterQueue.Granted();
        synchronized (waiters) {
          if (kind(state) != WAITING) {
            continue;
          }
          waiters.grantAll(granted);
          state = with(state, EMPTY) + CALL;
        }
        granted.wakeAll();
        return;
      } else if (STATE.compareAndSet(this, seen, seen + CALL)) {
        return;
      }
    }
  }

  private static long kind(long state) {
    return state & KIND;
  }

  private static long with(long state, long kind) {
    return (state & ~KIND) | kind;
  }

  /** How often notifyWaiters was called. */
  private static long calls(long state) {
    return state / CALL;
  }

  // ---- for those who wait

  /** Whether {@code waiter} is notified, or has the permit; else it is queued. */
  boolean isNotified(NotifyWaiter waiter, Waker waker) {
    if (waiter.isGranted()) {
      return true;
    }
    if (waiter.isWaitingWith(waker)) {
      return false;
    }
    synchronized (waiters) {
      if (waiter.isGranted()) {
        return true;
      }
      if (!waiter.isQueued()) {
        if (notifiedOrStartsToWait(waiter.calls) != null) {
          return true;
        }
        waiters.add(waiter);
      }
      waiter.setWaker(waker);
    }
    return false;
  }

  /** The same without a waker, and without an end: it is granted what it is notified by. */
  boolean isNotifiedOrQueued(NotifyWaiter waiter) {
    if (waiter.phase() != Waiter.NEW) {
      return waiter.isGranted();
    }
    synchronized (waiters) {
      NotifyWaiter.By by = notifiedOrStartsToWait(waiter.calls);
      if (by == null) {
        waiters.add(waiter);
        return false;
      }
      waiter.by = by;
      waiter.setPhase(Waiter.GRANTED);
      return true;
    }
  }

  /**
   * By what one is notified who does not wait yet, the permit included, which is taken; null if by
   * nothing. Needs no lock.
   */
  NotifyWaiter.@Nullable By notifiedNow(long callsBefore) {
    long seen = state;
    if (calls(seen) != callsBefore) {
      return NotifyWaiter.By.WAITERS;
    }
    return kind(seen) == PERMIT && STATE.compareAndSet(this, seen, with(seen, EMPTY))
        ? NotifyWaiter.By.ONE
        : null;
  }

  /** The same; if it is null the state says WAITING now, for one more to be queued. */
  private NotifyWaiter.@Nullable By notifiedOrStartsToWait(long callsBefore) {
    while (true) {
      NotifyWaiter.By by = notifiedNow(callsBefore);
      if (by != null) {
        return by;
      }
      long seen = state;
      if (calls(seen) != callsBefore || kind(seen) == PERMIT) {
        continue;
      }
      if (kind(seen) == WAITING || STATE.compareAndSet(this, seen, with(seen, WAITING))) {
        return null;
      }
    }
  }

  /** Takes one out that was polled or enabled, and gives up. */
  void withdraw(NotifyWaiter waiter) {
    synchronized (waiters) {
      if (waiter.isQueued()) {
        waiters.remove(waiter);
        emptyIfNobodyWaits();
        return;
      }
    }
    NotifyWaiter.By by = waiter.by;
    waiter.end();
    if (by != NotifyWaiter.By.WAITERS) {
      notifyOne(by);
    }
  }

  private void emptyIfNobodyWaits() {
    if (waiters.isEmpty()) {
      state = with(state, EMPTY);
    }
  }

  // ---- in words

  /** How many wait; out of date at once. */
  int waiting() {
    synchronized (waiters) {
      return waiters.size();
    }
  }

  @Override
  public String toString() {
    return "Notify[" + (kind(state) == PERMIT ? "a permit" : waiting() + " waiting") + "]";
  }
}
