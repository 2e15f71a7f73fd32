package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.executor.ShutdownReport;
import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of a multi-thread runtime, on a thread of its own, so that it can be asked for from any
 * other, those of the runtime included.
 *
 * <ol>
 *   <li>New tasks and jobs are refused. (A spawn that raced is found, or finds itself refused.)
 *   <li>Jobs that have not begun are taken back; every task is asked to end, and its future is
 *       cancelled by a worker. What is shielded is spared, with all that it spawns: tasks and jobs.
 *   <li>When the other tasks and the shielded ones have ended, or the time is over, the shields go
 *       down: all that is left is asked to end, and nothing is taken any more.
 *   <li>When no task is left, or the time is over, the workers stop: each runs what is in its
 *       queues, cancelling it, closes its timers and ends.
 *   <li>The I/O driver is closed, and the jobs that have begun are waited for.
 *   <li>What has not ended by then is reported, and left to its daemon threads.
 * </ol>
 *
 * @threading any thread
 */
final class Shutdown {

  private static final long LONGEST_NAP_NANOS = 1_000_000;
  private static final long SHORTEST_NAP_NANOS = 20_000;
  private static final long SLICE_NANOS = 10_000_000;
  private static final long GRACE_NANOS = 100_000_000;

  private final MultiThreadScheduler scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch complete = new CountDownLatch(1);

  /** The thread, once there is one. Written under the lock. */
  private volatile @Nullable Thread thread;

  /** When to stop waiting; only ever made earlier. Written under the lock. */
  private volatile long deadlineNanos;

  /** Whether a caller gets the report, so that the handler need not. */
  private volatile boolean claimed;

  /** Written before {@link #complete} is counted down. */
  private ShutdownReport report = new ShutdownReport(false, List.of(), List.of());

