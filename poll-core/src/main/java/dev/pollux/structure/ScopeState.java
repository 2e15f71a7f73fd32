package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a scope shares with its children, which must not keep the scope itself: who is live, who
 * waits for room, and what has failed.
 *
 * @threading every method may be called from any thread
 */
final class ScopeState {
  /*
   * Invariants
   *  I1  Permits are conserved: `permits` + granted to a spawn that has not begun + live children = maxConcurrent.
   *  I2  Somebody waits for room only while `permits` is 0 and the scope is OPEN: a permit that comes back goes to the
   *      spawn that waits longest, not to the pile, so nobody overtakes it.
   *  I3  A child is in the list of the live from before its task exists until it is settled: its future is over, and its
   *      handle is known. Whichever of the two comes second settles it. So a failure always has a task to name, and
   *      nobody sees the end of the scope while a spawn is half done.
   *  I4  Once the scope is not OPEN every child in the list has been asked to stop, or will be by the spawn that learns
   *      its handle. It never becomes OPEN again.
   *  I5  A failure is kept here only under CANCEL_SIBLINGS, and until the scope is given up (closed and at its end, or
   *      lost) and nobody is left who waits for the failures: a join, or the body of `with`. It is claimed when one of
   *      these or the handle has thrown it; what was not is reported, once.
   *
   * Transitions
   *  OPEN   --first failure, CANCEL_SIBLINGS-->  FAILED
   *  OPEN, FAILED  --close, abandon-->           CLOSED
   *
   * Races
   *  R1  A child that ends before the spawner has returned its handle: I3.
   *  R2  A close while a child is being spawned. The child is in the list, or `begin` finds the scope closed. In the list
   *      it has no handle yet: close marks it, and `started` asks it to stop.
   *  R3  A permit that is granted to a spawn which is being cancelled. Both need the lock; the cancel that finds itself
   *      granted hands the permit on.
   *  R4  A join that looks before the last child ends. It leaves its waker under the lock that it looked under.
   *  R5  A close by somebody else, between the end of the last child and the poll of a join that waits. The join is among
   *      the watchers until it has claimed, in one step with leaving them: so the close leaves the failures to it.
   *
   * Ordering: everything is guarded by the lock. Cancels, wakes and reports are collected under it and carried out after
   * it, for they call what is not ours. Progress: the lock is held for a few steps, and to go through the children once
   * when all are cancelled; it is taken twice in the life of a child.
   */

  /** Whether the scope takes children. */
  private enum Phase {
    OPEN,
    FAILED,
    CLOSED
  }

  /** What a spawn is told. */
  enum Admission {
    /** It has a permit. */
    GRANTED,
    /** There is no room; its waker will be woken when there is, or if there never will be. */
    WAITING,
    /** The scope takes no more children. */
    REFUSED
  }

  /** A spawn that may wait for room: its place in the queue. */
  abstract static class Place {
    // Guarded by the lock.
    private @Nullable Admission admission;
    private @Nullable Waker waker;
    private @Nullable Place before;
    private @Nullable Place after;
  }

  /** Whoever waits for the end of the children. */
  abstract static class Watcher {
    private final boolean claims;

    /** Guarded by the lock. */
    private @Nullable Waker waker;

    /**
     * Makes one.
     *
     * @param claims whether it will {@linkplain #claimFailures claim} the failures or be
     *     {@linkplain #forget forgotten}: they are kept for it
     */
    Watcher(boolean claims) {
      this.claims = claims;
    }
  }

  final ScopeOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allEnded = lock.newCondition();

  // Guarded by lock.
  private Phase phase = Phase.OPEN;
  private int permits;
  private int live;
  private @Nullable ScopeChild<?> newest;
  private @Nullable Place firstInQueue;
  private @Nullable Place lastInQueue;
  private final List<Watcher> watchers = new ArrayList<>(1);

  /** Oldest first. */
  private final List<ScopeChild<?>> failed = new ArrayList<>(0);

  /** Nobody will begin to join any more: what fails is for those who wait already, or reported. */
  private boolean abandoned;

  ScopeState(ScopeOptions options) {
    this.options = options;
    this.permits = options.maxConcurrent();
  }

  /** What is to be done when the lock was left. */
  private final class Aftermath {
    private @Nullable List<JoinHandle<?>> cancels;
    private @Nullable List<Waker> wakes;
    private List<ScopeChild<?>> unclaimed = List.of();

