package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.executor.ShutdownReport;
import dev.pollux.executor.WorkerMetrics;
import dev.pollux.executor.blocking.BlockingPool;
import dev.pollux.executor.task.AfterTurn;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Task;
import dev.pollux.executor.time.TimerWheel;
import dev.pollux.spi.Driver;
import dev.pollux.spi.Parker;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on whatever thread drives it: one that blocks on a future, or a foreign loop that
 * ticks.
 *
 * @threading spawning, waking and closing from any thread; one thread at a time drives, and only
 *     that one touches the local queue, the poller and the wheel
 */
public final class CurrentThreadScheduler extends RuntimeScheduler implements Services, Watched {
  /*
   * Invariants
   *  I1  `driving` is a lock: the thread it names alone touches `local`, `poller`, `wheel` (as owner) and `parker.park`. It is
   *      handed over by a volatile write and a CAS, so the next driver sees all that the last one wrote.
   *  I2  A ready task is in `local` or in `inject`. Every turn empties `inject` into the end of `local` before it takes the
   *      front, so no task is polled twice before every task that was ready was polled once.
   *  I3  A thread in `waiting` either drives, or is parked with a waker on its own task. Whoever stops driving, or waiting,
   *      unparks the first of `waiting`: while somebody waits, somebody drives or is about to.
   *  I4  With an `onWork`, whoever stops driving leaves the mark of a sleeper in `inject`, so that the next push calls it, or
   *      calls it now. The exception is a tick that polled a task: its caller ticks again.
   *
   * Parking: the driver announces its sleep in the head of `inject` (see there); a push that finds the announcement unparks
   * it, once. Timers armed from elsewhere unpark it through the wheel.
   *
   * Shutdown: `closing` refuses spawns. While there are shielded tasks, the driver first cancels all that is not spared, and
   * goes on driving the rest. It then cancels every live task and runs the queue until none is left, closes
   * `inject` (a spawn that raced is in it, or was refused), cancels what came with it, and closes the wheel, the I/O driver and
   * the blocking pool.
   */
  private static final VarHandle DRIVING =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "driving", VarHandle.class, CurrentThreadScheduler.class, Thread.class);

  private static final long GRACE_NANOS = 100_000_000;

  private static final VarHandle POLL_COUNT =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "pollCount", VarHandle.class, CurrentThreadScheduler.class, long.class);

  private final LiveTasks tasks = new LiveTasks(this);
  private final InjectQueue inject = new InjectQueue();
  private final LocalQueue local = new LocalQueue();
  private final Poller poller;
  private final @Nullable Driver driver;
  private final Parker parker;
  private final TimerWheel wheel;
  private final Consumer<Waker> waking = this::wake;
  private final BlockingPool blocking;
  private final Spawner spawner;

  private volatile @Nullable Thread driving;
  private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

  private final CountDownLatch closed = new CountDownLatch(1);

  /** How long the shutdown waits for shielded tasks and jobs; only ever made shorter. */
  private volatile long patienceNanos;

  /** Whether a caller gets the report, so that the handler need not. */
  private volatile boolean reportClaimed;

  /** Set once the shutdown is complete. */
  private volatile @Nullable ShutdownReport report;

  /** What was attached to the driving thread before. Owned by the driving thread. */
  private @Nullable Poller attachedBefore;

  private final Counters counters = new Counters();
  private final Meter meter;
  private final Pace pace;
  private final LongAdder unparks = new LongAdder();
  private final LongAdder queuedFromOutside = new LongAdder();

  /** Odd during a poll. Written by the driving thread, in opaque mode; the watchdog reads it. */
  @Keep private long pollCount;

  // Owned by the driving thread.

  /** In debug mode, while the driving thread may sleep. */
  private @Nullable LockWatch lockWatch;

  /** Polls since the last look at timers and events. */
  private int pollsSinceEvents;

  /** The polls until the clock was read last. */
  private long pollsAtLook;

  /** Which one of the next tasks to be queued is followed; 0 until the next poll is measured. */
  private int waitsToMeasured;

  /** The poll count from which on a poll is measured. */
  private long measuredFrom;

  /** When the driving thread read the clock last. */
  private long lookedAtNanos = System.nanoTime();

  /** Whether the task that is being polled is spared by a shutdown. Owned by the driving thread. */
  private boolean turnIsSpared;

  /**
   * When the shutdown stops waiting for shielded tasks, while it does: then it sleeps as long as
   * that. Owned by the driving thread.
   */
  private @Nullable Patience patience;

  /** Makes a scheduler that nobody drives yet. */
  public CurrentThreadScheduler(Options options) {
    super(options);
    this.patienceNanos = options.patienceNanos();
    this.poller = new Poller(this, options.seed(), options.debug());
    this.driver = ServiceLoader.load(Driver.class).findFirst().orElse(null);
    this.parker = driver != null ? driver : new ThreadParker();
    this.wheel = new TimerWheel(clock, this::unpark);
    this.blocking =
        new BlockingPool(this, options.blocking(), handler, this::spawnSite, this::blockingIdle);
    this.spawner = new TaskSpawner();
    this.meter = new Meter(probes(), options.seed());
    this.pace = new Pace(0, options.eventInterval());
    try {
      show();
      beginWatching(List.of(this));
    } catch (Throwable failure) {
      closing = true;
      hide();
      if (driver != null) {
        driver.close();
      }
      throw failure;
    }
  }

  // ---- spawning and waking

  private final class TaskSpawner implements Spawner {

    @Override
    public <T extends @Nullable Object> Task<T> spawn(Future<T> future) {
      return CurrentThreadScheduler.this.spawn(null, future);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, Future<T> future) {
      return CurrentThreadScheduler.this.spawn(requireNonNull(name, "name"), future);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawnShielded(Future<T> future) {
      Task<T> task = admit(null, future, Care.SHIELDED);
      start(task);
      return task;
    }
  }

  private <T extends @Nullable Object> Task<T> spawn(@Nullable String name, Future<T> future) {
    Task<T> task = admit(name, future, Care.inheritedFrom(isInSparedWork()));
    start(task);
    return task;
  }

  @Override
  @Nullable Counters ownCounters() {
    return driving == Thread.currentThread() ? counters : null;
  }

  @Override
  public boolean isInSparedWork() {
    return driving == Thread.currentThread() && turnIsSpared;
  }

  /**
   * As a spawn, unless there are too many tasks already.
   *
   * @return the task, or null: then the future is still the caller's
   */
  public <T extends @Nullable Object> @Nullable Task<T> trySpawn(
      @Nullable String name, Future<T> future) {
    Task<T> task = tryAdmit(name, future, Care.inheritedFrom(isInSparedWork()));
    if (task != null) {
      start(task);
    }
    return task;
  }

  private void start(Task<?> task) {
    tasks.register(task);
    if (driving == Thread.currentThread()) {
      counters.increment(Counters.SPAWNED);
    } else {
      countSpawnElsewhere();
    }
    spawned(task);
    if (!enqueue(task)) {
      throw refuse(task);
    }
  }

  @Override
  public long roughNanoTime() {
    return driving == Thread.currentThread() ? lookedAtNanos : System.nanoTime();
  }

  @Override
  public void schedule(Task<?> task) {
    boolean taken = enqueue(task);
    assert taken || task.isFinished() : "woken after shutdown: " + task;
  }

  @Override
  public boolean trySchedule(Task<?> task) {
    return enqueue(task);
  }

  /** Queues a task. Returns false if the runtime is closed. */
  private boolean enqueue(Task<?> task) {
    if (driving == Thread.currentThread()) {
      addLast(task);
      return true;
    }
    probes().beginIfAsked(task);
    queuedFromOutside.increment();
    switch (inject.push(task)) {
      case QUEUED -> {
        return true;
      }
      case OWNER_SLEEPS -> {
        unpark();
        return true;
      }
      case REFUSED -> {
        queuedFromOutside.decrement();
        probes().forget(task);
        return false;
      }
    }
    throw new AssertionError();
  }

  /** Queues a task on the driving thread. */
  private void addLast(Task<?> task) {
    if (waitsToMeasured > 0 && --waitsToMeasured == 0) {
      meter.beginWait(task);
    }
    local.addLast(task);
  }

  /** Wakes whoever drives, or tells the foreign loop that nobody does. */
  private void unpark() {
    unparks.increment();
    parker.unpark();
    callOnWork(); // also while somebody drives: that one may be about to stop
  }

  private void callOnWork() {
    Runnable onWork = options.onWork();
    if (onWork != null) {
      try {
        onWork.run();
      } catch (Throwable failure) {
        handler.uncaught(failure, "the onWork callback of runtime \"" + runtimeName() + "\"");
      }
    }
  }

  private void blockingIdle() {
    if (clock.isPaused()) {
      parker.unpark(); // the clock waits for jobs to end before it jumps
    }
  }

  @Override
  void requestShutdown() {
    closing = true;
    unpark();
  }

  @Override
  public void joinParks(Task<?> task) {
    blocking.taskWaitBegins();
  }

  @Override
  public void joinUnparked(Task<?> task) {
    blocking.taskWaitEnds();
  }

  // ---- driving

  /**
   * Runs {@code future} as a task, and drives or waits until it is over.
   *
   * @throws Exception what the future throws
   */
  public <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception {
    requireNonNull(future, "future");
    refuseToBlockTasks(future);
    Task<T> root = spawn(null, future);
    boolean interrupted = false;
    Waker unparkThis = unparker(Thread.currentThread());
    waiting.add(Thread.currentThread());
    try {
      blocking.taskWaitBegins();
      while (!root.isFinished()) {
        if (tryEnter()) {
          try {
            listeners().threadStarted();
            watchLocks();
            driveUntilFinished(root);
          } finally {
            listeners().threadStopped();
            exit();
          }
        } else if (root.registerJoiner(unparkThis)) {
          LockSupport.park(this);
        }
        if (Thread.interrupted()) {
          interrupted = true;
          root.requestCancel();
        }
      }
    } catch (Throwable driverFailed) {
      root.cancel();
      throw driverFailed;
    } finally {
      blocking.taskWaitEnds();
      waiting.remove(Thread.currentThread());
      passOn();
      callOnWork(); // timers may have come and gone
    }
    if (interrupted && !root.wasCancelled()) {
      Thread.currentThread()
          .interrupt(); // the future was over first: the interrupt is for whatever comes next
    }
    boolean byInterrupt = interrupted;
    return root.takeUnwrapped(
        () ->
            byInterrupt
                ? new InterruptedException(
                    "interrupted while blocking on a future of runtime \"" + runtimeName() + "\"")
                : afterShutdown("before the future was over"));
  }

  private void enter() {
    if (Poller.isPolling()) {
      throw new IllegalStateException(
          "runtime \"" + runtimeName() + "\" can't be driven from inside a poll");
    }
    if (!tryEnter()) {
      throw new IllegalStateException(
          "runtime \"" + runtimeName() + "\" is being driven by thread " + driving);
    }
  }

  private boolean tryEnter() {
    if (driving != null || !DRIVING.compareAndSet(this, null, Thread.currentThread())) {
      return false;
    }
    attachedBefore = poller.attach();
    wheel.acquire();
    inject.unpark();
    long now = System.nanoTime();
    counters.beginSpan(Counters.DRIVEN_SINCE, now);
    noteTime(now);
    return true;
  }

  /** Learns from the polls since the last look at the clock. */
  private void learn(long nowNanos) {
    long polls = pollCount / 2;
    int count = (int) (polls - pollsAtLook);
    pollsAtLook = polls;
    meter.look(pace.learn(nowNanos, count), count, pace.meanNanos());
  }

  /** Hears what time it is, after a while without polls. */
  private void noteTime(long nowNanos) {
    lookedAtNanos = nowNanos;
    pace.skip(nowNanos);
    meter.askOutside(nowNanos);
  }

  /** Has the driving thread watched until it stops driving. */
  private void watchLocks() {
    lockWatch = heldLocks == null ? null : heldLocks.watchDriving();
  }

  /**
   * Stops driving. Returns whether tasks are ready of which no push will tell a foreign loop (I4).
   */
  @CanIgnoreReturnValue
  private boolean exit() {
    long now = System.nanoTime();
    learn(now);
    counters.endSpan(Counters.DRIVEN_NANOS, Counters.DRIVEN_SINCE, now);
    boolean untold = options.onWork() != null && !closing && !(local.isEmpty() && inject.tryPark());
    wheel.release();
    if (lockWatch != null) {
      HeldLocks.end(lockWatch);
      lockWatch = null;
    }
    Poller.reattach(attachedBefore);
    attachedBefore = null;
    driving = null;
    passOn();
    return untold;
  }

  /** Wakes one of those who wait to drive, if nobody drives. */
  private void passOn() {
    if (driving == null) {
      Thread next = waiting.peek();
      if (next != null) {
        LockSupport.unpark(next);
      }
    }
  }

  private void driveUntilFinished(Task<?> root) {
    while (!root.isFinished()) {
      if (closing) {
        shutDown();
        return;
      }
      if (runOne()) {
        if (pollsSinceEvents < options.eventInterval()) {
          continue;
        }
      } else if (!root.isFinished()) {
        turnEvents(true);
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /** Polls the task at the front, if there is one. */
  private boolean runOne() {
    if (pollsSinceEvents >= options.eventInterval()) {
      turnEvents(false);
    }
    counters.add(Counters.INJECTED, inject.takeAll(local));
    Task<?> task = local.pollFirst();
    if (task == null) {
      return false;
    }
    if (closing) {
      cancelUnlessSpared(task);
    }
    pollsSinceEvents++;
    if (pollCount >= measuredFrom) {
      if (waitsToMeasured == 0) {
        waitsToMeasured = meter.chooseWait();
      }
      long begun = System.nanoTime();
      poll(task);
      long took = System.nanoTime() - begun;
      measuredFrom = pollCount + 2L * (meter.poll(took, pollCount / 2, pace.meanNanos()) - 1);
    } else {
      poll(task);
    }
    return true;
  }

  /** Gives {@code task} a turn, and queues it again if it wants another. */
  private void poll(Task<?> task) {
    if (task.isMarked()) {
      meter.endWait(task);
    }
    AfterTurn turn;
    turnIsSpared = task.isSpared();
    POLL_COUNT.setOpaque(this, pollCount + 1);
    try {
      turn = turn(task);
    } finally {
      POLL_COUNT.setOpaque(this, pollCount + 1);
      turnIsSpared = false;
    }
    if (turn == AfterTurn.QUEUE_AGAIN) {
      addLast(task);
    }
    if (lockWatch != null) {
      lockWatch.polled(task);
    }
  }

  private AfterTurn turn(Task<?> task) {
    Listeners hearing = listening();
    if (hearing == null) {
      return task.run(poller);
    }
    Object started = hearing.pollStarted(task);
    long forcedYields = poller.budgetForcedYields();
    AfterTurn turn = task.run(poller);
    boolean again = turn == AfterTurn.QUEUE_AGAIN;
    hearing.pollEnded(task, started, again && poller.budgetForcedYields() != forcedYields);
    return turn;
  }

  /** Looks at timers and events; with {@code mayPark}, sleeps until there is something to do. */
  private void turnEvents(boolean mayPark) {
    long now = System.nanoTime();
    learn(now);
    pollsSinceEvents = 0;
    wheel.advance(clock.getAsLong(), waking);
    noteTime(now);
    if (mayPark && isIdle() && !clock.isPaused() && trySleep(now)) {
      return; // and the sleep has looked
    }
    if (driver != null) {
      driver.park(0);
    }
    if (mayPark && isIdle() && clock.isPaused()) {
      if (!blocking.isIdle() || !jumpToNextDeadline()) {
        trySleep(now);
      }
    }
  }

  /** Sleeps until there is something to do; false if there is already. */
  @CanIgnoreReturnValue
  private boolean trySleep(long now) {
    if (!inject.tryPark()) {
      return false;
    }
    Listeners hearing = listening();
    Object parked = hearing == null ? null : hearing.threadParked();
    boolean sleeps = false;
    try {
      sleeps = isIdle(); // else a listener has spawned or woken a task, or closed the runtime
      if (sleeps) {
        counters.increment(Counters.PARKS);
        counters.beginSpan(Counters.ASLEEP_SINCE, now);
        try {
          park(parkNanos());
        } finally {
          long woken = System.nanoTime();
          counters.endSpan(Counters.ASLEEP_NANOS, Counters.ASLEEP_SINCE, woken);
          noteTime(woken);
        }
      }
    } finally {
      inject.unpark();
      if (hearing != null) {
        hearing.threadUnparked(parked);
      }
    }
    return sleeps;
  }

  private void park(long timeoutNanos) {
    LockWatch watch = lockWatch;
    if (watch == null || listening() != null) {
      parker.park(timeoutNanos);
      return;
    }
    try {
      watch.sleeps();
      parker.park(timeoutNanos);
    } finally {
      watch.wakes();
    }
  }

  private boolean isIdle() {
    return local.isEmpty() && !inject.hasTasks() && (!closing || patience != null);
  }

  /** Moves a paused clock to the next deadline, once nothing else can happen. */
  private boolean jumpToNextDeadline() {
    long deadline = wheel.nextDeadlineNanos();
    if (deadline == Long.MAX_VALUE || inject.hasTasks()) {
      return false;
    }
    clock.advanceTo(deadline);
    wheel.advance(deadline, waking);
    return true;
  }

  private long parkNanos() {
    Patience patience = this.patience;
    long longest = patience == null ? Parker.FOREVER : patience.leftNanos();
    long deadline = wheel.nextDeadlineNanos();
    if (deadline == Long.MAX_VALUE || clock.isPaused()) {
      return longest;
    }
    long untilDeadline = Math.max(0, deadline - clock.getAsLong());
    return longest == Parker.FOREVER ? untilDeadline : Math.min(untilDeadline, longest);
  }

  /**
   * Does what is due and polls one task, on behalf of a foreign loop.
   *
   * @param mayPark whether to sleep until there is a task to poll
   * @return whether a task was polled
   */
  public boolean tick(boolean mayPark) {
    enter();
    try {
      listeners().threadStarted();
      if (mayPark) {
        watchLocks();
      }
      while (true) {
        if (closing) {
          shutDown();
          return false;
        }
        if (runOne()) {
          return true;
        }
        turnEvents(mayPark);
        if (runOne()) {
          return true;
        }
        boolean stop = !mayPark || Thread.currentThread().isInterrupted();
        // With onWork, "nothing is ready" and the announcement that the next push must call it are
        // one step.
        if (stop && (options.onWork() == null || inject.tryPark())) {
          return false;
        }
      }
    } finally {
      listeners().threadStopped();
      exit();
    }
  }

  /** The time until the next timer is due, if one is armed. */
  public Optional<Duration> untilNextTimer() {
    enter();
    long deadline;
    boolean untold;
    try {
      deadline = wheel.nextDeadlineNanos();
    } finally {
      untold = exit();
    }
    if (untold) {
      callOnWork();
    }
    return deadline == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, deadline - clock.getAsLong())));
  }

  /** Moves a paused clock on. */
  public void advance(Duration duration) {
    clock.advance(duration, described());
    unpark();
  }

  // ---- shutting down

  /** Closes the runtime: see {@code PolluxRuntime.close()}. */
  public void close() {
    close(Long.MAX_VALUE);
  }

  /**
   * Closes the runtime, and answers what was left: see {@code PolluxRuntime.shutdown}.
   *
   * @param patience how long to wait, in nanoseconds, for the thread that drives and for the jobs
   */
  public ShutdownReport shutDown(long patience) {
    patienceNanos = Math.min(patience, patienceNanos);
    reportClaimed = true;
    // Who drives waits as long itself, and then cancels what is left.
    close(patience < Long.MAX_VALUE - GRACE_NANOS ? patience + GRACE_NANOS : patience);
    ShutdownReport last = report;
    if (last != null) {
      return last;
    }
    List<TaskInfo> live = new ArrayList<>();
    tasks.forEach(live::add);
    List<TaskInfo> cut = cutShields(); // after the live: they come here before they leave there
    live.removeAll(Set.copyOf(cut));
    live.addAll(cut);
    return new ShutdownReport(false, live, List.of());
  }

  private void close(long limitNanos) {
    closing = true;
    if (driving == Thread.currentThread()) {
      return; // this thread shuts down after its poll
    }
    if (Poller.isAttached() || blocking.isOnItsThread()) {
      // This thread must not wait: for another runtime's tasks, or for the job that it runs itself.
      if (closed.getCount() > 0 && tryEnter()) {
        try {
          listeners().threadStarted();
          shutDown();
        } finally {
          listeners().threadStopped();
          exit();
        }
      } else {
        unpark(); // who drives shuts down
      }
      return;
    }
    long begun = System.nanoTime();
    boolean interrupted = false;
    while (closed.getCount() > 0 && System.nanoTime() - begun <= limitNanos) {
      if (tryEnter()) {
        try {
          listeners().threadStarted();
          shutDown();
        } finally {
          listeners().threadStopped();
          exit();
        }
      } else {
        parker.unpark();
        try {
          if (closed.await(1, TimeUnit.MILLISECONDS)) {
            break;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void shutDown() {
    if (closed.getCount() == 0) {
      return;
    }
    Patience patience = new Patience();
    awaitShielded(patience);
    shieldsDown = true;
    cancelAll();
    counters.add(Counters.INJECTED, inject.close(local));
    cancelAll();
    wheel.close(waking);
    if (driver != null) {
      try {
        driver.close();
      } catch (Throwable failure) {
        handler.uncaught(failure, "closing the I/O driver of " + described());
      }
    }
    List<TaskInfo> running = blocking.shutdown(patience.leftNanos());
    List<TaskInfo> cut = cutShields();
    report = new ShutdownReport(running.isEmpty() && cut.isEmpty(), cut, running);
    if (!reportClaimed) {
      tell("a shielded task was cancelled by the shutdown", cut);
      tell("a blocking job still runs after shutdown", running);
    }
    hide();
    endWatching();
    closed.countDown();
  }

  /** What the shutdown may wait from now on; nothing on a thread that must not. */
  private final class Patience {

    private final long begunNanos = System.nanoTime();

    long leftNanos() {
      return attachedBefore != null
          ? 0
          : Math.max(0, patienceNanos - (System.nanoTime() - begunNanos));
    }
  }

  /** Cancels all but what is spared, and polls that until the shielded tasks have ended. */
  private void awaitShielded(Patience patience) {
    boolean interrupted = false;
    this.patience = patience;
    try {
      blocking.refuse();
      tasks.forEach(this::cancelUnlessSpared);
      while ((shieldedTasks() > 0 || hasUnspared()) && patience.leftNanos() > 0) {
        if (!runOne()) {
          interrupted |= Thread.interrupted(); // else it would not sleep
          turnEvents(true);
        }
      }
    } catch (Throwable driverFailed) {
      handler.uncaught(driverFailed, "waiting for the shielded tasks of " + described());
    } finally {
      this.patience = null;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether a task is live that the shutdown does not spare: its cancel may yet shield another. */
  private boolean hasUnspared() {
    boolean[] found = new boolean[1];
    tasks.forEach(task -> found[0] |= !task.isSpared());
    return found[0];
  }

  private void cancelAll() {
    while (tasks.size() > 0) {
      tasks.forEach(Task::requestCancel);
      counters.add(Counters.INJECTED, inject.takeAll(local));
      Task<?> task = local.pollFirst();
      if (task == null) {
        Thread.onSpinWait(); // another thread is between registering and queueing a task
        continue;
      }
      while (task != null) {
        task.requestCancel(); // it may have been registered after the look at all of them
        poll(task);
        assert task.isFinished() : task;
        task = local.pollFirst();
      }
    }
  }

  // ---- the watchdog

  @Override
  public long pollCount() {
    return (long) POLL_COUNT.getOpaque(this);
  }

  @Override
  public @Nullable StuckPoll sample() {
    Thread thread = driving;
    return thread == null ? null : new StuckPoll.PollingThread(thread, poller).sample();
  }

  /** Whether shutdown is complete. */
  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  // ---- services

  /** Where tasks are spawned. */
  @Override
  public Spawner spawner() {
    return spawner;
  }

  @Override
  public BlockingPool blocking() {
    return blocking;
  }

  @Override
  public Timer timer() {
    return wheel;
  }

  @Override
  public <S> Optional<S> service(Class<S> type) {
    return driver == null ? Optional.empty() : driver.service(type);
  }

  @Override
  public String name() {
    return options.name();
  }

  /** The number of tasks that have not ended. */
  public int liveTasks() {
    return tasks.size();
  }

  @Override
  public RuntimeDump dump(int most) {
    Inspection inspection = new Inspection(most);
    tasks.forEach(inspection::add);
    blocking.forEachJob(inspection::add);
    return inspection.run(runtimeName(), List.of(this));
  }

  @Override
  public RuntimeMetrics metrics() {
    long[] pollTimes = new long[DurationCounts.BUCKETS];
    meter.addPollsTo(pollTimes);
    long[] latencies = new long[DurationCounts.BUCKETS];
    meter.addWaitsTo(latencies);
    return new RuntimeMetrics(
        spawnedElsewhere() + counters.get(Counters.SPAWNED),
        endedElsewhere(Outcome.COMPLETED) + counters.get(Counters.COMPLETED),
        endedElsewhere(Outcome.FAILED) + counters.get(Counters.FAILED),
        endedElsewhere(Outcome.CANCELLED) + counters.get(Counters.CANCELLED),
        liveTasks(),
        unparks.sum(),
        (int) Math.max(0, queuedFromOutside.sum() - counters.get(Counters.INJECTED)),
        0,
        blocking.threads(),
        blocking.idleThreads(),
        blocking.queueDepth(),
        DurationCounts.histogramOf(pollTimes),
        DurationCounts.histogramOf(latencies),
        List.of(driverMetrics()));
  }

  /** What whatever thread drives has counted. */
  private WorkerMetrics driverMetrics() {
    long now = System.nanoTime();
    long slept = counters.lasted(Counters.ASLEEP_NANOS, Counters.ASLEEP_SINCE, now);
    long busy = counters.lasted(Counters.DRIVEN_NANOS, Counters.DRIVEN_SINCE, now);
    return new WorkerMetrics(
        Duration.ofNanos(Math.max(0, busy - slept)),
        pollCount() / 2,
        0,
        0,
        0,
        counters.get(Counters.INJECTED),
        0,
        0,
        counters.get(Counters.PARKS),
        counters.get(Counters.IDLE_WAKES),
        poller.budgetForcedYields(),
        local.size(),
        wheel.pending());
  }
}
