package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.executor.ShutdownReport;
import dev.pollux.executor.WorkerMetrics;
import dev.pollux.executor.blocking.BlockingPool;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Task;
import dev.pollux.executor.time.TimerWheel;
import dev.pollux.spi.Driver;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on several workers, which steal from each other.
 *
 * <p>Read {@link Worker} for what one of them does, {@link Idle} for how they sleep and wake,
 * {@link Sentinel} for what happens if one is stuck, and {@link Shutdown} for how it all ends.
 *
 * @threading any thread
 */
public final class MultiThreadScheduler extends RuntimeScheduler {

  private static final long DRIVER_PATIENCE_NANOS = 1_000_000_000L;
  private static final long DRIVER_NAP_NANOS = 20_000;
  private static final long ROUGHLY_NANOS = 1_000_000;

  private static final VarHandle DRIVER_TAKEN =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "driverTaken", VarHandle.class, MultiThreadScheduler.class, boolean.class);

  private final LiveTasks tasks = new LiveTasks(this);
  private final SharedInjectQueue inject = new SharedInjectQueue();
  private final List<Worker> workers = new ArrayList<>();
  private final Idle<Worker> idle;
  private final WorkerThreads threads;
  private final BlockingPool blocking;
  private final Spawner spawner = new TaskSpawner();
  private final @Nullable Driver driver;
  private final TimerWheel outsideTimer;
  private final Shutdown shutdown;
  private final AtomicInteger nextPinned = new AtomicInteger();
  private final LongAdder unparks = new LongAdder();

  /** Polls that go on after they have given their worker away, by a call that blocks in place. */
  private final AtomicInteger pollsWithoutWorker = new AtomicInteger();

  /**
   * Threads that are in such a call, with what they poll with otherwise: what they wait for must
   * not be their own end.
   */
  private final Map<Thread, Poller> threadsInPlace = new ConcurrentHashMap<>();

  /** One at a time moves a paused clock. */
  private final ReentrantLock jumping = new ReentrantLock();

  /** Whether a worker is in the driver, or nobody may be any more. */
  @Keep private volatile boolean driverTaken;

  private volatile boolean driverFailed;

  /** Owned by the thread that shuts down. */
  private boolean driverClosed;

  /**
   * The time, as somebody has read it last; about {@link #ROUGHLY_NANOS} late while anybody works.
   */
  private volatile long roughNanos = System.nanoTime();

  /** Whether the workers end once they find no task. */
  private volatile boolean stopped;

  /** Makes a scheduler and starts its threads. */
  public MultiThreadScheduler(Options options) {
    super(options);
    this.driver = ServiceLoader.load(Driver.class).findFirst().orElse(null);
    this.driverTaken = driver == null;
    this.idle = new Idle<>(options.workers());
    this.blocking =
        new BlockingPool(
            this, options.blocking(), handler, this::spawnSite, this::jumpIfAllSleepSoon);
    this.threads =
        new WorkerThreads(
            options.name(),
            options.threadFactory(),
            options.blocking().maxThreads(),
            options.blocking().keepAliveNanos());
    Sentinel sentinel = new Sentinel(this, workers);
    for (int i = 0; i < options.workers(); i++) {
      workers.add(new Worker(this, i, sentinel));
    }
    sentinel.start();
    this.outsideTimer = workers.get(0).wheel();
    this.shutdown = new Shutdown(this);
    try {
      threads.start(workers);
      show();
      beginWatching(workers);
    } catch (Throwable incomplete) {
      closing = true;
      hide();
      stop();
      closeDriver();
      throw incomplete;
    }
  }

  // ---- spawning and waking

  private final class TaskSpawner implements Spawner {

    @Override
    public <T extends @Nullable Object> Task<T> spawn(Future<T> future) {
      return MultiThreadScheduler.this.spawn(null, future);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawn(String name, Future<T> future) {
      return MultiThreadScheduler.this.spawn(requireNonNull(name, "name"), future);
    }

    @Override
    public <T extends @Nullable Object> Task<T> spawnShielded(Future<T> future) {
      Worker worker = currentWorker();
      if (worker != null && worker.isInPinnedPoll()) { // and so must what belongs to it stay there
        return spawnPinned(worker.index(), null, future, true);
      }
      Task<T> task = admit(null, future, Care.SHIELDED);
      start(task, worker);
      return task;
    }
  }

  private <T extends @Nullable Object> Task<T> spawn(@Nullable String name, Future<T> future) {
    Worker worker = currentWorker();
    Task<T> task = admit(name, future, careOf(worker));
    start(task, worker);
    return task;
  }

  private Care careOf(@Nullable Worker spawning) {
    return Care.inheritedFrom(
        spawning != null ? spawning.isInSparedPoll() : isInSparedPollWithoutWorker());
  }

  /** Whether the calling thread is in the poll of a spared task that has given its worker away. */
  private boolean isInSparedPollWithoutWorker() {
    if (pollsWithoutWorker.get() == 0) {
      return false;
    }
    Poller poller = Poller.attached();
    if (poller == null) {
      poller = threadsInPlace.get(Thread.currentThread());
    }
    if (poller == null || !(poller.services() instanceof Worker w) || w.scheduler() != this) {
      return false;
    }
    Waker polled = poller.polledFor();
    Task<?> task = polled == null ? null : Task.of(polled);
    return task != null && task.isSpared();
  }

  @Override
  public boolean isInSparedWork() {
    return careOf(currentWorker()) != Care.NONE;
  }

  /**
   * As a spawn, unless there are too many tasks already.
   *
   * @return the task, or null: then the future is still the caller's
   */
  public <T extends @Nullable Object> @Nullable Task<T> trySpawn(
      @Nullable String name, Future<T> future) {
    Worker worker = currentWorker();
    Task<T> task = tryAdmit(name, future, careOf(worker));
    if (task != null) {
      start(task, worker);
    }
    return task;
  }

  private void start(Task<?> task, @Nullable Worker worker) {
    if (worker != null) {
      worker.lane().register(task);
      worker.counters.increment(Counters.SPAWNED);
    } else {
      tasks.register(task);
      countSpawnElsewhere();
    }
    spawned(task);
    if (worker != null) {
      worker.push(task);
    } else if (!tryScheduleFromOutside(task)) {
      throw refuse(task);
    }
  }

  /** The index of a worker for tasks that are to stay together. */
  public int choosePinned() {
    return Math.floorMod(nextPinned.getAndIncrement(), workers.size());
  }

  /**
   * Spawns a task that stays on one worker.
   *
   * @param index of the worker
   * @param name of the task, if any
   * @param future what it runs
   * @param shielded whether a shutdown waits for it
   */
  public <T extends @Nullable Object> Task<T> spawnPinned(
      int index, @Nullable String name, Future<T> future, boolean shielded) {
    Task<T> task = admit(name, future, shielded ? Care.SHIELDED : careOf(currentWorker()));
    PinnedTasks pinned = workers.get(index).pinned();
    pinned.live().register(task);
    countSpawnElsewhere();
    spawned(task);
    if (!pinned.enqueue(task)) {
      throw refuse(task);
    }
    return task;
  }

  LiveTasks.Lane newLane() {
    return tasks.newLane();
  }

  @Override
  public void schedule(Task<?> task) {
    Worker worker = currentWorker();
    if (worker != null) {
      worker.push(task);
    } else {
      scheduleFromOutside(task);
    }
  }

  @Override
  public boolean trySchedule(Task<?> task) {
    Worker worker = currentWorker();
    if (worker != null) {
      worker.push(task);
      return true;
    }
    return tryScheduleFromOutside(task);
  }

  @Override
  public void scheduleJoiner(Task<?> task) {
    Worker worker = currentWorker();
    if (worker != null) {
      worker.pushJoiner(task);
    } else {
      scheduleFromOutside(task);
    }
  }

  private void scheduleFromOutside(Task<?> task) {
    boolean taken = tryScheduleFromOutside(task);
    assert taken || task.isFinished() || stopped : "woken after shutdown: " + task;
  }

  /** Queues a task. Returns false if the runtime has stopped. */
  boolean tryScheduleFromOutside(Task<?> task) {
    probes().beginIfAsked(task);
    if (!inject.push(task)) {
      probes().forget(task);
      return false;
    }
    wakeForWork();
    return true;
  }

  @Override
  public void joinParks(Task<?> task) {
    blocking.taskWaitBegins();
  }

  @Override
  public void joinUnparked(Task<?> task) {
    blocking.taskWaitEnds();
  }

  /** The worker that the calling thread owns, if it is one of this scheduler's. */
  @Nullable Worker currentWorker() {
    Poller poller = Poller.attached();
    return poller != null
            && poller.services() instanceof Worker worker
            && worker.poller() == poller
            && worker.scheduler() == this
        ? worker
        : null;
  }

  @Override
  @Nullable Counters ownCounters() {
    Worker worker = currentWorker();
    return worker == null ? null : worker.counters;
  }

  @Override
  public long roughNanoTime() {
    return idle.allAsleep() ? System.nanoTime() : roughNanos;
  }

  /** Hears what time it is from somebody who has read the clock. */
  void noteTime(long nowNanos) {
    if (nowNanos - roughNanos > ROUGHLY_NANOS) { // else the line stays where it is
      roughNanos = nowNanos;
    }
  }

  /** Wakes a worker for a task that was pushed, if nobody is searching. */
  void wakeForWork() {
    if (idle.wantsSearcher()) {
      Worker sleeper = idle.wakeForWork();
      if (sleeper != null) {
        noteTime(System.nanoTime()); // nobody may have done so for long
        sleeper.unpark();
      }
    }
  }

  void countUnpark() {
    unparks.increment();
  }

  // ---- what the workers share

  SharedInjectQueue inject() {
    return inject;
  }

  Idle<Worker> idle() {
    return idle;
  }

  List<Worker> workers() {
    return workers;
  }

  /** Whether a worker without tasks would find one. */
  boolean hasStealableTasks() {
    if (!inject.isEmpty()) {
      return true;
    }
    for (Worker worker : workers) {
      if (!worker.ring().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Whether there are tasks that it is worth a wake to help with. */
  boolean hasBacklog() {
    if (!inject.isEmpty()) {
      return true;
    }
    for (Worker worker : workers) {
      if (worker.hasBacklog()) {
        return true;
      }
    }
    return false;
  }

  // ---- the driver

  @Nullable Driver driver() {
    return driver;
  }

  /** Takes the driver, unless somebody has it, or there is none. */
  boolean tryTakeDriver() {
    return !driverTaken && DRIVER_TAKEN.compareAndSet(this, false, true);
  }

  void releaseDriver() {
    driverTaken = driverFailed;
  }

  /** Gives up a driver that fails, whose holder is the caller. */
  void driverFailed(Throwable failure) {
    driverFailed = true;
    handler.uncaught(failure, "the I/O driver of " + described() + ", which is not asked any more");
  }

  /** Lets go of the driver, once nobody sleeps in it any more. */
  void closeDriver() {
    if (driver == null || driverClosed) {
      return;
    }
    driverClosed = true;
    long begun = System.nanoTime();
    while (!driverFailed && !tryTakeDriver()) { // never given back
      if (System.nanoTime() - begun > DRIVER_PATIENCE_NANOS) {
        handler.uncaught(
            new IllegalStateException("a worker still sleeps in it"),
            "closing the I/O driver of " + described());
        return;
      }
      driver.unpark();
      LockSupport.parkNanos(this, DRIVER_NAP_NANOS);
    }
    driverFailed = true;
    try {
      driver.close();
    } catch (Throwable failure) {
      handler.uncaught(failure, "closing the I/O driver of " + described());
    }
  }

  // ---- a paused clock

  /** Moves a paused clock on by hand. */
  public void advance(Duration duration) {
    clock.advance(duration, described());
    workers.forEach(Worker::unpark);
  }

  /** Has a sleeping worker move a paused clock, if nothing else can happen any more. */
  private void jumpIfAllSleepSoon() {
    if (clock.isPaused()) {
      Worker sleeper = idle.anySleeper();
      if (sleeper != null) {
        sleeper.unpark();
      }
    }
  }

  /** Moves a paused clock to the next deadline, once nothing else can happen. */
  void jumpIfAllSleep() {
    if (!clock.isPaused() || !idle.allAsleep()) {
      return;
    }
    jumping.lock();
    try {
      if (!idle.allAsleep()
          || pollsWithoutWorker.get() > 0
          || !blocking.isIdle()
          || hasStealableTasks()) {
        return;
      }
      long next = Long.MAX_VALUE;
      for (Worker worker : workers) {
        long deadline = worker.sleepsUntilNanos();
        if (worker.hasTasks() || deadline == Long.MIN_VALUE) {
          return; // it is about to wake
        }
        next = Math.min(next, deadline);
      }
      if (next != Long.MAX_VALUE) {
        clock.advanceTo(next);
        for (Worker worker : workers) {
          if (worker.sleepsUntilNanos() <= next) {
            worker.unpark();
          }
        }
      }
    } finally {
      jumping.unlock();
    }
  }

  // ---- blocking

  /**
   * Runs {@code future} as a task, and blocks until it is over.
   *
   * @throws Exception what the future throws
   */
  public <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception {
    requireNonNull(future, "future");
    refuseToBlockTasks(future);
    Task<T> root = spawn(null, future);
    boolean interrupted = false;
    Waker unparkThis = unparker(Thread.currentThread());
    blocking.taskWaitBegins();
    try {
      while (root.registerJoiner(unparkThis)) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          interrupted = true;
          root.requestCancel();
        }
      }
    } finally {
      blocking.taskWaitEnds();
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
                    "interrupted while blocking on a future of " + described())
                : afterShutdown("before the future was over"));
  }

  /**
   * Makes a call that blocks on the calling thread. If that is a worker's, another thread runs the
   * worker from then on.
   */
  public <T extends @Nullable Object> T blockInPlace(Callable<T> call) throws Exception {
    requireNonNull(call, "call");
    Poller attached = Poller.attached();
    if (attached == null) {
      return call.call();
    }
    if (!(attached.services() instanceof Worker worker) || worker.scheduler() != this) {
      throw new IllegalStateException(
          "blockInPlace of "
              + described()
              + " was called on a thread that is running tasks of \""
              + Poller.pollingName()
              + "\", and would block them: use spawnBlocking");
    }
    if (worker.poller() == attached) { // else this poll has given its worker away before
      if (!worker.isInPoll() || worker.isInPinnedPoll()) {
        throw new IllegalStateException(
            "blockInPlace of "
                + described()
                + " was called "
                + (worker.isInPoll() ? "in a pinned task" : "outside a poll")
                + ", which can't leave its worker: use spawnBlocking");
      }
      attached.endOfPollNow(); // with the worker: it wakes tasks
      pollsWithoutWorker.incrementAndGet();
      if (!threads.giveAway(worker)) {
        pollsWithoutWorker.decrementAndGet();
      }
    }
    attached.endOfPollNow();
    try {
      Poller.reattach(null);
      threadsInPlace.put(Thread.currentThread(), attached);
      return call.call();
    } finally {
      threadsInPlace.remove(Thread.currentThread());
      Poller.reattach(attached);
    }
  }

  /** Hears that a poll is over which had given its worker away. */
  void endedWithoutWorker() {
    if (pollsWithoutWorker.decrementAndGet() == 0) {
      jumpIfAllSleepSoon();
    }
  }

  // ---- shutting down

  @Override
  void requestShutdown() {
    shutdown.begin(options.patienceNanos());
  }

  /**
   * Shuts down: see {@code PolluxRuntime.close()}.
   *
   * @param patienceNanos how long to wait for what has begun
   */
  public ShutdownReport shutDown(long patienceNanos) {
    return shutdown.run(patienceNanos);
  }

  /**
   * As {@link #shutDown}, with the time that the runtime was built with, and reports to the
   * handler.
   */
  public void close() {
    shutdown.runUnclaimed(options.patienceNanos());
  }

  /** Whether the calling thread must not wait for the shutdown. */
  boolean mustNotWait() {
    return Poller.isAttached()
        || blocking.isOnItsThread()
        || shutdown.isOnItsThread()
        || threadsInPlace.containsKey(Thread.currentThread());
  }

  LiveTasks tasks() {
    return tasks;
  }

  BlockingPool blockingPool() {
    return blocking;
  }

  WorkerThreads threads() {
    return threads;
  }

  /** Takes the failure of a runtime that is lost, if it was not closed. */
  public void reportUnlessClosing(Throwable leak) {
    if (!closing) {
      handler.uncaught(leak, described());
    }
  }

  /** Has the workers end once they find no task. */
  void stop() {
    inject.close(Worker.BATCH);
    stopped = true;
    threads.close();
    workers.forEach(Worker::unpark);
  }

  boolean isStopped() {
    return stopped;
  }

  /** Whether shutdown is complete. */
  public boolean isClosed() {
    return shutdown.isComplete();
  }

  // ---- services

  /** Where tasks are spawned. */
  public Spawner spawner() {
    return spawner;
  }

  /** Where calls run that block. */
  public BlockingPool blocking() {
    return blocking;
  }

  /**
   * A clock for threads that are no workers; deadlines armed with it are kept by the first worker.
   */
  public Timer timer() {
    Worker worker = currentWorker();
    return worker != null ? worker.timer() : outsideTimer;
  }

  <S> Optional<S> service(Class<S> type) {
    return driver == null ? Optional.empty() : driver.service(type);
  }

  /** The number of tasks that have not ended. */
  public int liveTasks() {
    int count = tasks.size();
    for (Worker worker : workers) {
      count += worker.pinned().live().size();
    }
    return count;
  }

  /** Calls {@code action} with each live task. */
  void forEachTask(Consumer<? super Task<?>> action) {
    tasks.forEach(action);
    for (Worker worker : workers) {
      worker.pinned().live().forEach(action);
    }
  }

  @Override
  public RuntimeDump dump(int most) {
    Inspection inspection = new Inspection(most);
    forEachTask(inspection::add);
    blocking.forEachJob(inspection::add);
    return inspection.run(runtimeName(), workers);
  }

  @Override
  public RuntimeMetrics metrics() {
    List<WorkerMetrics> perWorker = new ArrayList<>();
    long[] pollTimes = new long[DurationCounts.BUCKETS];
    long[] latencies = new long[DurationCounts.BUCKETS];
    for (Worker worker : workers) {
      perWorker.add(worker.metrics());
      worker.meter().addPollsTo(pollTimes);
      worker.meter().addWaitsTo(latencies);
    }
    return new RuntimeMetrics(
        spawnedElsewhere() + sum(Counters.SPAWNED),
        endedElsewhere(Outcome.COMPLETED) + sum(Counters.COMPLETED),
        endedElsewhere(Outcome.FAILED) + sum(Counters.FAILED),
        endedElsewhere(Outcome.CANCELLED) + sum(Counters.CANCELLED),
        liveTasks(),
        unparks.sum(),
        inject.size(),
        threads.count(),
        blocking.threads(),
        blocking.idleThreads(),
        blocking.queueDepth(),
        DurationCounts.histogramOf(pollTimes),
        DurationCounts.histogramOf(latencies),
        perWorker);
  }

  private long sum(int counter) {
    long sum = 0;
    for (Worker worker : workers) {
      sum += worker.counters.get(counter);
    }
    return sum;
  }
}