    void wake(@Nullable Waker waker) {
      if (waker != null) {
        if (wakes == null) {
          wakes = new ArrayList<>(2);
        }
        wakes.add(waker);
      }
    }

    void run() {
      if (cancels != null) {
        cancels.forEach(ScopeState.this::requestCancel);
      }
      if (wakes != null) {
        wakes.forEach(ScopeState.this::wake);
      }
      report(unclaimed);
    }
  }

  // ---- room

  /** Asks for a permit; leaves {@code waker} if there is none yet. */
  Admission admit(Place place, Waker waker) {
    lock.lock();
    try {
      if (place.admission == null) {
        place.admission = tryAdmit();
        if (place.admission == Admission.WAITING) {
          enqueue(place);
        }
      }
      place.waker = place.admission == Admission.WAITING ? waker : null;
      return place.admission;
    } finally {
      lock.unlock();
    }
  }

  /** Asks for a permit without a place to wait in. */
  Admission admitNow() {
    lock.lock();
    try {
      return tryAdmit();
    } finally {
      lock.unlock();
    }
  }

  private Admission tryAdmit() {
    if (phase != Phase.OPEN) {
      return Admission.REFUSED;
    }
    if (permits == 0) {
      return Admission.WAITING;
    }
    permits--;
    return Admission.GRANTED;
  }

