package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.Waker;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.executor.SpawnRejectedException;
import dev.pollux.executor.events.Recordings;
import dev.pollux.executor.management.ManagedRuntime;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.NamedTask;
import dev.pollux.executor.task.Propagation;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.executor.task.TracedTask;
import dev.pollux.spi.ContextPropagation;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the schedulers have in common: the making and the refusing of tasks, and where failures and
 * dropped values go.
 *
 * @threading any thread
 */
abstract class RuntimeScheduler implements Scheduler, Recordings.Follower {

  private static final VarHandle LISTENING =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "listening", VarHandle.class, RuntimeScheduler.class, Listeners.class);

  final Options options;
  final UncaughtFailureHandler handler;
  private final Listeners listeners;
  final RuntimeClock clock;
  private final Discard discard;
  private final @Nullable Propagation propagation;

  /** Takes the runtime out of the management server, if it is there. */
  private volatile @Nullable Runnable shown;

  /** In debug mode only. */
  final @Nullable HeldLocks heldLocks;

  /** Whether spawns are refused. */
  volatile boolean closing;

  /** Whether the shutdown no longer waits for shielded tasks, and refuses them as well. */
  volatile boolean shieldsDown;

  /**
   * The shielded tasks that have not ended. Counted before a task is shared, and so before the task
   * that spawned it can end: a shutdown that saw the end of every other task, and then no shielded
   * one here, has missed none.
   */
  private final AtomicInteger shielded = new AtomicInteger();

  /** The shielded tasks that the shutdown has cancelled. */
  private final Queue<TaskInfo> cutShields = new ConcurrentLinkedQueue<>();

  /**
   * Who hears of tasks and threads now. Written under {@code watching}, in opaque mode: it has only
   * final fields, and a thread may hear of a recording a little later than others.
   */
  @Keep private @Nullable Listeners listening;

  private final ReentrantLock watching = new ReentrantLock();

  /** Guarded by {@code watching}; null until the runtime is complete. */
  private @Nullable WatchdogThread watchdog;

  /** The failure that closed the runtime, if one did. */
  private volatile @Nullable Throwable closedBy;

  RuntimeScheduler(Options options) {
    this.options = options;
    this.handler = guarded(options.handler());
    this.discard = Discard.closing(options.discardHook(), handler);
    this.listeners = new Listeners(options.name(), options.listeners(), handler);
    this.listening = listeners.with(null);
    this.clock = new RuntimeClock(options.pausedClock());
    for (Outcome outcome : Outcome.values()) {
      endedElsewhere.put(outcome, new LongAdder());
    }
    ContextPropagation hook = options.contextPropagation();
    this.propagation = hook == null ? null : new Propagation(hook, handler, described());
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

  /** Follows some of the tasks through the queues. */
  private final Probes probes = new Probes();

  /** Tasks that were spawned on threads that are no workers. */
  private final LongAdder spawnedElsewhere = new LongAdder();

  /** Tasks that ended elsewhere than on a worker, for each outcome. */
  private final Map<Outcome, LongAdder> endedElsewhere = new EnumMap<>(Outcome.class);

  /** Live tasks, counted only if there is a limit. */
  private final AtomicInteger admitted = new AtomicInteger();

  /** What the runtime has counted so far. */
  public abstract RuntimeMetrics metrics();

  /** What the live tasks wait for, of {@code most} of them at most. */
  public abstract RuntimeDump dump(int most);

  /** Shows the runtime to the management server, if that was asked for, until {@link #hide}. */
  final void show() {
    if (options.mxBean()) {
      shown = ManagedRuntime.register(options.name(), this::metrics, this::dump);
    }
  }

  final void hide() {
    Runnable shown = this.shown;
    if (shown != null) {
      this.shown = null;
      try {
        shown.run();
      } catch (Throwable failure) {
        handler.uncaught(failure, "the management of " + described());
      }
    }
  }

  // ---- who listens

  /**
   * Who hears of tasks and threads, or null if nobody does. Ask once for what begins and ends: a
   * recording may come or go meanwhile.
   */
  final @Nullable Listeners listening() {
    return (Listeners) LISTENING.getOpaque(this);
  }

  /** The listeners that the runtime was built with: they come and go with nobody. */
  final Listeners listeners() {
    return listeners;
  }

  /** Begins to watch for recordings and for stuck polls. The last step of the making. */
  final void beginWatching(List<? extends Watched> watched) {
    System.Logger logger = System.getLogger("dev.pollux");
    Watchdog looks = new Watchdog(watched, new StuckPollReports(options.name(), listeners, logger));
    watching.lock();
    try {
      watchdog = new WatchdogThread(options.name(), handler, looks, options.watchdogNanos());
    } finally {
      watching.unlock();
    }
    Recordings.follow(this);
  }

  /** The last step of the shutdown. */
  final void endWatching() {
    WatchdogThread ending;
    watching.lock();
    try {
      ending = watchdog;
    } finally {
      watching.unlock();
    }
    if (ending != null) {
      ending.end();
    }
  }

  @Override
  public final void recordingsChanged() {
    WatchdogThread told;
    Recordings.State state;
    watching.lock();
    try {
      state = Recordings.state();
      LISTENING.setOpaque(this, listeners.with(state.events()));
      told = watchdog;
    } finally {
      watching.unlock();
    }
    if (told != null) {
      told.record(state.longPollNanos());
    }
  }

  /** Begins the shutdown, and returns at once. */
  abstract void requestShutdown();

  @Override
  public final AtomicLong pageNumbers() {
    return pageNumbers;
  }

  // ---- what is counted

  final Probes probes() {
    return probes;
  }

  /** Counts a task that was spawned on a thread that is no worker. */
  final void countSpawnElsewhere() {
    spawnedElsewhere.increment();
  }

  final long spawnedElsewhere() {
    return spawnedElsewhere.sum();
  }

  final long endedElsewhere(Outcome outcome) {
    return requireNonNull(endedElsewhere.get(outcome)).sum();
  }

  /** Ends a task that no queue has taken, and throws. */
  final RuntimeShutdownException refuse(Task<?> task) {
    task.refuse();
    return afterShutdown("and takes no tasks");
  }

  // ---- tasks

  private <T extends @Nullable Object> Task<T> newTask(@Nullable String name, Future<T> future) {
    requireNonNull(future, "future");
    Unpolled.used(future);
    Future<T> run = propagation == null ? future : propagation.capture(future);
    if (options.debug()) {
      return new TracedTask<>(run, name, spawnSite());
    }
    if (name != null || options.captureSpawnSites()) {
      return new NamedTask<>(run, name, spawnSite());
    }
    return new Task<>(run);
  }

  /** How a shutdown treats a task. */
  enum Care {
    /** It is cancelled at once. */
    NONE,
    /** It lives as long as shielded tasks do. */
    SPARED,
    /** It is waited for. */
    SHIELDED;

    /** What holds for a task that another one spawns. */
    static Care inheritedFrom(boolean spared) {
      return spared ? SPARED : NONE;
    }
  }

  /**
   * Makes a task for {@code future}, counted against the limit.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; the future has
   *     been cancelled
   * @throws SpawnRejectedException if there are too many tasks; the future has been cancelled
   */
  final <T extends @Nullable Object> Task<T> admit(
      @Nullable String name, Future<T> future, Care care) {
    Task<T> task = tryAdmit(name, future, care);
    if (task == null) {
      cancel(future);
      throw new SpawnRejectedException(
          described() + " has as many live tasks as maxTasks allows: " + options.maxTasks());
    }
    return task;
  }

  /** As {@link #admit}, but answers null if there are too many tasks; the future is untouched. */
  final <T extends @Nullable Object> @Nullable Task<T> tryAdmit(
      @Nullable String name, Future<T> future, Care care) {
    Task<T> task = newTask(name, future);
    if (closing && (care == Care.NONE || shieldsDown)) {
      cancel(future);
      throw afterShutdown("and takes no tasks");
    }
    if (!countTask()) {
      return null;
    }
    if (care == Care.SHIELDED) {
      task.shield();
      shielded.incrementAndGet();
    } else if (care == Care.SPARED) {
      task.spare();
    }
    return task;
  }

  /** How many shielded tasks have not ended. */
  final int shieldedTasks() {
    return shielded.get();
  }

  /** Whether the shutdown that is under way leaves a task or job alone for now. */
  final boolean spares(Task<?> task) {
    return task.isSpared() && !shieldsDown;
  }

  /** Asks a task to end for the shutdown, unless that spares it. */
  final void cancelUnlessSpared(Task<?> task) {
    if (!spares(task)) {
      task.requestCancel();
    }
  }

  /** The shielded tasks for which the shutdown had no time. */
  final List<TaskInfo> cutShields() {
    return List.copyOf(cutShields);
  }

  /** Reports each of {@code left} to the handler. */
  final void tell(String what, List<TaskInfo> left) {
    for (TaskInfo task : left) {
      handler.uncaught(
          new RuntimeShutdownException(what), TaskInfo.describe(task) + " of " + described());
    }
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

  /** Whether the clock moves only when it is told to. */
  public final boolean hasPausedClock() {
    return clock.isPaused();
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
  public final void ending(Task<?> task, Outcome outcome) {
    if (shieldsDown && outcome == Outcome.CANCELLED && task.isShielded()) {
      cutShields.add(
          task); // before it leaves the live tasks: a report finds it in one or the other
    }
    Counters own = ownCounters();
    if (own != null) {
      own.countEnd(outcome);
    } else {
      requireNonNull(endedElsewhere.get(outcome)).increment();
    }
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.taskEnded(task, outcome);
    }
  }

  /** What the calling thread counts in, if it runs tasks of this runtime. */
  abstract @Nullable Counters ownCounters();

  @Override
  public final void shieldEnded() {
    shielded.decrementAndGet();
  }

  /** Tells that a task is about to be queued for the first time. */
  final void spawned(Task<?> task) {
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.taskSpawned(task);
    }
  }

  @Override
  public final void cancelRequested(Task<?> task) {
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.cancelRequested(task);
    }
  }

  @Override
  public final void jobQueued(BlockingJob<?> job) {
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.jobQueued(job);
    }
  }

  @Override
  public final void jobStarted(BlockingJob<?> job) {
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.jobStarted(job);
    }
  }

  @Override
  public final void jobEnding(BlockingJob<?> job, Outcome outcome) {
    Listeners hearing = listening();
    if (hearing != null) {
      hearing.jobEnded(job, outcome);
    }
  }

  @Override
  public final void uncaught(TaskInfo task, Throwable failure) {
    if (closing
        && failure instanceof TaskCancelledException
        && !(task instanceof Task<?> own && spares(own))) {
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
  public final @Nullable Propagation propagation() {
    return propagation;
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
