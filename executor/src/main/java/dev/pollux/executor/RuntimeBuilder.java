package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.scheduler.Options;
import dev.pollux.spi.RuntimeListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private @Nullable String name;
  private @Nullable Long seed;
  private boolean pausedClock;
  private boolean debug = Boolean.getBoolean("pollux.debug");
  private boolean captureSpawnSites;
  private UncaughtFailureHandler handler =
      (failure, origin) -> UncaughtFailureHandler.processDefault().uncaught(failure, origin);
  private UncaughtFailurePolicy policy = UncaughtFailurePolicy.CONTINUE;
  private Consumer<Object> discardHook = value -> {};
  private final List<RuntimeListener> listeners = new ArrayList<>();
  private int eventInterval = 61;
  private Duration shutdownPatience = Duration.ofSeconds(10);
  private @Nullable Runnable onWork;

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
   * Stops the clock at 0. It moves by {@link CurrentThreadRuntime#advance}, and by itself to the
   * next deadline whenever no task is ready and no blocking job is under way: a test of hours takes
   * no time.
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder pausedClock() {
    this.pausedClock = true;
    return this;
  }

  /**
   * Whether to watch for mistakes: a context used after its poll is refused, and a waiting task
   * that nobody can wake any more is reported with its spawn site. Costs some objects per poll.
   * Default: the system property {@code pollux.debug}.
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
   * How many polls may pass between two looks at timers and events while tasks are ready.
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
   * How long {@link PolluxRuntime#close()} waits for blocking jobs that have begun.
   *
   * @param patience not negative; default 10 seconds
   */
  @CanIgnoreReturnValue
  public RuntimeBuilder shutdownPatience(Duration patience) {
    if (requireNonNull(patience, "patience").isNegative()) {
      throw new IllegalArgumentException("patience must not be negative, was " + patience);
    }
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

  /** Builds a runtime that runs its tasks on the thread that drives it. */
  public CurrentThreadRuntime currentThread() {
    return new CurrentThreadRuntime(options());
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
        nanos(shutdownPatience),
        onWork);
  }

  private static long nanos(Duration patience) {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
    return (patience.compareTo(longest) < 0 ? patience : longest).toNanos();
  }
}