  /** Gives a place up, and the permit that may have come to it (R3). */
  void withdraw(Place place) {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      Admission admission = place.admission;
      place.admission = Admission.REFUSED;
      place.waker = null;
      if (admission == Admission.WAITING) {
        dequeue(place);
      } else if (admission == Admission.GRANTED) {
        release(after);
      }
    } finally {
      lock.unlock();
    }
    after.run();
  }

  /** Hands a permit on to the spawn that waits longest (I2). */
  private void release(Aftermath after) {
    Place next = firstInQueue;
    if (next == null) {
      permits++;
      return;
    }
    dequeue(next);
    answer(next, Admission.GRANTED, after);
  }

  private static void answer(Place place, Admission admission, Aftermath after) {
    place.admission = admission;
    after.wake(place.waker);
    place.waker = null;
  }

  private void enqueue(Place place) {
    place.before = lastInQueue;
    if (lastInQueue == null) {
      firstInQueue = place;
    } else {
      lastInQueue.after = place;
    }
    lastInQueue = place;
  }

  private void dequeue(Place place) {
    if (place.before == null) {
      firstInQueue = place.after;
    } else {
      place.before.after = place.after;
    }
    if (place.after == null) {
      lastInQueue = place.before;
    } else {
      place.after.before = place.before;
    }
    place.before = null;
    place.after = null;
  }

  // ---- the life of a child

  /**
   * Takes a child in that has a permit. Returns false, and takes the permit back, if it is late.
   */
  boolean begin(ScopeChild<?> child) {
    lock.lock();
    try {
      if (phase != Phase.OPEN) {
        permits++; // nobody waits for it any more
        return false;
      }
      child.older = newest;
      if (newest != null) {
        newest.newer = child;
      }
      newest = child;
      live++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The spawner has returned. */
  void started(ScopeChild<?> child, JoinHandle<?> handle) {
    Aftermath after = new Aftermath();
    boolean stop = false;
    lock.lock();
    try {
      child.handle = handle;
      if (child.ended) {
        settle(child, after); // R1
      } else {
        stop = child.cancelRequested; // R2
      }
    } finally {
      lock.unlock();
    }
    after.run();
    if (stop) {
      requestCancel(handle);
    }
  }

  /** The spawner has thrown: there is no task. */
  void notStarted(ScopeChild<?> child) {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      child.ended = true;
      child.failure = null;
      settle(child, after);
    } finally {
      lock.unlock();
    }
    after.run();
  }

  /** The child's future is over. */
  void ended(ScopeChild<?> child, @Nullable Throwable failure) {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      child.ended = true;
      child.failure = ownsFailures() ? failure : null;
      if (child.handle != null) { // else `started` does it (R1)
        settle(child, after);
      }
    } finally {
      lock.unlock();
    }
    after.run();
  }

  private void settle(ScopeChild<?> child, Aftermath after) {
    if (child.newer == null) {
      newest = child.older;
    } else {
      child.newer.older = child.older;
    }
    if (child.older != null) {
      child.older.newer = child.newer;
    }
    child.older = null;
    child.newer = null;
    live--;
    release(after);
    if (child.failure != null) {
      failed.add(child);
      after.unclaimed = takeUnclaimed();
      if (phase == Phase.OPEN) {
        end(Phase.FAILED, after);
      }
      wakeWatchers(after);
    }
    if (live == 0) {
      wakeWatchers(after);
      allEnded.signalAll();
    }
  }

  private void wakeWatchers(Aftermath after) {
    for (Watcher watcher : watchers) {
      after.wake(watcher.waker);
      watcher.waker = null;
    }
  }

  // ---- ending

  boolean ownsFailures() {
    return options.failurePolicy() == FailurePolicy.CANCEL_SIBLINGS;
  }

  /** Takes no more children, and asks all to stop. Idempotent. */
  void close() {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      end(Phase.CLOSED, after);
    } finally {
      lock.unlock();
    }
    after.run();
  }

  private void end(Phase next, Aftermath after) {
    phase = next;
    for (Place place = firstInQueue; place != null; place = firstInQueue) {
      dequeue(place);
      answer(place, Admission.REFUSED, after);
    }
    stopAll(after);
  }

  /** Asks all children that are live now to stop, newest first. */
  void requestCancelAll() {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      stopAll(after);
    } finally {
      lock.unlock();
    }
    after.run();
  }

  private void stopAll(Aftermath after) {
    List<JoinHandle<?>> handles = new ArrayList<>(live);
    for (ScopeChild<?> child = newest; child != null; child = child.older) {
      child.cancelRequested = true;
      if (child.handle != null) {
        handles.add(child.handle);
      }
    }
    after.cancels = handles;
  }

  /**
   * Whether all children have ended; if not, leaves {@code waker} for their end or a failure. A
   * watcher that claims stays one until it has.
   */
  boolean awaitEnd(Watcher watcher, Waker waker) {
    lock.lock();
    try {
      if (live == 0) {
        stopWaiting(watcher);
        return true;
      }
      addWatcher(watcher, waker);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #awaitEnd}; the scope is closed in the same step if they have. */
  boolean awaitEndAndClose(Watcher watcher, Waker waker) {
    Aftermath after = new Aftermath();
    lock.lock();
    try {
      if (live > 0) {
        addWatcher(watcher, waker);
        return false;
      }
      stopWaiting(watcher);
      end(Phase.CLOSED, after);
    } finally {
      lock.unlock();
    }
    after.run();
    return true;
  }

  /**
   * Leaves {@code waker} for the end of the children or a failure. Returns whether one has failed.
   */
  boolean watch(Watcher watcher, Waker waker) {
    lock.lock();
    try {
      addWatcher(watcher, waker);
      return phase == Phase.FAILED || !failed.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The failures are kept for {@code watcher} from here on. */
  void keepFailuresFor(Watcher watcher) {
    lock.lock();
    try {
      addWatcher(watcher, null);
    } finally {
      lock.unlock();
    }
  }

  private void addWatcher(Watcher watcher, @Nullable Waker waker) {
    if (!watchers.contains(watcher)) {
      watchers.add(watcher);
    }
    watcher.waker = waker;
  }

  private void stopWaiting(Watcher watcher) {
    if (watcher.claims) {
      addWatcher(watcher, null);
    } else {
      forgetWatcher(watcher);
    }
  }

  /** The watcher no longer waits; what was kept for it alone is reported. */
  void forget(Watcher watcher) {
    List<ScopeChild<?>> unclaimed;
    lock.lock();
    try {
      forgetWatcher(watcher);
      unclaimed = takeUnclaimed();
    } finally {
      lock.unlock();
    }
    report(unclaimed);
  }

  private void forgetWatcher(Watcher watcher) {
    watchers.remove(watcher);
    watcher.waker = null;
  }

  /** Blocks until all children have ended. Returns whether the thread was interrupted meanwhile. */
  boolean parkUntilEnd() {
    boolean interrupted = false;
    lock.lock();
    try {
      while (live > 0) {
        try {
          allEnded.await();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
    }
    return interrupted;
  }

  int live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  // ---- failures

  /** Somebody was thrown the failure of {@code child} by its handle. */
  void claim(ScopeChild<?> child) {
    lock.lock();
    try {
      child.claimed = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The first failure, with the others suppressed, for one waiter, which no longer waits (R5); null
   * if there is none.
   */
  @Nullable TaskFailedException claimFailures(Watcher watcher) {
    List<ScopeChild<?>> all;
    lock.lock();
    try {
      failed.forEach(child -> child.claimed = true);
      all = List.copyOf(failed);
      forgetWatcher(watcher);
      takeUnclaimed(); // none: it is the failures that are forgotten
    } finally {
      lock.unlock();
    }
    TaskFailedException first = null;
    for (ScopeChild<?> child : all) {
      TaskFailedException thrown = child.thrown();
      if (first == null) {
        first = thrown;
      } else {
        first.addSuppressed(thrown);
      }
    }
    return first;
  }

  /**
   * Forgets the failures once the scope is given up and nobody waits for them (I5). Returns those
   * that nobody was thrown.
   */
  @CanIgnoreReturnValue
  private List<ScopeChild<?>> takeUnclaimed() {
    if (!abandoned || failed.isEmpty() || watchers.stream().anyMatch(watcher -> watcher.claims)) {
      return List.of();
    }
    List<ScopeChild<?>> unclaimed = new ArrayList<>(failed);
    unclaimed.removeIf(child -> child.claimed);
    failed.clear();
    return unclaimed;
  }

  private void report(List<ScopeChild<?>> children) {
    for (ScopeChild<?> child : children) {
      Throwable cause = child.thrown().getCause();
      if (cause != null && !(cause instanceof VirtualMachineError)) { // reported by the runtime
        report(cause, TaskInfo.describe(requireNonNull(child.handle)) + " of " + this);
      }
    }
  }

  private void report(Throwable failure, String origin) {
    Discard.closing(value -> {}, options.uncaughtFailureHandler()).uncaught(failure, origin);
  }

  /** Why a spawn is refused. */
  ScopeClosedException refusal() {
    ScopeChild<?> first;
    lock.lock();
    try {
      first = failed.isEmpty() ? null : failed.get(0);
    } finally {
      lock.unlock();
    }
    if (first == null) {
      return new ScopeClosedException(this + " was closed, and takes no more children", null);
    }
    return new ScopeClosedException(
        this
            + " takes no more children, for one has failed: "
            + TaskInfo.describe(requireNonNull(first.handle)),
        first.thrown().getCause());
  }

  // ---- without an owner

  /**
   * Nobody will join the scope who does not wait already: what fails, or has, and is kept for none
   * of those is reported.
   */
  void abandon() {
    List<ScopeChild<?>> unclaimed;
    lock.lock();
    try {
      abandoned = true;
      unclaimed = takeUnclaimed();
    } finally {
      lock.unlock();
    }
    close();
    report(unclaimed);
  }

  /** Cancels and reports the children of a scope that nobody can reach any more. */
  void lost() {
    List<TaskInfo> left = new ArrayList<>();
    int count;
    lock.lock();
    try {
      count = phase == Phase.OPEN ? live : 0; // else they were asked to stop by somebody
      for (ScopeChild<?> child = newest; child != null; child = child.older) {
        if (child.handle != null) {
          left.add(child.handle);
        }
      }
    } finally {
      lock.unlock();
    }
    if (count > 0) {
      report(
          new IllegalStateException(
              this
                  + " was lost, neither joined nor closed, while "
                  + count
                  + " of its children were live, which are cancelled now: "
                  + names(left)),
          "a lost TaskScope");
    }
    abandon();
  }

  /** How many children a report names. */
  private static final int NAMED = 32;

  private static String names(List<TaskInfo> children) {
    StringBuilder text = new StringBuilder();
    for (TaskInfo child : children.subList(0, Math.min(children.size(), NAMED))) {
      text.append(text.length() == 0 ? "" : ", ").append(TaskInfo.describe(child));
    }
    if (children.size() > NAMED) {
      text.append(", and ").append(children.size() - NAMED).append(" more");
    }
    return text.toString();
  }

  // ---- what is not ours

  private void requestCancel(JoinHandle<?> handle) {
    try {
      handle.requestCancel();
    } catch (Throwable violation) {
      report(violation, "requestCancel of " + TaskInfo.describe(handle));
    }
  }

  private void wake(Waker waker) {
    try {
      waker.wake();
    } catch (Throwable violation) {
      report(violation, "a waker of " + waker.getClass().getName());
    }
  }

  @Override
  public String toString() {
    return options.name().map(name -> "TaskScope \"" + name + "\"").orElse("a TaskScope");
  }
}
