package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.blocking.BlockingOptions;
import dev.pollux.executor.blocking.VirtualThreads;
import dev.pollux.executor.scheduler.Idle;
import dev.pollux.executor.scheduler.Options;
import dev.pollux.spi.ContextPropagation;
import dev.pollux.spi.RuntimeListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of a runtime. Made by {@link PolluxRuntime#builder()}; may build several.
 *
 * <pre>{@code
 * CurrentThreadRuntime runtime =
 *     PolluxRuntime.builder().name("test").pausedClock().seed(42).currentThread();
 * }</pre>
 *
 * @threading confined to one thread
 */
public final class RuntimeBuilder {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static final Duration SHORTEST_WATCHDOG = Duration.ofMillis(10);

  private @Nullable String name;
  private @Nullable Long seed;
  private boolean pausedClock;
  private boolean debug = Boolean.getBoolean("pollux.debug");
  private boolean captureSpawnSites;
  private boolean mxBean;
  private UncaughtFailureHandler handler =
      (failure, origin) -> UncaughtFailureHandler.processDefault().uncaught(failure, origin);
  private UncaughtFailurePolicy policy = UncaughtFailurePolicy.CONTINUE;
  private Consumer<Object> discardHook = value -> {};
  private final List<RuntimeListener> listeners = new ArrayList<>();
  private int eventInterval = 61;
  private Duration shutdownPatience = Duration.ofSeconds(10);
  private @Nullable Runnable onWork;
  private int maxTasks = Integer.MAX_VALUE;
  private @Nullable Integer workers;
  private @Nullable Boolean lifoSlot;
  private int injectInterval;
  private int maxBlockingThreads = 512;
  private Duration blockingKeepAlive = Duration.ofSeconds(10);
  private int blockingQueueLimit = Integer.MAX_VALUE;
  private boolean virtualBlockingThreads;
  private BlockingExhaustion blockingExhaustion = BlockingExhaustion.GROW;
  private @Nullable ThreadFactory threadFactory;
  private @Nullable ContextPropagation contextPropagation;
  private @Nullable Duration watchdog;

  RuntimeBuilder() {}

  /**
   * Names the runtime, for messages and threads. Default: {@code pollux-1}, {@code pollux-2}, ...
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder name(String name) {
    if (requireNonNull(name, "name").isBlank()) {
      throw new IllegalArgumentException("name must not be blank, was \"" + name + "\"");
    }
    this.name = name;
    return this;
  }

  /**
   * Where the random numbers of {@link dev.pollux.core.Context#nextInt} start. Default: different
   * in each runtime.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Stops the clock at 0. It moves by {@link CurrentThreadRuntime#advance} or {@link
   * MultiThreadRuntime#advance}, and by itself to the next deadline whenever no task is ready and
   * no blocking job is under way: a test of hours takes no time.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder pausedClock() {
    this.pausedClock = true;
    return this;
  }

  /**
   * Whether to watch for mistakes: a context used after its poll is refused; a waiting task that
   * nobody can wake any more is reported with its spawn site ({@link LostWakerException}), and so
   * is a lock that is held across a pending poll ({@link HeldLockException}), if the module {@code
   * java.management} is there. Costs some objects per poll, and about a tenth of the time. Default:
   * the system property {@code pollux.debug}, which also has futures found that nobody uses ({@link
   * dev.pollux.core.UnpolledFutureException}).
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder debug(boolean debug) {
    this.debug = debug;
    return this;
  }

  /**
   * Whether tasks know where they were spawned, which costs a stack walk per spawn. Default: no. In
   * {@linkplain #debug debug mode} they always do.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder captureSpawnSites(boolean capture) {
    this.captureSpawnSites = capture;
    return this;
  }

  /**
   * Takes the failures that have no owner. Default: {@link
   * UncaughtFailureHandler#processDefault()}.
   *
   * <p>While the runtime is being closed, a task that fails with {@link
   * dev.pollux.core.TaskCancelledException}, because one that it waited for was cancelled first, is
   * none of them: it would have been cancelled next.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder uncaughtFailureHandler(UncaughtFailureHandler handler) {
    this.handler = requireNonNull(handler, "handler");
    return this;
  }

  /**
   * What happens after a task failed without an owner and the handler has seen it. Default: {@link
   * UncaughtFailurePolicy#CONTINUE}.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder uncaughtFailurePolicy(UncaughtFailurePolicy policy) {
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Sees each value that the runtime must drop and that is no {@code AutoCloseable} (those are
   * closed).
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder onDiscard(Consumer<Object> hook) {
    this.discardHook = requireNonNull(hook, "hook");
    return this;
  }

  /** Adds a listener; they are called in the order in which they were added. */
  @CanIgnoreReturnValue
  public RuntimeBuilder listener(RuntimeListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * How many polls may pass between two looks at timers and events while tasks are ready. A worker
   * of a multi-thread runtime looks earlier if its polls take long, so that half a millisecond
   * passes at the most.
   *
   * @param polls at least 1; default 61
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder eventInterval(int polls) {
    if (polls < 1) {
      throw new IllegalArgumentException("eventInterval must be at least 1, was " + polls);
    }
    this.eventInterval = polls;
    return this;
  }

  /**
   * How long {@link PolluxRuntime#close()} waits for polls that don't return, for {@linkplain
   * dev.pollux.core.Future#shielded() shielded} work, and for blocking jobs that have begun.
   *
   * @param patience not negative; default 10 seconds
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder shutdownPatience(Duration patience) {
    patienceNanos(patience);
    this.shutdownPatience = patience;
    return this;
  }

  /**
   * Called when work arrives for a runtime that a foreign loop ticks: have that loop call {@link
   * CurrentThreadRuntime#tryTick()}. May also be called when there turns out to be nothing to do.
   *
   * @param callback called on whatever thread brings the work; be quick, don't tick in it
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder onWork(Runnable callback) {
    this.onWork = requireNonNull(callback, "callback");
    return this;
  }

  /**
   * How many tasks may be live at a time: a bounded arena. One more is refused, see {@link
   * PolluxRuntime#trySpawn} and {@link SpawnRejectedException}.
   *
   * @param most at least 1; default no limit
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder maxTasks(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("maxTasks must be at least 1, was " + most);
    }
    this.maxTasks = most;
    return this;
  }

  /**
   * How many workers a multi-thread runtime has.
   *
   * @param workers from 1 to 32,767; default the number of available processors
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder workers(int workers) {
    if (workers < 1 || workers > Idle.MOST_WORKERS) {
      throw new IllegalArgumentException(
          "workers must be from 1 to " + Idle.MOST_WORKERS + ", was " + workers);
    }
    this.workers = workers;
    return this;
  }

  /**
   * Whether a worker of a multi-thread runtime runs next what the task that it runs now has woken
   * or spawned first, ahead of its queue (at most three times in a row if others wait). Default:
   * yes. Without it tasks run in the order in which they became ready.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder lifoSlot(boolean lifoSlot) {
    this.lifoSlot = lifoSlot;
    return this;
  }

  /**
   * After how many polls a worker of a multi-thread runtime, though it has tasks of its own, takes
   * one that came from outside.
   *
   * @param polls at least 1; default: learnt from how long polls take, so that it happens every 200
   *     µs, between 2 and 127
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder injectInterval(int polls) {
    if (polls < 1) {
      throw new IllegalArgumentException("injectInterval must be at least 1, was " + polls);
    }
    this.injectInterval = polls;
    return this;
  }

  /**
   * How many blocking jobs may run at once, each on a thread of its own; and how many calls may
   * {@link PolluxRuntime#blockInPlace block in place} at once without holding up a worker. {@link
   * BlockingExhaustion#GROW} may exceed it while threads wait for other jobs.
   *
   * @param threads at least 1; default 512
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder maxBlockingThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("maxBlockingThreads must be at least 1, was " + threads);
    }
    this.maxBlockingThreads = threads;
    return this;
  }

  /**
   * How long a blocking thread without a job, or a thread that has blocked in place, waits for the
   * next one before it ends. Virtual threads don't wait.
   *
   * @param keepAlive more than zero; default 10 seconds
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder blockingKeepAlive(Duration keepAlive) {
    if (requireNonNull(keepAlive, "keepAlive").isNegative() || keepAlive.isZero()) {
      throw new IllegalArgumentException(
          "blockingKeepAlive must be more than zero, was " + keepAlive);
    }
    this.blockingKeepAlive = keepAlive;
    return this;
  }

  /**
   * How many blocking jobs may wait for a thread: what comes then is refused with a {@link
   * BlockingQueueFullException}. Jobs that run don't count, nor do those that were taken back.
   *
   * @param jobs at least 1; default any number
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder blockingQueueLimit(int jobs) {
    if (jobs < 1) {
      throw new IllegalArgumentException("blockingQueueLimit must be at least 1, was " + jobs);
    }
    this.blockingQueueLimit = jobs;
    return this;
  }

  /**
   * Whether blocking jobs run on virtual threads, in place of those of the {@linkplain
   * #threadFactory thread factory}. A job that waits then costs no platform thread, but {@link
   * #maxBlockingThreads} holds all the same. Default: no.
   *
   * @throws UnsupportedOperationException if {@code virtual} and the JDK is older than 21
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder virtualBlockingThreads(boolean virtual) {
    if (virtual) {
      VirtualThreads.require("virtualBlockingThreads(true)");
    }
    this.virtualBlockingThreads = virtual;
    return this;
  }

  /**
   * What happens when every blocking thread waits for jobs that have no thread to run on. Default:
   * {@link BlockingExhaustion#GROW}.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder blockingExhaustion(BlockingExhaustion exhaustion) {
    this.blockingExhaustion = requireNonNull(exhaustion, "exhaustion");
    return this;
  }

  /**
   * Makes the platform threads of the runtime, which starts them: those of the workers, and those
   * for blocking jobs. Default: daemon threads named {@code <runtime>-worker-1}, {@code
   * <runtime>-blocking-1}, ... With threads that are no daemons, a runtime that is not closed keeps
   * the process alive.
   *
   * <p>If it throws or answers null, the runtime is not built; later, the {@code spawnBlocking}
   * that needed the thread throws a {@link java.util.concurrent.RejectedExecutionException}, and a
   * call that blocks in place keeps its worker waiting.
   *
   * @param factory called on the threads that need the new one, several at once
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder threadFactory(ThreadFactory factory) {
    this.threadFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Carries what is bound to the thread that spawns a task or a blocking job to the threads that
   * run it: one swap for each poll. Default: nothing is carried, and nothing is paid.
   *
   * @param propagation called by all threads that spawn or poll
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder contextPropagation(ContextPropagation propagation) {
    this.contextPropagation = requireNonNull(propagation, "propagation");
    return this;
  }

  /**
   * Has a thread of its own, {@code <runtime>-watchdog}, look after the polls of tasks: one that
   * lasts for {@code threshold} is reported with its task, where that was spawned if that is
   * {@linkplain #captureSpawnSites captured}, and what its thread is doing. The report goes to
   * {@link RuntimeListener#pollStuck} and, up to ten in a minute, to the {@link System.Logger}
   * named {@code dev.pollux}, at level {@code WARNING}; and again when the poll has lasted ten
   * times as long. Default: no watchdog.
   *
   * <p>The time in which the whole process stands still, for garbage collection say, does not
   * count; nor does a call that {@linkplain PolluxRuntime#blockInPlace blocks in place}. The
   * polling threads do no more for being watched. The watchdog looks at them eight times in {@code
   * threshold}, and each millisecond at a poll that lasts.
   *
   * @param threshold at least 10 milliseconds
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder watchdog(Duration threshold) {
    if (requireNonNull(threshold, "threshold").compareTo(SHORTEST_WATCHDOG) < 0) {
      throw new IllegalArgumentException(
          "threshold of the watchdog must be at least 10 milliseconds, was " + threshold);
    }
    this.watchdog = threshold;
    return this;
  }

  /**
   * Builds a runtime that runs its tasks on the thread that drives it.
   *
   * @throws IllegalStateException if an option was set that only a multi-thread runtime has
   */
  public CurrentThreadRuntime currentThread() {
    refuse(workers != null, "workers", "multiThread()");
    refuse(lifoSlot != null, "lifoSlot", "multiThread()");
    refuse(injectInterval != 0, "injectInterval", "multiThread()");
    return new CurrentThreadRuntime(options());
  }

  /**
   * Builds a runtime that runs its tasks on threads of its own, which are started.
   *
   * @throws IllegalStateException if an option was set that only a current-thread runtime has, or
   *     if the thread factory made no thread
   */
  public MultiThreadRuntime multiThread() {
    refuse(onWork != null, "onWork", "currentThread()");
    return new MultiThreadRuntime(options());
  }

  /**
   * Whether the runtime is registered with the management server of the platform, as a {@link
   * PolluxRuntimeMXBean}, from its building to its close. Default: no. A runtime that is registered
   * and never closed is kept by the server.
   *
   * @throws IllegalStateException if asked for, and there is no module {@code java.management}
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder mxBean(boolean register) {
    if (register && ModuleLayer.boot().findModule("java.management").isEmpty()) {
      throw new IllegalStateException("mxBean(true) needs the module java.management");
    }
    this.mxBean = register;
    return this;
  }

  private static void refuse(boolean isSet, String option, String where) {
    if (isSet) {
      throw new IllegalStateException(option + " is an option of " + where + " only");
    }
  }

  private Options options() {
    return new Options(
        name != null ? name : "pollux-" + NUMBER.incrementAndGet(),
        seed != null ? seed : System.nanoTime(),
        pausedClock,
        debug,
        captureSpawnSites || debug,
        handler,
        policy == UncaughtFailurePolicy.SHUT_DOWN,
        discardHook,
        List.copyOf(listeners),
        eventInterval,
        patienceNanos(shutdownPatience),
        onWork,
        maxTasks,
        workers != null ? workers : Runtime.getRuntime().availableProcessors(),
        lifoSlot == null || lifoSlot,
        injectInterval,
        threadFactory,
        contextPropagation,
        new BlockingOptions(
            maxBlockingThreads,
            nanos(blockingKeepAlive),
            blockingQueueLimit,
            virtualBlockingThreads,
            blockingExhaustion,
            threadFactory),
        mxBean,
        watchdog == null ? 0 : nanos(watchdog));
  }

  /** Checks how long somebody wants to wait. */
  @CanIgnoreReturnValue
  static long patienceNanos(Duration patience) {
    if (requireNonNull(patience, "patience").isNegative()) {
      throw new IllegalArgumentException("patience must not be negative, was " + patience);
    }
    return nanos(patience);
  }

  private static long nanos(Duration duration) {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
    return (duration.compareTo(longest) < 0 ? duration : longest).toNanos();
  }
}
