package dev.pollux.executor;

import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.spi.RuntimeListener;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tasks that do everything a task can do, drawn at random, on a runtime that is closed in the
 * middle of it, again and again. Afterwards the books must balance: every task has ended once,
 * every wake was followed by a poll, every value was taken or discarded once, no timer came early,
 * and nothing is left.
 *
 * <p>What is drawn is fixed by the seed, which a failure shows; {@code -Dpollux.chaos.seed=N}
 * begins with it. How the threads interleave is not. {@code -Dpollux.chaos.seconds=N} is how long
 * it runs, all workers together.
 */
class MultiThreadChaosTest {

  private static final long SECONDS = Long.getLong("pollux.chaos.seconds", 30);
  private static final int CONFIGURATIONS = 4;

  /** How long an epoch may take to come to rest; then something hangs. */
  private static final long LIMIT_SECONDS = 60;

  @ParameterizedTest(name = "{0} workers, LIFO slot {1}")
  @CsvSource({"1, true", "2, true", "2, false", "8, true"})
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void theBooksBalance(int workers, boolean lifoSlot) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(1, SECONDS)) / CONFIGURATIONS;
    long seed = Long.getLong("pollux.chaos.seed", System.nanoTime());
    int epochs = 0;
    do {
      Epoch epoch = new Epoch(workers, lifoSlot, seed);
      try {
        epoch.run();
      } catch (Throwable failure) {
        throw new AssertionError(
            "seed " + seed + ", epoch " + epochs + ", " + epoch.describe(), failure);
      }
      seed++;
      epochs++;
    } while (System.nanoTime() - end < 0);
  }

  /** The life of one runtime. */
  private static final class Epoch implements RuntimeListener {

    private final long seed;
    private final boolean closesEarly;
    private final MultiThreadRuntime runtime;

    // The books.
    private final Set<TaskInfo> alive = ConcurrentHashMap.newKeySet();
    private final AtomicLong spawned = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Queue errors = new Queue();
    private final Map<Object, AtomicInteger> values = new ConcurrentHashMap<>();
    private final AtomicInteger actors = new AtomicInteger();
    private final AtomicInteger actorsOver = new AtomicInteger();
    private final ConcurrentLinkedQueue<Cell> cells = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<JoinHandle<Value>> shared = new ConcurrentLinkedQueue<>();
    private final AtomicInteger budget = new AtomicInteger(1500);
    private volatile boolean closing;

    Epoch(int workers, boolean lifoSlot, long seed) {
      Random random = new Random(seed);
      this.seed = seed;
      this.closesEarly = random.nextInt(3) == 0;
      this.runtime =
          PolluxRuntime.builder()
              .name("chaos")
              .workers(workers)
              .lifoSlot(lifoSlot)
              .seed(seed)
              .eventInterval(1 + random.nextInt(64))
              .listener(this)
              .onDiscard(this::valueGone)
              .shutdownPatience(Duration.ofHours(1))
              .uncaughtFailureHandler(this::uncaught)
              .multiThread();
    }

    /** Keeps what went wrong. */
    private static final class Queue extends ConcurrentLinkedQueue<Throwable> {
      private static final long serialVersionUID = 1L;
    }

    void run() throws Exception {
      Thread[] outsiders = new Thread[3];
      CountDownLatch done = new CountDownLatch(outsiders.length);
      for (int i = 0; i < outsiders.length; i++) {
        Random random = new Random(seed * 31 + i);
        outsiders[i] =
            new Thread(
                () -> {
                  try {
                    outside(random);
                  } catch (Throwable failure) {
                    errors.add(failure);
                  } finally {
                    done.countDown();
                  }
                },
                "chaos-outside-" + i);
        outsiders[i].setDaemon(true);
        outsiders[i].start();
      }
      if (closesEarly) {
        LockSupport.parkNanos(new Random(seed).nextInt(5_000_000));
        closing = true;
        closeInTime();
      }
      awaitOutsiders(done);
      awaitRest();
      closing = true;
      closeInTime();
      check();
    }

    /** Closes, which nothing here can hold up. */
    private void closeInTime() throws InterruptedException {
      Thread closer = new Thread(runtime::close, "chaos-closer");
      closer.setDaemon(true);
      closer.start();
      closer.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      if (closer.isAlive()) {
        throw hung("the runtime does not close");
      }
    }

    private void awaitOutsiders(CountDownLatch done) throws InterruptedException {
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (!done.await(10, TimeUnit.MILLISECONDS)) {
        setAllCells(); // one of them may block on a future that waits for a cell
        if (System.nanoTime() - limit > 0) {
          throw hung("the threads outside do not end");
        }
      }
    }

    private void awaitRest() throws InterruptedException {
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (runtime.liveTasks() > 0 || !alive.isEmpty()) {
        if (System.nanoTime() - limit > 0) {
          throw hung("tasks do not end");
        }
        setAllCells();
        detachShared();
        TimeUnit.MICROSECONDS.sleep(200);
      }
      detachShared();
    }

    /** So that nobody waits for a task that has ended before it came to set a cell. */
    private void setAllCells() {
      for (Cell cell : cells) {
        cell.set();
      }
    }

    private void detachShared() {
      JoinHandle<Value> handle = shared.poll();
      while (handle != null) {
        handle.detach();
        handle = shared.poll();
      }
    }

    private void check() {
      assertThat(errors).isEmpty();
      assertThat(runtime.isClosed()).isTrue();
      assertThat(runtime.liveTasks()).isZero();
      assertThat(runtime.metrics().workerThreads()).isZero();
      assertThat(alive).isEmpty();
      assertThat(ended).hasValue(spawned.get());
      RuntimeMetrics metrics = runtime.metrics();
      assertThat(metrics.spawnedTasks()).isEqualTo(spawned.get());
      assertThat(metrics.completedTasks() + metrics.failedTasks() + metrics.cancelledTasks())
          .as(metrics::toString)
          .isEqualTo(ended.get());
      assertThat(actorsOver).as("futures that ended").hasValue(actors.get());
      for (Map.Entry<Object, AtomicInteger> value : values.entrySet()) {
        assertThat(value.getValue().get())
            .as("how often %s was taken or discarded", value.getKey())
            .isEqualTo(1);
      }
    }

    // ---- outside

    private void outside(Random random) throws Exception {
      List<JoinHandle<Value>> mine = new ArrayList<>();
      for (int i = 0; i < 60 && budget.get() > 0; i++) {
        try {
          switch (random.nextInt(13)) {
            case 0, 1, 2, 3 -> mine.add(spawnActor(null, random, 0));
            case 4 -> wakeAny(random);
            case 5 -> {
              JoinHandle<Value> handle = shared.poll();
              if (handle != null) {
                handle.requestCancel();
                mine.add(handle);
              }
            }
            case 6 -> {
              if (!mine.isEmpty()) {
                mine.remove(mine.size() - 1).detach();
              }
            }
            case 7 -> {
              if (!mine.isEmpty()) {
                mine.remove(0).cancel();
              }
            }
            case 8 -> {
              if (!mine.isEmpty()) {
                join(mine.remove(0));
              }
            }
            case 9 -> mine.add(job(random));
            case 10 -> blockOn(random);
            case 11 -> assertThat(runtime.dump(200).tasks().size()).isBetween(0, 200);
            default -> LockSupport.parkNanos(random.nextInt(100_000));
          }
        } catch (RuntimeShutdownException refused) {
          assertThat(closing).as("refused before anybody closed").isTrue();
        }
      }
      setAllCells();
      for (JoinHandle<Value> handle : mine) {
        join(handle);
      }
    }

    private void join(JoinHandle<Value> handle) throws Exception {
      try {
        // Whoever the task waits for may be waiting for somebody to set a cell.
        while (true) {
          try {
            taken(handle.join(Duration.ofMillis(5)));
            return;
          } catch (TimeoutException again) {
            setAllCells();
          }
        }
      } catch (TaskCancelledException cancelled) {
        return;
      } catch (TaskFailedException failed) {
        expect(failed.getCause());
      }
    }

    private void blockOn(Random random) throws Exception {
      Actor actor = newActor(random, 3);
      try {
        Value value =
            random.nextBoolean()
                ? runtime.blockOn(actor)
                : runtime.blockOn(actor, Duration.ofNanos(random.nextInt(2_000_000)));
        taken(value);
      } catch (TimeoutException timeout) {
        return;
      } catch (RuntimeShutdownException shutdown) {
        assertThat(closing).isTrue();
      } catch (Planned planned) {
        return;
      }
    }

    private void wakeAny(Random random) {
      int skip = random.nextInt(8);
      for (Cell cell : cells) {
        if (skip-- == 0) {
          cell.set();
        } else {
          cell.wakeWithoutReason();
        }
      }
    }

    // ---- spawning

    private Actor newActor(Random random, int depth) {
      budget.decrementAndGet();
      actors.incrementAndGet();
      return new Actor(this, new Random(random.nextLong()), depth);
    }

    JoinHandle<Value> spawnActor(Context cx, Random random, int depth) {
      Actor actor = newActor(random, depth);
      if (cx != null && random.nextBoolean()) {
        return cx.spawner().spawn(actor);
      }
      return switch (random.nextInt(4)) {
        case 0 -> runtime.spawn("actor " + depth, actor);
        case 1 -> runtime.localSet().spawn(actor);
        default -> runtime.spawn(actor);
      };
    }

    JoinHandle<Value> job(Random random) {
      int nanos = random.nextInt(200_000);
      int kind = random.nextInt(4);
      Value value = new Value("a job");
      return runtime.spawnBlocking(
          () -> {
            LockSupport.parkNanos(nanos);
            if (kind == 0) {
              throw new Planned();
            }
            made(value);
            return value;
          });
    }

    // ---- the books

    void made(Value value) {
      if (values.put(value, new AtomicInteger()) != null) {
        errors.add(new AssertionError("made twice: " + value));
      }
    }

    void taken(Value value) {
      valueGone(value);
    }

    private void valueGone(Object value) {
      AtomicInteger count = values.get(value);
      if (count == null) {
        errors.add(new AssertionError("nobody made " + value));
      } else {
        count.incrementAndGet();
      }
    }

    void over() {
      actorsOver.incrementAndGet();
    }

    void expect(Throwable failure) {
      if (!isPlanned(failure)) {
        errors.add(failure);
      }
    }

    private boolean isPlanned(Throwable failure) {
      return failure instanceof Planned
          || (failure instanceof RuntimeShutdownException && closing)
          || (failure instanceof TaskFailedException failed && isPlanned(failed.getCause()))
          || (failure instanceof TaskCancelledException);
    }

    private void uncaught(Throwable failure, String origin) {
      if (!isPlanned(failure)) {
        errors.add(new AssertionError("uncaught, of " + origin, failure));
      }
    }

    @Override
    public void taskSpawned(TaskInfo task) {
      spawned.incrementAndGet();
      if (!alive.add(task)) {
        errors.add(new AssertionError("spawned twice: " + task));
      }
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome) {
      ended.incrementAndGet();
      if (!alive.remove(task)) {
        errors.add(new AssertionError("ended twice: " + task));
      }
    }

    // ---- what a failure shows

    private AssertionError hung(String what) {
      StringBuilder text = new StringBuilder(what).append('\n').append(describe());
      for (TaskInfo task : alive) {
        text.append("\n  ").append(task);
      }
      for (Cell cell : cells) {
        if (cell.isWaitedFor()) {
          text.append("\n  waited for: ").append(cell);
        }
      }
      for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
        text.append('\n')
            .append(thread.getThreadName())
            .append(' ')
            .append(thread.getThreadState());
        for (StackTraceElement frame : thread.getStackTrace()) {
          text.append("\n    at ").append(frame);
        }
      }
      return new AssertionError(text.toString());
    }

    String describe() {
      return runtime
          + ", closes early: "
          + closesEarly
          + ", spawned "
          + spawned
          + ", ended "
          + ended
          + ", actors "
          + actors
          + " of which over "
          + actorsOver
          + ", "
          + runtime.metrics();
    }
  }

  /** What a task ends with: counted when it is made, and when it is taken or discarded. */
  private static final class Value {
    private final String maker;

    Value(String maker) {
      this.maker = maker;
    }

    @Override
    public String toString() {
      return "the value of " + maker;
    }
  }

  /** A failure that was drawn. */
  private static final class Planned extends Exception {
    private static final long serialVersionUID = 1L;

    Planned() {
      super("planned", null, false, false);
    }
  }

  /** What one task waits for and others set. */
  private static final class Cell implements Future<Void> {
    private static final Waker SET = () -> {};

    private final AtomicReference<Waker> waker = new AtomicReference<>();

    @Override
    public Poll<Void> poll(Context cx) {
      Waker mine = cx.waker();
      while (true) {
        Waker seen = waker.get();
        if (seen == SET) {
          return Poll.done();
        }
        if (waker.compareAndSet(seen, mine)) {
          return Poll.pending();
        }
      }
    }

    void set() {
      Waker waiting = waker.getAndSet(SET);
      if (waiting != null) {
        waiting.wake();
      }
    }

    void wakeWithoutReason() {
      Waker waiting = waker.get();
      if (waiting != null) {
        waiting.wake();
      }
    }

    boolean isWaitedFor() {
      Waker waiting = waker.get();
      return waiting != null && waiting != SET;
    }

    @Override
    public String toString() {
      return "cell of " + waker.get();
    }
  }

  /** A sleep that knows when it must not end yet, and that a time-out may cut short. */
  private static final class CheckedSleep implements Future<Void> {
    private final Epoch epoch;
    private final long nanos;
    private final Future<Void> sleep;
    private long begun;
    private boolean polled;

    CheckedSleep(Epoch epoch, long nanos) {
      this.epoch = epoch;
      this.nanos = nanos;
      this.sleep = sleep(Duration.ofNanos(nanos));
    }

    @Override
    public Poll<Void> poll(Context cx) throws Exception {
      if (!polled) {
        polled = true;
        begun = System.nanoTime();
      }
      Poll<Void> poll = sleep.poll(cx);
      long took = System.nanoTime() - begun;
      if (poll.isReady() && took < nanos) {
        epoch.errors.add(new AssertionError("early: " + took + " instead of " + nanos + " ns"));
      }
      return poll;
    }

    @Override
    public void cancel() {
      sleep.cancel();
    }
  }

  /** A task that does a few things drawn at random, one after the other. */
  private static final class Actor implements Future<Value> {
    private final Epoch epoch;
    private final Random random;
    private final int depth;
    private final AtomicReference<Thread> polling = new AtomicReference<>();
    private int steps;
    private Future<?> awaited;
    private boolean over;

    Actor(Epoch epoch, Random random, int depth) {
      this.epoch = epoch;
      this.random = random;
      this.depth = depth;
      this.steps = random.nextInt(6);
    }

    @Override
    public Poll<Value> poll(Context cx) throws Exception {
      enter();
      boolean ends = true;
      try {
        while (true) {
          if (awaited != null) {
            Poll<?> poll = awaited.poll(cx);
            if (poll.isPending()) {
              ends = false;
              return Poll.pending();
            }
            awaited = null;
            if (poll.value() instanceof Value value) {
              epoch.taken(value);
            }
          }
          if (steps-- <= 0) {
            Value value = new Value(toString());
            epoch.made(value);
            return Poll.ready(value);
          }
          step(cx);
        }
      } finally {
        if (ends) {
          end();
        }
        leave();
      }
    }

    private void step(Context cx) throws Exception {
      boolean mayspawn = depth < 3 && epoch.budget.get() > 0;
      switch (random.nextInt(14)) {
        case 0 -> awaited = Futures.yieldNow();
        case 1 -> awaited = new CheckedSleep(epoch, random.nextInt(3_000_000));
        case 2 -> {
          Cell cell = new Cell();
          epoch.cells.add(cell);
          if (random.nextBoolean()) {
            int nanos = random.nextInt(2_000_000);
            awaited = cell.timeout(Duration.ofNanos(nanos)).recover(timeout -> null);
          } else {
            awaited = cell;
          }
        }
        case 3 -> epoch.wakeAny(random);
        case 4 -> cx.waker().wake();
        case 5, 6 -> {
          if (mayspawn) {
            awaited = tolerant(epoch.spawnActor(cx, random, depth + 1));
          }
        }
        case 7 -> {
          if (mayspawn) {
            for (int i = random.nextInt(20); i > 0; i--) {
              epoch.spawnActor(cx, random, depth + 1).detach();
            }
          }
        }
        case 8 -> {
          if (mayspawn) {
            JoinHandle<Value> child = epoch.spawnActor(cx, random, depth + 1);
            switch (random.nextInt(3)) {
              case 0 -> child.cancel();
              case 1 -> {
                child.requestCancel();
                awaited = tolerant(child);
              }
              default -> epoch.shared.add(child);
            }
          }
        }
        case 9 -> awaited = tolerant(epoch.job(random));
        case 10 -> {
          int nanos = random.nextInt(50_000);
          if (isPinned()) {
            return;
          }
          epoch.runtime.blockInPlace(
              () -> {
                LockSupport.parkNanos(nanos);
                return null;
              });
        }
        case 11 -> {
          if (random.nextInt(3) == 0) {
            throw new Planned();
          }
        }
        case 12 -> { // a poll that is longer than it should be
          long until = System.nanoTime() + random.nextInt(1_000_000);
          while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
          }
        }
        default -> {
          JoinHandle<Value> other = epoch.shared.poll();
          if (other != null) {
            other.requestCancel();
            awaited = tolerant(other);
          }
        }
      }
    }

    /** Whether the call that blocks in place is refused: tried, for there is no way to ask. */
    private boolean isPinned() throws Exception {
      try {
        epoch.runtime.blockInPlace(() -> null);
        return false;
      } catch (IllegalStateException pinned) {
        return true;
      }
    }

    private Future<Value> tolerant(Future<Value> handle) {
      return handle.recover(
          failure -> {
            epoch.expect(failure);
            return null;
          });
    }

    @Override
    public void cancel() {
      enter();
      try {
        if (!over) {
          Future<?> inFlight = awaited;
          awaited = null;
          if (inFlight != null) {
            inFlight.cancel();
          }
          end();
        }
      } finally {
        leave();
      }
    }

    @Override
    public String toString() {
      return "an actor of depth " + depth;
    }

    private void enter() {
      if (!polling.compareAndSet(null, Thread.currentThread())) {
        epoch.errors.add(
            new AssertionError("polled by " + polling.get() + " and " + Thread.currentThread()));
      }
    }

    private void leave() {
      polling.set(null);
    }

    private void end() {
      if (over) {
        epoch.errors.add(new AssertionError("ended twice: " + this));
      }
      over = true;
      epoch.over();
    }
  }
}
