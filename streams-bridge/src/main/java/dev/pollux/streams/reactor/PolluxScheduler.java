package dev.pollux.streams.reactor;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.executor.PolluxRuntime;
import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A runtime as a scheduler of Reactor.
 *
 * <pre>{@code
 * Scheduler parallel = PolluxScheduler.parallel(runtime);
 * Flux.interval(Duration.ofSeconds(1), parallel).publishOn(parallel).subscribe(this::refresh);
 * }</pre>
 *
 * <p>A {@code Worker} is a serial queue of jobs, not a thread: it costs nothing while it is idle,
 * and no two workers wait for each other. What a worker is given from inside one of its own jobs
 * runs next on the same thread. Otherwise it behaves as the built-in scheduler that it stands for;
 * where those leave a choice:
 *
 * <ul>
 *   <li>It begins with its first use, or with {@link #init()}. After {@link #dispose()}, {@code
 *       init} throws {@link IllegalStateException}; {@link #start()} makes it begin anew.
 *   <li>A disposed scheduler, or one whose runtime was closed, throws {@link
 *       java.util.concurrent.RejectedExecutionException}. A disposed worker throws the one of
 *       {@link reactor.core.Exceptions#failWithRejected()}.
 *   <li>A delay is never cut short, and may be up to a tick of the runtime's timer (1 ms) longer.
 *       Jobs of one worker with the same delay run in the order in which they were given. One at a
 *       fixed rate that comes late runs again at once; one with a period that is not positive runs
 *       again and again, and others of its worker between.
 *   <li>To dispose a job that is running on another thread interrupts it. Such an interrupt reaches
 *       that job or none.
 *   <li>What a job throws goes to the uncaught handler of its thread and to {@link
 *       Schedulers#onHandleError}. A periodic job goes on, unless it has no period.
 *   <li>The runtime is not closed with the scheduler, nor kept alive by it. What its shutdown finds
 *       queued is disposed.
 *   <li>Jobs are not run by an executor service, so {@link Schedulers#addExecutorServiceDecorator}
 *       does not apply; {@link Schedulers#onScheduleHook} does.
 * </ul>
 *
 * @threading any thread
 */
public final class PolluxScheduler implements Scheduler, Scannable {

  /*
   * One word: null before it has begun, then what was started last. A Started that is disposed is final, and is replaced by
   * start() alone. Whoever sets a new one begins it.
   */
  private static final VarHandle STARTED =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "started", VarHandle.class, PolluxScheduler.class, Started.class);

  private final PolluxRuntime runtime;
  private final Shape shape;
  private final @Nullable UncaughtExceptionHandler handler;
  private final EpochClock clock;

  private volatile @Nullable Started started;

  PolluxScheduler(
      PolluxRuntime runtime,
      Shape shape,
      @Nullable UncaughtExceptionHandler handler,
      EpochClock clock) {
    this.runtime = runtime;
    this.shape = shape;
    this.handler = handler;
    this.clock = clock;
  }

  /**
   * Jobs that compute, as many at a time as the runtime has workers. They must not block.
   *
   * @param runtime whose workers run the jobs
   */
  public static PolluxScheduler parallel(PolluxRuntime runtime) {
    int workers = requireNonNull(runtime, "runtime").metrics().workers();
    return of(runtime, Shape.parallel(workers, Origin.named(runtime.name()), workers));
  }

  /**
   * Jobs that compute, one at a time, of all workers and without a worker: in the order in which
   * they were given, as on one thread. They must not block.
   *
   * @param runtime whose workers run the jobs
   */
  public static PolluxScheduler single(PolluxRuntime runtime) {
    requireNonNull(runtime, "runtime");
    return of(runtime, Shape.single(Origin.named(runtime.name())));
  }

  /**
   * Jobs that block, on the blocking pool of the runtime. A worker that waits for its time, or has
   * nothing to do, holds no thread.
   *
   * @param runtime on whose blocking pool the jobs run; what it allows in all is the limit of all
   *     its schedulers together
   * @param threadCap how many jobs may run at a time, at least 1
   * @param queuedTaskCap how many jobs may wait, for their time or for a thread: each worker so
   *     many, and the scheduler {@code threadCap} times as many. At least 1; {@link
   *     Integer#MAX_VALUE} for any number
   * @throws IllegalArgumentException if {@code threadCap} or {@code queuedTaskCap} is less than 1
   */
  public static PolluxScheduler boundedElastic(
      PolluxRuntime runtime, int threadCap, int queuedTaskCap) {
    requireNonNull(runtime, "runtime");
    Origin origin = Origin.named(runtime.name());
    return of(runtime, Shape.boundedElastic(threadCap, queuedTaskCap, origin, ""));
  }

  /**
   * As {@link #boundedElastic(PolluxRuntime, int, int)}, with the limits of {@link
   * Schedulers#boundedElastic()}.
   *
   * @param runtime on whose blocking pool the jobs run
   */
  public static PolluxScheduler boundedElastic(PolluxRuntime runtime) {
    return boundedElastic(
        runtime,
        Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE,
        Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE);
  }

  private static PolluxScheduler of(PolluxRuntime runtime, Shape shape) {
    return new PolluxScheduler(runtime, shape, null, new EpochClock(runtime.timer()));
  }

  static Runnable decorated(Runnable task) {
    return Schedulers.onSchedule(requireNonNull(task, "task"));
  }

  @Nullable UncaughtExceptionHandler uncaughtHandler() {
    return handler;
  }

  // ---- its life

  private Started started() {
    Started seen = started;
    return seen != null ? seen : startOver(null);
  }

  /** Starts anew if {@code seen} is still the state. Answers the state. */
  private Started startOver(@Nullable Started seen) {
    Started fresh = new Started(this, runtime, shape, clock);
    if (STARTED.compareAndSet(this, seen, fresh)) {
      fresh.begin();
      return fresh;
    }
    return requireNonNull(started);
  }

  /**
   * Begins, unless it has. Idempotent.
   *
   * @throws IllegalStateException if it was disposed
   */
  @Override
  public void init() {
    if (started().isDisposed()) {
      throw new IllegalStateException("Initializing a disposed scheduler is not permitted");
    }
  }

  /**
   * Begins, or begins anew if it was disposed.
   *
   * @deprecated as in Reactor: use {@link #init()}
   */
  @Deprecated
  @Override
  public void start() {
    Started seen = started;
    if (seen == null || seen.isDisposed()) {
      Started unused = startOver(seen);
    }
  }

  /** Disposes all jobs and takes no more: those that run are interrupted. Idempotent. */
  @Override
  public void dispose() {
    started().dispose();
  }

  /**
   * Takes no more from the first subscription on, drops what is periodic, and completes when all
   * other jobs have run, those with a delay included; or when the runtime was closed. May be
   * subscribed to again after a time-out, and followed by {@link #dispose()}.
   */
  @Override
  public Mono<Void> disposeGracefully() {
    return Mono.defer(() -> started().disposeGracefully());
  }

  @Override
  public boolean isDisposed() {
    Started seen = started;
    return seen != null && seen.isDisposed();
  }

  // ---- its work

  @Override
  @CanIgnoreReturnValue
  public Disposable schedule(Runnable task) {
    return started().schedule(task, 0, -1);
  }

  @Override
  @CanIgnoreReturnValue
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return started().schedule(task, unit.toNanos(delay), -1);
  }

  @Override
  @CanIgnoreReturnValue
  public Disposable schedulePeriodically(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return started().schedule(task, unit.toNanos(initialDelay), Math.max(0, unit.toNanos(period)));
  }

  @Override
  public Worker createWorker() {
    Started now = started();
    return now.hasLanes() ? new LaneWorker(now) : new QueueWorker(now);
  }

  /**
   * The time of the runtime's clock, which a test can pause: of the epoch in milliseconds and
   * coarser units, else since the start of the runtime. It follows no later change of the system's
   * date.
   */
  @Override
  public long now(TimeUnit unit) {
    return clock.now(unit);
  }

  // ---- what it shows

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
      return isDisposed();
    }
    if (key == Attr.CAPACITY) {
      return shape.capacity();
    }
    if (key == Attr.BUFFERED) {
      Started seen = started;
      return shape.isOnPool() ? (seen == null ? 0 : seen.threadsTaken()) : shape.capacity();
    }
    return key == Attr.NAME ? toString() : null;
  }

  @Nullable Object scanWorker(Attr<?> key, boolean disposed, int jobs) {
    if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
      return disposed;
    }
    if (key == Attr.BUFFERED) {
      return jobs;
    }
    if (key == Attr.CAPACITY) {
      return shape.isOnPool() && shape.limitsWaiting() ? shape.queuedTaskCap() : 1;
    }
    if (key == Attr.PARENT) {
      return this;
    }
    return key == Attr.NAME ? shape.label() + ".worker" : null;
  }

  @Override
  public String toString() {
    return shape.label();
  }
}
