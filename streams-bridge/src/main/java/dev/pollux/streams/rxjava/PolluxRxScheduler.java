package dev.pollux.streams.rxjava;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Timer;
import dev.pollux.streams.schedule.BlockingTurns;
import dev.pollux.streams.schedule.LiveSet;
import dev.pollux.streams.schedule.SerialQueue;
import dev.pollux.streams.schedule.Turns;
import dev.pollux.streams.schedule.WorkerTurns;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler of RxJava 3 over a runtime.
 *
 * <pre>{@code
 * Scheduler computation = PolluxRxScheduler.computation(runtime);
 * Flowable.range(1, 1_000_000).observeOn(computation).map(this::hash).subscribe(...);
 * }</pre>
 *
 * <p>It keeps the contract of {@link Scheduler} as the built-in ones do, with these choices where
 * they differ:
 *
 * <ul>
 *   <li>A worker of {@link #computation}, {@link #io} and {@link #newThread} is a serial queue, not
 *       a thread: its jobs run one at a time and in order, each seeing all that the last one wrote,
 *       but one after the other may run on different threads. A worker that has nothing to do costs
 *       its memory only. All workers and direct jobs of {@link #single} share one queue.
 *   <li>After {@link #shutdown}, and once the runtime is closed, what is scheduled answers {@link
 *       Disposable#disposed()}, and a {@link RejectedExecutionException} goes to {@link
 *       RxJavaPlugins#onError}. A worker that is disposed answers the same without the report.
 *   <li>What a job throws goes to {@link RxJavaPlugins#onError}, whatever it is; a periodic job
 *       ends with it. The worker goes on.
 *   <li>A dispose from another thread interrupts the job that is running, on the runtime's workers
 *       too, and nothing that the thread does after it.
 *   <li>Times are of the runtime's clock. {@link #now} counts on from the wall clock as it was when
 *       the scheduler was made, so it is never set back; with the system property {@code
 *       rx3.scheduler.use-nanotime}, and on a {@linkplain
 *       dev.pollux.executor.RuntimeBuilder#pausedClock paused clock}, it is the time since the
 *       start of the runtime. A test that would drive a {@code TestScheduler} can build the runtime
 *       with a paused clock, and drive that by {@code advance} or let it jump by itself.
 *   <li>A delay is up to a tick of the timer (1 ms) longer, never shorter.
 *   <li>{@code setFailOnNonBlockingScheduler} goes by the type of threads, which a runtime's do not
 *       have; {@link PolluxRxSchedulers#install} has it work all the same.
 *   <li>{@code SchedulerMultiWorkerSupport} is an internal interface of RxJava, which its module
 *       does not export. On the class path these schedulers implement it; as modules they don't,
 *       and {@code parallel().runOn} asks for one worker after the other, to the same effect.
 * </ul>
 *
 * <p>A scheduler is started when it is made. Its end is not the end of the runtime, which it never
 * closes.
 *
 * @threading any thread
 */
public class PolluxRxScheduler extends Scheduler {
  /*
   * `started` is null after a shutdown. A worker keeps what it was made of, so that it takes nothing any more after the
   * shutdown, also if the scheduler was started again; as the built-in ones do.
   */
  private static final boolean NOW_IS_NANO_TIME = Boolean.getBoolean("rx3.scheduler.use-nanotime");

  private final PolluxRuntime runtime;
  private final Kind kind;
  private final Timer clock;
  private final Turns turns;

  /** What is added to the runtime's clock in {@link #now}. */
  private final long originNanos;

  private final AtomicReference<@Nullable Started> started = new AtomicReference<>();

  /** Makes a scheduler that is started. */
  PolluxRxScheduler(PolluxRuntime runtime, Kind kind) {
    this.runtime = runtime;
    this.kind = kind;
    this.clock = runtime.timer();
    this.turns = kind.turns(runtime);
    this.originNanos =
        NOW_IS_NANO_TIME || runtime.hasPausedClock()
            ? 0
            : TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - clock.nanoTime();
    start();
  }

  /**
   * A scheduler for what computes, like {@code Schedulers.computation()}: its jobs run on the
   * workers of {@code runtime}, and should not block.
   *
   * @param runtime where jobs run
   * @return the scheduler, started
   */
  public static PolluxRxScheduler computation(PolluxRuntime runtime) {
    return make(runtime, Kind.COMPUTATION);
  }

  /**
   * A scheduler for what blocks, like {@code Schedulers.io()}: its jobs run on the blocking pool of
   * {@code runtime}, which grows on demand. A worker that waits for the time of a job holds no
   * thread. The pool has an upper limit ({@link
   * dev.pollux.executor.RuntimeBuilder#maxBlockingThreads}), which the built-in scheduler has not:
   * what comes when all threads are taken waits.
   *
   * @param runtime where jobs run
   * @return the scheduler, started
   */
  public static PolluxRxScheduler io(PolluxRuntime runtime) {
    return make(runtime, Kind.IO);
  }

  /**
   * A scheduler in the place of {@code Schedulers.newThread()}. Its jobs run on the blocking pool
   * of {@code runtime}, as those of {@link #io} do: a worker has a thread while it has something to
   * do, new or not.
   *
   * @param runtime where jobs run
   * @return the scheduler, started
   */
  public static PolluxRxScheduler newThread(PolluxRuntime runtime) {
    return make(runtime, Kind.NEW_THREAD);
  }

  /**
   * A scheduler like {@code Schedulers.single()}: all its jobs run one at a time, by their time and
   * in the order in which they were scheduled, on the workers of {@code runtime}. They should not
   * block.
   *
   * @param runtime where jobs run
   * @return the scheduler, started
   */
  public static PolluxRxScheduler single(PolluxRuntime runtime) {
    return make(runtime, Kind.SINGLE);
  }

  private static PolluxRxScheduler make(PolluxRuntime runtime, Kind kind) {
    requireNonNull(runtime, "runtime");
    try {
      return MultiWorkerScheduler.make(runtime, kind);
    } catch (IllegalAccessError internal) { // as modules: see the class comment
      return new PolluxRxScheduler(runtime, kind);
    }
  }

  /**
   * The runtime's time, see the class comment.
   *
   * @param unit the unit of the answer
   */
  @Override
  public long now(TimeUnit unit) {
    return unit.convert(originNanos + clock.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** Starts the scheduler after a {@link #shutdown}; without effect if it is started. */
  @Override
  public final void start() {
    if (started.get() == null) {
      started.compareAndSet(null, new Started());
    }
  }

  /**
   * Disposes what is scheduled, on its workers too, interrupts what is running, and takes nothing
   * more until {@link #start}. Workers made before stay useless. Without effect if it was shut
   * down.
   */
  @Override
  public final void shutdown() {
    Started ended = started.getAndSet(null);
    if (ended != null) {
      ended.stop();
    }
  }

  /** A new worker; a disposed one if the scheduler was shut down. */
  @Override
  public final Worker createWorker() {
    Started now = started.get();
    if (now == null) {
      return new DisposedWorker(this);
    }
    SerialQueue shared = now.shared;
    return shared == null ? new QueueWorker(this, newQueue(now)) : new SharingWorker(this, shared);
  }

  @Override
  @CanIgnoreReturnValue
  public final Disposable scheduleDirect(Runnable run) {
    return schedule(run, 0, TimeUnit.NANOSECONDS, -1);
  }

  /**
   * {@inheritDoc} The answer is a {@link
   * io.reactivex.rxjava3.schedulers.SchedulerRunnableIntrospection}, unless it is rejected.
   */
  @Override
  @CanIgnoreReturnValue
  public final Disposable scheduleDirect(Runnable run, long delay, TimeUnit unit) {
    return schedule(run, delay, unit, -1);
  }

  /**
   * {@inheritDoc} At a fixed rate: a run that comes late is followed by the next at once. With a
   * period that is not positive, each run follows the last after what was scheduled meanwhile. The
   * answer is a {@link io.reactivex.rxjava3.schedulers.SchedulerRunnableIntrospection}, unless it
   * is rejected.
   */
  @Override
  @CanIgnoreReturnValue
  public final Disposable schedulePeriodicallyDirect(
      Runnable run, long initialDelay, long period, TimeUnit unit) {
    return schedule(run, initialDelay, unit, period > 0 ? unit.toNanos(period) : 0);
  }

  private Disposable schedule(Runnable run, long delay, TimeUnit unit, long periodNanos) {
    Runnable decorated = RxJavaPlugins.onSchedule(run);
    Started now = started.get();
    if (now == null) {
      return rejected(null);
    }
    SerialQueue shared = now.shared;
    SerialQueue queue = shared == null ? newQueue(now) : shared;
    DirectJob job = new DirectJob(decorated, queue, periodNanos);
    try {
      if (offer(queue, job, delay, unit)) {
        return new DirectDisposable(job, decorated);
      }
    } catch (RuntimeException refused) {
      return rejected(refused);
    }
    return rejected(null);
  }

  private SerialQueue newQueue(Started now) {
    return new SerialQueue(turns, clock, now.live);
  }

  /** Offers {@code job}; false if it is refused. */
  final boolean offer(SerialQueue queue, RxJob job, long delay, TimeUnit unit) {
    return (delay <= 0 && job.periodNanos() < 0)
        ? queue.offer(job)
        : queue.offerAfter(job, delay <= 0 ? 0 : unit.toNanos(delay));
  }

  /** What is answered for a job that won't run, which RxJava is told of. */
  final Disposable rejected(@Nullable Throwable why) {
    RejectedExecutionException rejection =
        new RejectedExecutionException(
            this + " takes no jobs: it was shut down, or its runtime refuses them");
    if (why != null) {
      rejection.initCause(why);
    }
    RxJavaPlugins.onError(rejection);
    return Disposable.disposed();
  }

  @Override
  public final String toString() {
    return "PolluxRxScheduler[" + kind.text + " on " + runtime.name() + "]";
  }

  /** What a scheduler stands for. */
  enum Kind {
    COMPUTATION("computation"),
    IO("io"),
    NEW_THREAD("newThread"),
    SINGLE("single");

    final String text;

    Kind(String text) {
      this.text = text;
    }

    boolean isBlocking() {
      return this == IO || this == NEW_THREAD;
    }

    Turns turns(PolluxRuntime runtime) {
      return isBlocking()
          ? new BlockingTurns(runtime, runtime, "rx-" + text, Integer.MAX_VALUE)
          : new WorkerTurns(runtime, "rx-" + text);
    }
  }

  /** From a start to a shutdown. */
  private final class Started {
    final LiveSet live = new LiveSet(() -> {});

    /** The one queue of all workers and jobs; null if each has its own. */
    final @Nullable SerialQueue shared =
        kind == Kind.SINGLE ? new SerialQueue(turns, clock, live) : null;

    void stop() {
      live.stop();
      if (shared != null) {
        shared.close();
      }
    }
  }
}
