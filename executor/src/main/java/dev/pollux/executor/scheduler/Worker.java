package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Discard;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.executor.WorkerMetrics;
import dev.pollux.executor.task.AfterTurn;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Task;
import dev.pollux.executor.time.TimerWheel;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Parker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the workers of a multi-thread runtime: its queues, its timers, and the loop that polls.
 *
 * @threading run by one thread at a time, the owner; other threads call what says so
 */
final class Worker extends Padded implements Services, Idle.Sleeper, Watched {
  /*
   * The owner is the thread that runs the loop. A worker changes hands in one case: a task calls blockInPlace, and its
   * thread gives the worker to another and is no owner from then on, although the poll that it is in goes on.
   *
   * Invariants
   *  I1  `poller` names the owner: it is attached to the owner's thread, and to no other. Who gives the worker away clears
   *      it first, so a thread that has given the worker away never takes itself for the owner.
   *  I2  `pollCount` is odd while the owner is in a poll. It is written by the owner only, in opaque mode: a thread that
   *      reads the same odd value twice knows that one poll has lasted for the time between, at least.
   *  I3  The owner holds the wheel while it turns it and while it sleeps, and not while it polls.
   *
   * What runs next: the task in the LIFO slot, but not more than LIFO_RUNS times in a row if others wait; else the oldest of
   * the ring, in turns with the oldest that is pinned here; once in `pace.pollsToInject()` polls one from outside first. With
   * nothing of its own: a batch from outside, then half of what another worker has, for SPIN_NANOS; then sleep.
   *
   * A task that is woken or spawned by the one that is being polled goes into the LIFO slot if that is empty, else into the
   * ring. (The slot keeps the first: it is as warm, nobody overtakes it, and putting it in costs no atomic operation.) What
   * a timer or an event wakes goes into the ring.
   */
  private static final int RING_CAPACITY = 256;

  /** How many tasks travel together. */
  static final int BATCH = RING_CAPACITY / 2;

  private static final int LIFO_RUNS = 3;
  private static final long SPIN_NANOS = 20_000;

  /**
   * Events and timers call another worker for help if their tasks are likely to take so long: to
   * wake a thread costs some 8 µs here, and it comes some 30 µs later.
   */
  private static final long WORTH_A_WAKE_NANOS = 100_000;

  /** So many wake-ups at once take time that must not be taken for that of polls. */
  private static final int MANY_WOKEN = 16;

  /** Each look at a queue takes its line of the cache away from the worker that fills it. */
  private static final int SPINS_BETWEEN_LOOKS = 16;

