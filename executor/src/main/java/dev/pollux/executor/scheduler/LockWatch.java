package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.Task;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What {@link HeldLocks} knows of one thread that polls: the tasks that it has polled since it was
 * looked at last, and the locks that it held then.
 *
 * @threading as each method says; the owner is the thread that polls
 */
final class LockWatch {
  /*
   * Invariants
   *  I1  `standing` is a lock that is no thread's own: its permit is taken by the owner while it is awake, and by whoever
   *      looks at the owner while it sleeps. All plain fields belong to the holder of the permit.
   *  I2  So a look finds the owner between two polls: either it is the owner itself that looks, or the owner sleeps, and
   *      waits in `wakes` if it is woken meanwhile.
   */

  /** How many tasks can be named. */
  private static final int NAMED = 16;

  /** What is kept of a task, which may be garbage by the time. */
  private record Polled(long id, Optional<String> name, Optional<StackTraceElement> spawnSite)
      implements TaskInfo {}

  final Thread thread = Thread.currentThread();
  private final HeldLocks locks;

  /** The loop of the owner. What was locked further out was not locked in a poll. */
  final Class<?> loop;

  /** Whether monitors that were entered before the loop count: whoever blocks must hold none. */
  final boolean countsMonitorsOutside;

  private final Semaphore standing = new Semaphore(0);

  /** The last tasks that were polled since the last look, each once. */
  private final Deque<Polled> polled = new ArrayDeque<>(NAMED);

  /** Whether there were more of them. */
  private boolean others;

  /** Whether one of them answered {@code Pending}. */
  private boolean pending;

  /** The locks that were held at the last look. */
  private Set<String> held = Set.of();

  LockWatch(HeldLocks locks, Class<?> loop, boolean countsMonitorsOutside) {
    this.locks = locks;
    this.loop = loop;
    this.countsMonitorsOutside = countsMonitorsOutside;
  }

  // ---- the owner

  /** Hears of a poll that is over. */
  void polled(Task<?> task) {
    if (!isKnown(task.id())) {
      if (polled.size() == NAMED) {
        polled.removeFirst();
        others = true;
      }
      polled.addLast(new Polled(task.id(), task.name(), task.spawnSite()));
    }
    if (!task.isFinished()) {
      pending = true;
      HeldLocks.lookIfAllowed(this);
    }
  }

  private boolean isKnown(long id) {
    for (Polled earlier : polled) {
      if (earlier.id == id) {
        return true;
      }
    }
    return false;
  }

  /** Lets others look until {@link #wakes}: the owner does nothing but sleep. */
  void sleeps() {
    boolean wantsLook = pending;
    standing.release();
    if (wantsLook) {
      HeldLocks.wantLook();
    }
  }

  /** Waits for whoever looks just now. */
  void wakes() {
    standing.acquireUninterruptibly();
  }

  // ---- whoever looks

  /** Takes the permit of an owner that sleeps and should be looked at. */
  boolean tryClaim() {
    if (!standing.tryAcquire()) {
      return false;
    }
    if (!pending) {
      standing.release();
      return false;
    }
    return true;
  }

  /** Gives back what {@link #tryClaim} took. */
  void unclaim() {
    standing.release();
  }

  /** Sets what the owner holds for reasons of its own. */
  void ignore(List<HeldLock> now) {
    held = keys(now);
  }

  /**
   * Learns what the owner holds.
   *
   * @param now all of it
   * @param reports gets what is to be called for the locks that are new, without any lock held
   */
  void learn(List<HeldLock> now, List<Runnable> reports) {
    List<Polled> tasks = List.copyOf(polled);
    boolean others = this.others;
    for (HeldLock lock : now) {
      if (!held.contains(lock.key()) && !tasks.isEmpty()) {
        reports.add(() -> locks.report(lock, thread.getName(), tasks, others));
      }
    }
    held = keys(now);
    polled.clear();
    this.others = false;
    pending = false;
  }

  private static Set<String> keys(List<HeldLock> locks) {
    Set<String> keys = new HashSet<>();
    locks.forEach(lock -> keys.add(lock.key()));
    return keys;
  }

  /**
   * A lock that a thread holds.
   *
   * @param key its class and identity hash code
   * @param lockedAt the frame that entered it, if it is a monitor
   */
  record HeldLock(String key, @Nullable StackTraceElement lockedAt) {

    @Override
    public String toString() {
      return lockedAt == null ? key : "the monitor of " + key + ", entered at " + lockedAt + ",";
    }
  }
}