  Shutdown(MultiThreadScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Begins, or shortens the time of one that has begun. */
  void begin(long patienceNanos) {
    lock.lock();
    try {
      long wanted = System.nanoTime() + patienceNanos;
      if (thread == null) {
        deadlineNanos = wanted;
        scheduler.closing = true;
        Thread own = new Thread(this::body, scheduler.runtimeName() + "-shutdown");
        own.setDaemon(true);
        own.start();
        thread = own;
      } else if (wanted - deadlineNanos < 0) {
        deadlineNanos = wanted;
        LockSupport.unpark(thread);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins, and waits for the end unless the calling thread must not.
   *
   * @return what has not ended
   */
  ShutdownReport run(long patienceNanos) {
    if (!scheduler.mustNotWait()) {
      claimed = true; // and stays so: another caller may not get the report
    }
    return runAndWait(patienceNanos);
  }

  /** As {@link #run}, but what has not ended is reported to the handler. */
  void runUnclaimed(long patienceNanos) {
    ShutdownReport unused = runAndWait(patienceNanos);
  }

  private ShutdownReport runAndWait(long patienceNanos) {
    try {
      begin(patienceNanos);
    } catch (Throwable noThread) {
      if (scheduler.mustNotWait()) {
        throw noThread; // the next call tries again
      }
      runHere();
    }
    if (scheduler.mustNotWait()) {
      return isComplete() ? report : new ShutdownReport(false, unfinishedTasks(), List.of());
    }
    boolean interrupted = false;
    while (true) {
      try {
        complete.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // closing is not given up half-way; the caller learns of it afterwards
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return report;
  }

  /** Shuts down on the calling thread: there is no other. */
  private void runHere() {
    lock.lock();
    try {
      if (thread != null) {
        return; // a thread could be had just now
      }
      thread = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    body();
  }

  boolean isOnItsThread() {
    return thread == Thread.currentThread();
  }

  boolean isComplete() {
    return complete.getCount() == 0;
  }

  // ---- the thread

  private void body() {
    thread = Thread.currentThread();
    try {
      scheduler.blockingPool().refuse();
      awaitShielded();
      scheduler.shieldsDown = true;
      List<TaskInfo> unused = scheduler.blockingPool().shutdown(0);
      cancelTasks();
      scheduler.stop();
      boolean ended = awaitThreads();
      List<TaskInfo> tasks = ended ? awaitRefusals() : unfinishedTasks();
      List<TaskInfo> cut = scheduler.cutShields();
      tasks.removeAll(Set.copyOf(cut)); // those that have ended just now
      scheduler.closeDriver();
      List<TaskInfo> jobs = awaitJobs();
      if (!claimed) {
        scheduler.tell("a task is still being polled after shutdown", tasks);
        scheduler.tell("a shielded task was cancelled by the shutdown", cut);
        scheduler.tell("a blocking job still runs after shutdown", jobs);
      }
      tasks.addAll(cut);
      report = new ShutdownReport(ended && tasks.isEmpty() && jobs.isEmpty(), tasks, jobs);
    } catch (Throwable failure) {
      scheduler.stop(); // whatever went wrong, the threads end
      scheduler.handler.uncaught(failure, "the shutdown of " + scheduler.described());
    }
    scheduler.hide();
    scheduler.endWatching();
    complete.countDown();
  }

  /** Cancels all but what is spared, and waits for the end of that and of the shielded tasks. */
  private void awaitShielded() {
    long nap = SHORTEST_NAP_NANOS;
    scheduler.forEachTask(scheduler::cancelUnlessSpared);
    while (!shieldedTasksAreOver() && leftNanos() > 0) {
      LockSupport.parkNanos(this, nap);
      nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
      scheduler.forEachTask(scheduler::cancelUnlessSpared); // a spawn may have raced
    }
  }

  private boolean shieldedTasksAreOver() {
    boolean[] others = new boolean[1];
    scheduler.forEachTask(task -> others[0] |= !task.isSpared());
    // In this order: another task that is in its last poll may yet spawn a shielded one.
    return !others[0] && scheduler.shieldedTasks() == 0;
  }

  private void cancelTasks() {
    long nap = SHORTEST_NAP_NANOS;
    scheduler.forEachTask(Task::requestCancel);
    while (scheduler.liveTasks() > 0 && System.nanoTime() - deadlineNanos < 0) {
      LockSupport.parkNanos(this, nap);
      nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
      scheduler.forEachTask(Task::requestCancel); // a spawn may have raced
    }
  }

  // In slices, for the deadline may be made earlier meanwhile.

  private boolean awaitThreads() {
    // What is queued to be cancelled is not stuck: the workers get that much time in any case.
    boolean ended = scheduler.threads().awaitEnd(GRACE_NANOS);
    while (!ended && leftNanos() > 0) {
      ended = scheduler.threads().awaitEnd(Math.min(leftNanos(), SLICE_NANOS));
    }
    return ended;
  }

  private List<TaskInfo> awaitJobs() {
    List<TaskInfo> jobs = scheduler.blockingPool().shutdown(0);
    while (!jobs.isEmpty() && leftNanos() > 0) {
      jobs = scheduler.blockingPool().shutdown(Math.min(leftNanos(), SLICE_NANOS));
    }
    return jobs;
  }

  private long leftNanos() {
    return Math.max(0, deadlineNanos - System.nanoTime());
  }

  /**
   * Waits for threads that have registered a task and are about to find it refused: no worker is
   * left that could be polling it.
   */
  private List<TaskInfo> awaitRefusals() {
    long begun = System.nanoTime();
    List<TaskInfo> tasks = unfinishedTasks();
    while (!tasks.isEmpty() && System.nanoTime() - begun < GRACE_NANOS) {
      LockSupport.parkNanos(this, SHORTEST_NAP_NANOS);
      tasks = unfinishedTasks();
    }
    return tasks;
  }

  private List<TaskInfo> unfinishedTasks() {
    List<TaskInfo> tasks = new ArrayList<>();
    scheduler.forEachTask(tasks::add);
    return tasks;
  }
}