  private static final VarHandle POLL_COUNT =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "pollCount", VarHandle.class, Worker.class, long.class);

  private final MultiThreadScheduler scheduler;
  private final int index;
  private final Options options;
  private final Idle<Worker> idle;
  private final Sentinel sentinel;
  private final RuntimeClock clock;
  private final Ring ring = new Ring(RING_CAPACITY);
  private final @Nullable Task<?>[] overflowing;
  private final LifoSlot lifo = new LifoSlot();
  private final PinnedTasks pinned;
  private final TimerWheel wheel;
  private final WorkerParker parker;
  private final Pace pace;
  private final Consumer<Waker> waking;
  private final LiveTasks.Lane lane;
  private final Meter meter;
  final Counters counters = new Counters();

  private @Nullable Poller poller;

  /** In debug mode only; that of the owner. */
  private @Nullable LockWatch lockWatch;

  @Keep private long pollCount;

  /** The owner, for whoever looks at what it does (I1). */
  private volatile StuckPoll.@Nullable PollingThread polling;

  private volatile boolean asleep;

  // Owned by the owner.
  private boolean searching;
  private int pollsSinceEvents;
  private int pollsSinceInject;

  /** Which one of the next tasks to be queued is followed; 0 until the next poll is measured. */
  private int waitsToMeasured;

  /** The poll count from which on a poll is measured. */
  private long measuredFrom;

  private int lifoRuns;
  private boolean pinnedNext;
  private boolean turnIsPinned;
  private boolean turnIsSpared;
  private long random;
  private long owners;

  private final long startedNanos = System.nanoTime();

  Worker(MultiThreadScheduler scheduler, int index, Sentinel sentinel) {
    this.scheduler = scheduler;
    this.index = index;
    this.overflowing = new @Nullable Task<?>[RING_CAPACITY];
    this.options = scheduler.options;
    this.idle = scheduler.idle();
    this.sentinel = sentinel;
    this.clock = scheduler.clock;
    this.wheel = new TimerWheel(clock, this::unpark);
    this.parker = new WorkerParker(scheduler.driver());
    this.pinned = new PinnedTasks(this, scheduler);
    this.pace = new Pace(options.injectInterval(), options.eventInterval());
    this.waking = scheduler::wake;
    this.lane = scheduler.newLane();
    this.meter = new Meter(scheduler.probes(), options.seed() + index);
    this.random = options.seed() + index;
  }

  // ---- any thread

  /** The poller that names the owner (I1). Meaningful to the thread that it is attached to. */
  @Nullable Poller poller() {
    return poller;
  }

  /** See I2. */
  @Override
  public long pollCount() {
    return (long) POLL_COUNT.getOpaque(this);
  }

  @Override
  public @Nullable StuckPoll sample() {
    StuckPoll.PollingThread owner = polling;
    return owner == null ? null : owner.sample();
  }

  /**
   * What sleeps of timers there are that another thread may want to know: see {@link TimerWheel}.
   */
  long sleepsUntilNanos() {
    return wheel.sleepsUntilNanos();
  }

  MultiThreadScheduler scheduler() {
    return scheduler;
  }

  int index() {
    return index;
  }

  PinnedTasks pinned() {
    return pinned;
  }

  Meter meter() {
    return meter;
  }

  /** How many tasks are in the worker's own queues. */
  int queueDepth() {
    return ring.size() + (lifo.isEmpty() ? 0 : 1) + pinned.depth();
  }

  /** What has been counted so far. */
  WorkerMetrics metrics() {
    long now = System.nanoTime();
    long asleep = counters.lasted(Counters.ASLEEP_NANOS, Counters.ASLEEP_SINCE, now);
    Poller current = poller;
    return new WorkerMetrics(
        Duration.ofNanos(Math.max(0, now - startedNanos - asleep)),
        pollCount() / 2,
        counters.get(Counters.LIFO_POLLS),
        counters.get(Counters.STEALS),
        counters.get(Counters.STOLEN),
        counters.get(Counters.INJECTED),
        counters.get(Counters.OVERFLOWS),
        counters.get(Counters.RESCUES),
        counters.get(Counters.PARKS),
        counters.get(Counters.IDLE_WAKES),
        counters.get(Counters.BUDGET_YIELDS) + (current == null ? 0 : current.budgetForcedYields()),
        queueDepth(),
        wheel.pending());
  }

  TimerWheel wheel() {
    return wheel;
  }

  Ring ring() {
    return ring;
  }

  /** Ends the current or the next sleep. */
  void unpark() {
    if (parker.unpark()) {
      scheduler.countUnpark();
    }
  }

  @Override
  public boolean isAsleep() {
    return asleep;
  }

  @Override
  public void setAsleep(boolean asleep) {
    this.asleep = asleep;
  }

  @Override
  public boolean isLastChoice() {
    return sentinel.isHeldBy(this);
  }

  /**
   * Takes the task in the LIFO slot away from a worker that is stuck in a poll, and turns its
   * wheel.
   *
   * @param rescuer the worker of the calling thread
   * @return how long it is until the wheel is due next
   */
  long rescue(Worker rescuer) {
    boolean took = false;
    Task<?> task = lifo.steal();
    if (task != null) {
      rescuer.pushToRing(task);
      took = true;
    }
    long next = Long.MAX_VALUE;
    if (wheel.tryAcquire()) {
      try {
        long now = clock.getAsLong();
        took |= wheel.advance(now, rescuer.waking) > 0;
        long deadline = wheel.nextDeadlineNanos();
        if (deadline != Long.MAX_VALUE && !clock.isPaused()) {
          next = Math.max(0, deadline - now);
        }
      } finally {
        wheel.release();
      }
    }
    if (took) {
      rescuer.counters.increment(Counters.RESCUES);
    }
    return next;
  }

  // ---- the owner: queues

  LiveTasks.Lane lane() {
    return lane;
  }

  /** Whether the owner is in a poll. */
  boolean isInPoll() {
    return (pollCount & 1) != 0;
  }

  /** Whether the task that is being polled stays on this worker. */
  boolean isInPinnedPoll() {
    return isInPoll() && turnIsPinned;
  }

  /** Whether a shutdown spares the task that is being polled. */
  boolean isInSparedPoll() {
    return isInPoll() && turnIsSpared;
  }

  /** Queues a task that was spawned or woken by this thread. */
  void push(Task<?> task) {
    measureWait(task);
    if (!isInPoll() || !options.lifoSlot() || !lifo.tryPut(task)) {
      pushBehind(task);
    }
  }

  /**
   * Queues a task that waited for the one that this thread runs. Behind the others, if there are
   * any: in front it would wait for the next of them at once. No help is called for: the others
   * called for theirs.
   */
  void pushJoiner(Task<?> task) {
    if (ring.isEmpty()) {
      push(task);
    } else {
      measureWait(task);
      pushToRing(task);
    }
  }

  /** Follows a task that is about to be queued, if it was chosen. */
  private void measureWait(Task<?> task) {
    if (waitsToMeasured > 0 && --waitsToMeasured == 0) {
      meter.beginWait(task);
    }
  }

  /** Queues a task behind the others of this worker. */
  private void pushBehind(Task<?> task) {
    pushToRing(task);
    if (isInPoll()) { // else this thread turns its timers or events, and looks afterwards
      scheduler.wakeForWork();
    }
  }

  /** Calls for help with what events and timers have queued, if that takes long enough. */
  private void shareRing() {
    if (hasBacklog()) {
      scheduler.wakeForWork();
    }
  }

  /**
   * Whether the tasks that wait here are likely to take so long that another worker should help.
   * Called by any worker; the mean is read as it comes.
   */
  boolean hasBacklog() {
    int waiting = ring.size();
    return waiting > 1 && waiting * pace.meanNanos() >= WORTH_A_WAKE_NANOS;
  }

  private void pushToRing(Task<?> task) {
    if (!ring.tryPush(task)) {
      overflow(task);
    }
  }

  /** Moves the newer half of the ring, and {@code task}, to the inject queue. */
  private void overflow(Task<?> task) {
    Task<?>[] batch = new Task<?>[BATCH + 1]; // before anything is taken, for it may fail
    counters.increment(Counters.OVERFLOWS);
    int count = ring.takeAll(overflowing);
    int kept = count == RING_CAPACITY ? RING_CAPACITY - BATCH : count; // else thieves made room
    for (int i = 0; i < kept; i++) {
      Task<?> own = overflowing[i];
      assert own != null;
      boolean pushed = ring.tryPush(own);
      assert pushed;
    }
    if (kept == count) {
      boolean pushed = ring.tryPush(task);
      assert pushed;
    } else {
      System.arraycopy(overflowing, kept, batch, 0, BATCH);
      batch[BATCH] = task;
      scheduler.inject().pushBatch(batch);
    }
    Arrays.fill(overflowing, 0, count, null);
  }

  /** Whether the worker has a task of its own. */
  boolean hasTasks() {
    return !ring.isEmpty() || !lifo.isEmpty() || !pinned.isEmpty();
  }

  /** The next task, or null if the worker has none and none came from outside. */
  private @Nullable Task<?> next() {
    turnIsPinned = false;
    if (++pollsSinceInject >= pace.pollsToInject()) {
      pollsSinceInject = 0;
      Task<?> task = takeInjected(1);
      if (task != null) {
        return task;
      }
    }
    Task<?> task = lifo.take();
    if (task != null) {
      if (lifoRuns < LIFO_RUNS || (ring.isEmpty() && pinned.isEmpty())) {
        lifoRuns++;
        counters.increment(Counters.LIFO_POLLS);
        return task;
      }
      pushToRing(task);
    }
    lifoRuns = 0;
    pinnedNext = !pinnedNext;
    if (pinnedNext) {
      task = takePinned();
      return task != null ? task : takeShared();
    }
    task = takeShared();
    return task != null ? task : takePinned();
  }

  private @Nullable Task<?> takePinned() {
    Task<?> task = pinned.poll();
    turnIsPinned = task != null;
    return task;
  }

  private @Nullable Task<?> takeShared() {
    Task<?> task = ring.pop();
    return task != null ? task : takeInjected(BATCH);
  }

  private @Nullable Task<?> takeInjected(int most) {
    SharedInjectQueue inject = scheduler.inject();
    if (inject.isEmpty()) {
      return null;
    }
    Task<?> task = inject.take(most, ring);
    if (task != null) {
      counters.add(Counters.INJECTED, most == 1 ? 1 : ring.size() + 1L);
      if (!searching && (!ring.isEmpty() || !inject.isEmpty())) {
        scheduler.wakeForWork();
      }
    }
    return task;
  }

  // ---- the owner: the loop

  /**
   * Runs the worker on the calling thread.
   *
   * @return true if the worker was given to another thread, false if the runtime has stopped
   */
  boolean run() {
    Poller mine = new Poller(this, nextSeed(), options.debug());
    poller = mine;
    Poller before = mine.attach();
    polling = new StuckPoll.PollingThread(Thread.currentThread(), mine);
    wheel.makeHome();
    boolean stopped = false;
    LockWatch watch = null;
    try {
      HeldLocks heldLocks = scheduler.heldLocks;
      watch = heldLocks == null ? null : heldLocks.watchWorker();
      lockWatch = watch;
      scheduler.listeners().threadStarted();
      while (poller == mine && !stopped) {
        try {
          stopped = turn(mine);
        } catch (Throwable failure) {
          if (poller == mine && isInPoll()) {
            POLL_COUNT.setOpaque(this, pollCount + 1);
          }
          tell(failure);
        }
      }
    } finally {
      if (poller == mine) { // it has stopped, and owns the worker to the end
        polling = null;
        counters.beginSpan(Counters.ASLEEP_SINCE, System.nanoTime()); // as if asleep, for ever
      }
      scheduler.listeners().threadStopped();
      Poller.reattach(before);
      if (watch != null) {
        HeldLocks.end(watch);
      }
    }
    if (!stopped) {
      scheduler.endedWithoutWorker();
    }
    return !stopped;
  }

  /** Another one for each owner: the random numbers of a poll don't begin anew. */
  private long nextSeed() {
    return options.seed() + index + (long) scheduler.workers().size() * owners++;
  }

  /** Reports a failure of the runtime itself; whatever happens, the worker goes on. */
  private void tell(Throwable failure) {
    try {
      scheduler.handler.uncaught(failure, "a worker of " + scheduler.described());
    } catch (Throwable second) {
      failure.addSuppressed(second); // there is nobody left to tell
    }
  }

  /** Runs one task, or looks for one, or sleeps. Returns whether the worker has stopped. */
  private boolean turn(Poller mine) {
    if (pollsSinceEvents >= pace.pollsToEvents()) {
      turnEvents();
    }
    Task<?> task = next();
    if (task == null) {
      if (scheduler.isStopped()) {
        return tryStop();
      }
      task = search();
      if (task == null) {
        sleep();
        return false;
      }
    }
    if (searching) {
      stopSearching();
    }
    if (pollCount >= measuredFrom) {
      pollMeasured(task, mine);
    } else {
      poll(task, mine);
    }
    return false;
  }

  private void pollMeasured(Task<?> task, Poller mine) {
    if (waitsToMeasured == 0) {
      waitsToMeasured = meter.chooseWait();
    }
    long begun = System.nanoTime();
    poll(task, mine);
    if (poller == mine) { // else another thread measures here now
      long took = System.nanoTime() - begun;
      measuredFrom = pollCount + 2L * (meter.poll(took, pollCount / 2, pace.meanNanos()) - 1);
    }
  }

  private void poll(Task<?> task, Poller mine) {
    if (scheduler.closing) {
      scheduler.cancelUnlessSpared(task); // it may have been spawned after the look at all tasks
    }
    boolean isPinned = turnIsPinned;
    if (task.isMarkedOrSpared()) {
      lookAtMarks(task);
    } else if (turnIsSpared) {
      turnIsSpared = false;
    }
    POLL_COUNT.setOpaque(this, pollCount + 1);
    Listeners hearing = scheduler.listening();
    AfterTurn turn = hearing == null ? task.run(mine) : runHeard(task, mine, hearing);
    Thread.interrupted(); // a task's interrupt is neither the next one's, nor does it end a sleep
    if (poller != mine) { // given away meanwhile: this thread is like any other now
      endTurnWithoutWorker(task, turn, mine);
      return;
    }
    POLL_COUNT.setOpaque(this, pollCount + 1);
    pollsSinceEvents++;
    if (turn == AfterTurn.QUEUE_AGAIN) {
      queueAgain(task, isPinned);
    }
    if (lockWatch != null) {
      lockWatch.polled(task);
    }
  }

  // The seldom parts of a poll are methods of their own: the compiler takes only small ones in.

  private void lookAtMarks(Task<?> task) {
    if (task.isMarked()) {
      meter.endWait(task);
    }
    turnIsSpared = task.isSpared();
  }

  private AfterTurn runHeard(Task<?> task, Poller mine, Listeners hearing) {
    Object started = hearing.pollStarted(task);
    long forcedYields = mine.budgetForcedYields();
    AfterTurn turn = task.run(mine);
    boolean again = turn == AfterTurn.QUEUE_AGAIN;
    hearing.pollEnded(task, started, again && mine.budgetForcedYields() != forcedYields);
    return turn;
  }

  private void queueAgain(Task<?> task, boolean isPinned) {
    if (isPinned) {
      pinned.addLast(task);
    } else {
      measureWait(task);
      pushToRing(task);
    }
  }

  private void endTurnWithoutWorker(Task<?> task, AfterTurn turn, Poller mine) {
    if (turn == AfterTurn.QUEUE_AGAIN && !scheduler.tryScheduleFromOutside(task)) {
      task.requestCancel(); // the runtime has stopped meanwhile: the next turn is the last
      AfterTurn last = task.run(mine);
      assert last == AfterTurn.ENDED;
    }
  }

  /** Looks at timers, events and the other workers, and does not sleep. */
  private void turnEvents() {
    long now = System.nanoTime();
    meter.look(pace.learn(now, pollsSinceEvents), pollsSinceEvents, pace.meanNanos());
    noteTime(now);
    pollsSinceEvents = 0;
    if (wheel.tryAcquire()) { // else it is being turned for this worker
      try {
        if (wheel.advance(clock.getAsLong(), waking) > MANY_WOKEN) {
          pace.skip(System.nanoTime());
        }
      } finally {
        wheel.release();
      }
    }
    if (scheduler.tryTakeDriver()) {
      parkInDriver(0);
    }
    sentinel.lookIfDue(this, now);
    shareRing(); // also because the check of a push may have come too early: see Idle
  }

  /** Says what time it is to those who read no clock. */
  private void noteTime(long nowNanos) {
    lane.setTime(nowNanos);
    scheduler.noteTime(nowNanos);
    meter.askOutside(nowNanos);
  }

  // ---- the owner: without tasks

  /** Looks for a task of others for a while. */
  private @Nullable Task<?> search() {
    if (!searching) {
      if (!idle.tryStartSearching()) {
        return null;
      }
      searching = true;
    }
    long begun = System.nanoTime();
    while (true) {
      Task<?> task = steal();
      if (task != null) {
        return task;
      }
      task = takeInjected(BATCH);
      if (task != null) {
        return task;
      }
      if (!pinned.isEmpty() || scheduler.isStopped()) {
        return null;
      }
      if (System.nanoTime() - begun > SPIN_NANOS) {
        return null;
      }
      for (int i = 0; i < SPINS_BETWEEN_LOOKS; i++) {
        Thread.onSpinWait();
      }
    }
  }

  private @Nullable Task<?> steal() {
    int workers = scheduler.workers().size();
    int start = nextRandom(workers);
    for (int i = 0; i < workers; i++) {
      int victim = start + i;
      Worker worker = scheduler.workers().get(victim < workers ? victim : victim - workers);
      if (worker == this || worker.ring.isEmpty()) {
        continue;
      }
      Task<?> task = worker.ring.stealInto(ring);
      if (task != null) {
        counters.increment(Counters.STEALS);
        counters.add(Counters.STOLEN, ring.size() + 1L);
        return task;
      }
    }
    return null;
  }

  private int nextRandom(int bound) {
    random = random * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    return (int) ((random >>> 33) % bound);
  }

  private void stopSearching() {
    searching = false;
    if (idle.stopSearching() && scheduler.hasStealableTasks()) {
      scheduler.wakeForWork();
    }
  }

  /** Sleeps until there is something to do, unless there is already. */
  private void sleep() {
    if (!wheel.tryAcquire()) {
      Thread.onSpinWait(); // it is being turned for this worker
      return;
    }
    try {
      wheel.advance(clock.getAsLong(), waking);
      if (hasTasks()) {
        shareRing();
        return;
      }
      long deadline = wheel.nextDeadlineNanos();
      if (!pinned.tryPark()) {
        return;
      }
      ring.forget();
      boolean wasSearching = searching;
      searching = false;
      long since = System.nanoTime();
      counters.beginSpan(Counters.ASLEEP_SINCE, since);
      meter.look(pace.sinceLook(since), pollsSinceEvents, pace.meanNanos());
      pollsSinceEvents = 0;
      try {
        if (!idle.fallAsleep(this, wasSearching) || !scheduler.hasStealableTasks()) {
          sleepUntil(deadline);
        }
      } finally {
        searching = !idle.wakeUp(this);
        pinned.unpark();
        counters.endSpan(Counters.ASLEEP_NANOS, Counters.ASLEEP_SINCE, System.nanoTime());
      }
      wheel.advance(clock.getAsLong(), waking);
      long now = System.nanoTime();
      pace.skip(now);
      noteTime(now);
      pollsSinceEvents = 0;
      sentinel.arm();
      sentinel.lookIfDue(this, now);
      shareRing();
    } finally {
      wheel.release();
    }
  }

  private void sleepUntil(long deadline) {
    Listeners hearing = scheduler.listening();
    Object parked = hearing == null ? null : hearing.threadParked();
    boolean wantsDriver = true;
    while (!hasTasks()) { // a listener may have spawned one
      boolean isSentinel = sentinel.isHeldBy(this) || sentinel.tryBecome(this);
      scheduler.jumpIfAllSleep();
      counters.increment(Counters.PARKS);
      wantsDriver = park(timeoutNanos(deadline, isSentinel), wantsDriver || idle.allAsleep());
      if (!asleep
          || hasTasks()
          || scheduler.isStopped()
          || wheel.sleepsUntilNanos() != deadline
          || clock.getAsLong() >= deadline) {
        break;
      }
      counters.increment(Counters.IDLE_WAKES);
      if (sentinel.isHeldBy(this) && sentinel.stand(this, System.nanoTime())) {
        break;
      }
    }
    if (sentinel.isHeldBy(this)) {
      sentinel.resign();
    }
    if (hearing != null) {
      hearing.threadUnparked(parked);
    }
  }

  /**
   * Sleeps, in the driver if that is wanted and free.
   *
   * @return whether the driver is wanted the next time too: not if it had no time to sleep, for
   *     then it has only events of which a worker that is awake has not made use yet, and which is
   *     the one to go in next
   */
  private boolean park(long timeoutNanos, boolean wantsDriver) {
    if (wantsDriver && scheduler.tryTakeDriver()) {
      long begun = System.nanoTime();
      parkInDriver(timeoutNanos);
      return timeoutNanos >= 0 && System.nanoTime() - begun >= timeoutNanos;
    }
    parkWatched(false, timeoutNanos);
    Thread.interrupted(); // else the next sleep would end at once, and each after it
    return true;
  }

  /** Sleeps in the driver, which this thread has taken, and lets it go. */
  private void parkInDriver(long timeoutNanos) {
    try {
      parkWatched(true, timeoutNanos);
      Thread.interrupted();
    } catch (Throwable failure) {
      scheduler.driverFailed(failure);
    } finally {
      scheduler.releaseDriver();
    }
  }

  private void parkWatched(boolean inDriver, long timeoutNanos) {
    LockWatch watch = lockWatch;
    if (watch == null || timeoutNanos == 0 || scheduler.listening() != null) {
      parker.park(inDriver, timeoutNanos);
      return;
    }
    try {
      watch.sleeps();
      parker.park(inDriver, timeoutNanos);
    } finally {
      watch.wakes();
    }
  }

  private long timeoutNanos(long deadline, boolean isSentinel) {
    long timeout = Long.MAX_VALUE;
    if (deadline != Long.MAX_VALUE && !clock.isPaused()) {
      timeout = Math.max(0, deadline - clock.getAsLong());
    }
    if (isSentinel) {
      timeout = Math.min(timeout, sentinel.patienceNanos());
    }
    return timeout == Long.MAX_VALUE ? Parker.FOREVER : timeout;
  }

  /** Closes what the worker has, unless there turn out to be tasks. */
  private boolean tryStop() {
    pinned.close();
    if (!pinned.isEmpty()) {
      return false;
    }
    while (!wheel.tryAcquire()) {
      Thread.onSpinWait(); // it is being turned for this worker
    }
    try {
      wheel.close(waking);
    } finally {
      wheel.release();
    }
    // Asked after the stop was seen, and so after the queue was closed: then nothing is on its way
    // into it.
    return !hasTasks() && scheduler.inject().isEmpty();
  }

  // ---- the owner: giving the worker away

  /** Ends the ownership of the calling thread, in the middle of a poll. */
  void giveAway() {
    counters.add(Counters.BUDGET_YIELDS, requireNonNull(poller).budgetForcedYields());
    poller = null;
    polling = null;
    POLL_COUNT.setOpaque(this, pollCount + 1);
  }

  /** Takes the worker back that {@link #giveAway} has given to nobody. */
  void takeBack(Poller mine) {
    counters.add(Counters.BUDGET_YIELDS, -mine.budgetForcedYields());
    POLL_COUNT.setOpaque(this, pollCount - 1);
    poller = mine;
    polling = mine == null ? null : new StuckPoll.PollingThread(Thread.currentThread(), mine);
  }

  // ---- services of the polled futures

  @Override
  public String name() {
    return scheduler.runtimeName();
  }

  @Override
  public Timer timer() {
    return wheel;
  }

  @Override
  public Spawner spawner() {
    return scheduler.spawner();
  }

  @Override
  public Blocking blocking() {
    return scheduler.blocking();
  }

  @Override
  public Discard discard() {
    return scheduler.discard();
  }

  @Override
  public <S> Optional<S> service(Class<S> type) {
    return scheduler.service(type);
  }

  @Override
  public String toString() {
    return "worker " + index + " of " + scheduler.described();
  }
}
