package dev.pollux.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Services;
import dev.pollux.sync.AsyncMutex;
import dev.pollux.sync.AsyncRwLock;
import dev.pollux.sync.AsyncSemaphore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Locks and permits; the score is for one that was taken and given back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class LockBenchmark {

  private static final int PER_TASK = 1_000;
  private static final int TASKS = 64;

  /** Locks that nobody else wants, and a poller. */
  @State(Scope.Thread)
  public static class Uncontended {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> {};
    private final AsyncMutex mutex = new AsyncMutex();
    private final AsyncSemaphore semaphore = new AsyncSemaphore(10);
    private final AsyncRwLock rwLock = new AsyncRwLock();

    <T extends @Nullable Object> T poll(Future<T> future) throws Exception {
      return poller.poll(future, waker).value();
    }
  }

  /** The runtime and the locks that its tasks share. */
  @State(Scope.Benchmark)
  public static class Contended {

    /** The workers of the runtime. */
    @Param({"1", "2"})
    private int workers = 1;

    /** Whether each holds the lock across a yield, so that all others have to wait. */
    @Param({"false", "true"})
    private boolean yields;

    private final AsyncMutex mutex = new AsyncMutex();
    private final AsyncSemaphore semaphore = new AsyncSemaphore(1);
    private @Nullable PolluxRuntime runtime;

    /** Starts the runtime. */
    @Setup
    public void start() {
      runtime = PolluxRuntime.builder().workers(workers).multiThread();
    }

    /** Ends it. */
    @TearDown
    public void stop() {
      requireNonNull(runtime).close();
    }

    void runAll(Supplier<Future<? extends AutoCloseable>> acquire) throws Exception {
      PolluxRuntime runtime = requireNonNull(this.runtime);
      runtime.blockOn(
          Futures.defer(
              () -> {
                List<Future<Void>> handles = new ArrayList<>();
                for (int i = 0; i < TASKS; i++) {
                  handles.add(runtime.spawn(new Taker(acquire, yields)));
                }
                return Futures.joinAll(handles);
              }));
    }
  }

  /** Takes and gives back again and again, as a task that was compiled to one object would. */
  private static final class Taker implements Future<Void> {
    private final Supplier<Future<? extends AutoCloseable>> acquire;
    private final boolean yields;
    private int left = PER_TASK;
    private @Nullable Future<? extends AutoCloseable> acquiring;
    private @Nullable AutoCloseable held;

    Taker(Supplier<Future<? extends AutoCloseable>> acquire, boolean yields) {
      this.acquire = acquire;
      this.yields = yields;
    }

    @Override
    public Poll<Void> poll(Context cx) throws Exception {
      while (left > 0) {
        AutoCloseable held = this.held;
        if (held == null) {
          Future<? extends AutoCloseable> acquiring = this.acquiring;
          if (acquiring == null) {
            acquiring = acquire.get();
            this.acquiring = acquiring;
          }
          Poll<? extends AutoCloseable> answer = acquiring.poll(cx);
          if (answer.isPending()) {
            return Poll.pending();
          }
          this.acquiring = null;
          held = answer.value();
          if (yields) {
            this.held = held;
            cx.wakeSelf();
            return Poll.pending();
          }
        }
        this.held = null;
        held.close();
        left--;
      }
      return Poll.done();
    }
  }

  /** A mutex, by a future that is polled once. */
  @Benchmark
  public boolean mutex(Uncontended locks) throws Exception {
    try (AsyncMutex.Guard guard = locks.poll(locks.mutex.lock())) {
      return guard != null;
    }
  }

  /** A mutex, without a future. */
  @Benchmark
  public boolean mutexTry(Uncontended locks) {
    try (AsyncMutex.Guard guard = locks.mutex.tryLock()) {
      return guard != null;
    }
  }

  /** A body under the lock. */
  @Benchmark
  public Integer mutexWithLock(Uncontended locks) throws Exception {
    return locks.poll(locks.mutex.withLock(() -> Futures.ready(1)));
  }

  /** A permit, by a future that is polled once. */
  @Benchmark
  public int semaphore(Uncontended locks) throws Exception {
    try (AsyncSemaphore.Permit permit = locks.poll(locks.semaphore.acquire())) {
      return permit.permits();
    }
  }

  /** A permit, without a future. */
  @Benchmark
  public boolean semaphoreTry(Uncontended locks) {
    try (AsyncSemaphore.Permit permit = locks.semaphore.tryAcquire()) {
      return permit != null;
    }
  }

  /** A read lock. */
  @Benchmark
  public boolean read(Uncontended locks) throws Exception {
    try (AsyncRwLock.ReadGuard guard = locks.poll(locks.rwLock.read())) {
      return guard != null;
    }
  }

  /** A write lock. */
  @Benchmark
  public boolean write(Uncontended locks) throws Exception {
    try (AsyncRwLock.WriteGuard guard = locks.poll(locks.rwLock.write())) {
      return guard != null;
    }
  }

  /** 64 tasks that want one mutex 1,000 times each. */
  @Benchmark
  @OperationsPerInvocation(TASKS * PER_TASK)
  public void mutexContended(Contended shared) throws Exception {
    shared.runAll(shared.mutex::lock);
  }

  /** 64 tasks that want one permit 1,000 times each. */
  @Benchmark
  @OperationsPerInvocation(TASKS * PER_TASK)
  public void semaphoreContended(Contended shared) throws Exception {
    shared.runAll(shared.semaphore::acquire);
  }
}
