package dev.pollux.executor.scheduler;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.Waker;
import dev.pollux.executor.SpawnRejectedException;
import dev.pollux.executor.task.NamedTask;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.executor.task.TracedTask;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the schedulers have in common: the making and the refusing of tasks, and where failures and
 * dropped values go.
 *
 * @threading any thread
 */
abstract class RuntimeScheduler implements Scheduler {

  final Options options;
  final UncaughtFailureHandler handler;
  final Listeners listeners;
  final boolean listened;
  final RuntimeClock clock;
  private final Discard discard;

  /** In debug mode only. */
  final @Nullable HeldLocks heldLocks;

  /** Whether spawns are refused. */
  volatile boolean closing;

  /** The failure that closed the runtime, if one did. */
  private volatile @Nullable Throwable closedBy;

  RuntimeScheduler(Options options) {
    this.options = options;
    this.handler = guarded(options.handler());
    this.discard = Discard.closing(options.discardHook(), handler);
    this.listeners = new Listeners(options.listeners(), handler);
    this.listened = !listeners.isEmpty();
    this.clock = new RuntimeClock(options.pausedClock());
    this.heldLocks = HeldLocks.of(this);
  }

  private static UncaughtFailureHandler guarded(UncaughtFailureHandler handler) {
    return (failure, origin) -> {
      try {
        handler.uncaught(failure, origin);
      } catch (Throwable second) {
        UncaughtFailureHandler.logging().uncaught(failure, origin);
        UncaughtFailureHandler.logging().uncaught(second, "the uncaught-failure handler itself");
      }
    };
  }

  private final AtomicLong pageNumbers = new AtomicLong();

  /** Live tasks, counted only if there is a limit. */
  private final AtomicInteger admitted = new AtomicInteger();

  /** Begins the shutdown, and returns at once. */
  abstract void requestShutdown();

  @Override
  public final AtomicLong pageNumbers() {
    return pageNumbers;
  }

  // ---- tasks

  private <T extends @Nullable Object> Task<T> newTask(@Nullable String name, Future<T> future) {
    requireNonNull(future, "future");
    Unpolled.used(future);
    if (options.debug()) {
      return new TracedTask<>(future, name, spawnSite());
    }
    if (name != null || options.captureSpawnSites()) {
      return new NamedTask<>(future, name, spawnSite());
    }
    return new Task<>(future);
  }

  /**
   * Makes a task for {@code future}, counted against the limit.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; the future has
   *     been cancelled
   * @throws SpawnRejectedException if there are too many tasks; the future has been cancelled
   */
  final <T extends @Nullable Object> Task<T> admit(@Nullable String name, Future<T> future) {
    Task<T> task = tryAdmit(name, future);
    if (task == null) {
      cancel(future);
      throw new SpawnRejectedException(
          described() + " has as many live tasks as maxTasks allows: " + options.maxTasks());
    }
    return task;
  }

  /** As {@link #admit}, but answers null if there are too many tasks; the future is untouched. */
  final <T extends @Nullable Object> @Nullable Task<T> tryAdmit(
      @Nullable String name, Future<T> future) {
    Task<T> task = newTask(name, future);
    if (closing) {
      cancel(future);
      throw afterShutdown("and takes no tasks");
    }
    return countTask() ? task : null;
  }

  private boolean countTask() {
    int most = options.maxTasks();
    if (most == Integer.MAX_VALUE) {
      return true;
    }
    while (true) {
      int live = admitted.get();
      if (live >= most) {
        return false;
      }
      if (admitted.compareAndSet(live, live + 1)) {
        return true;
      }
    }
  }

  /** How many tasks may be live at a time. */
  public final int maxTasks() {
    return options.maxTasks();
  }

  final @Nullable StackTraceElement spawnSite() {
    return options.captureSpawnSites() ? SpawnSite.capture() : null;
  }

  /** Cancels a future that is not taken. */
  final void cancel(Future<?> future) {
    try {
      future.cancel();
    } catch (Throwable failure) {
      handler.uncaught(failure, "the cancel of a future refused by " + described());
    }
  }

  final RuntimeShutdownException afterShutdown(String what) {
    RuntimeShutdownException shutdown =
        new RuntimeShutdownException(described() + " was shut down " + what);
    Throwable cause = closedBy;
    if (cause != null) {
      shutdown.initCause(cause);
    }
    return shutdown;
  }

  /** Refuses a {@code blockOn} on a thread that runs tasks, having cancelled what it was to run. */
  final void refuseToBlockTasks(Future<?> future) {
    if (Poller.isAttached()) {
      cancel(future);
      throw new IllegalStateException(
          "blockOn of "
              + described()
              + " was called on a thread that is running tasks of \""
              + Poller.pollingName()
              + "\", and would block them: spawn the future, or await it in the one that calls");
    }
  }

  static Waker unparker(Thread thread) {
    return () -> LockSupport.unpark(thread);
  }

  /**
   * Wakes what waited for the time. A waker that is not ours may throw; the others come all the
   * same.
   */
  final void wake(Waker waker) {
    try {
      waker.wake();
    } catch (Throwable failure) {
      handler.uncaught(failure, "a waker called by the timer of " + described());
    }
  }

  // ---- what a task needs of its scheduler

  @Override
  public final void makeRoom() {
    if (options.maxTasks() != Integer.MAX_VALUE) {
      admitted.decrementAndGet();
    }
  }

  @Override
  public final void ended(Task<?> task, Outcome outcome) {
    if (listened) {
      listeners.taskEnded(task, outcome);
    }
  }

  @Override
  public final void uncaught(TaskInfo task, Throwable failure) {
    if (closing && failure instanceof TaskCancelledException) {
      return; // a task that was woken by the end of one that the shutdown cancelled before it
    }
    handler.uncaught(failure, TaskInfo.describe(task) + " of " + described());
    if (options.shutDownOnUncaught() && !closing) {
      closedBy = failure;
      try {
        requestShutdown();
      } catch (Throwable noThread) {
        handler.uncaught(noThread, "the shutdown of " + described());
      }
    }
  }

  @Override
  public final Discard discard() {
    return discard;
  }

  @Override
  public final String runtimeName() {
    return options.name();
  }

  /** The runtime in words, for messages. */
  final String described() {
    return "runtime \"" + options.name() + "\"";
  }
}
