package dev.pollux.executor.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** What a pool needs of the runtime around it, which remembers what it is told. */
final class OuterRuntime implements Scheduler {

  static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  static final StackTraceElement SITE = new StackTraceElement("App", "main", "App.java", 12);

  final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  final List<Throwable> reports = Collections.synchronizedList(new ArrayList<>());
  final List<String> origins = Collections.synchronizedList(new ArrayList<>());
  final List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger idle = new AtomicInteger();
  private final Discard discard =
      Discard.closing(discarded::add, (failure, origin) -> uncaught.add(failure));

  /** The options of a pool with up to {@code threads}, which stay; and otherwise the defaults. */
  static BlockingOptions upTo(int threads) {
    return new BlockingOptions(
        threads, LIMIT_NANOS, Integer.MAX_VALUE, false, BlockingExhaustion.GROW, null);
  }

  static BlockingOptions withKeepAlive(BlockingOptions options, long nanos) {
    return new BlockingOptions(
        options.maxThreads(),
        nanos,
        options.queueLimit(),
        options.virtualThreads(),
        options.exhaustion(),
        options.threadFactory());
  }

  static BlockingOptions withQueueLimit(BlockingOptions options, int limit) {
    return new BlockingOptions(
        options.maxThreads(),
        options.keepAliveNanos(),
        limit,
        options.virtualThreads(),
        options.exhaustion(),
        options.threadFactory());
  }

  static BlockingOptions withExhaustion(BlockingOptions options, BlockingExhaustion exhaustion) {
    return new BlockingOptions(
        options.maxThreads(),
        options.keepAliveNanos(),
        options.queueLimit(),
        options.virtualThreads(),
        exhaustion,
        options.threadFactory());
  }

  static BlockingOptions withFactory(BlockingOptions options, ThreadFactory factory) {
    return new BlockingOptions(
        options.maxThreads(),
        options.keepAliveNanos(),
        options.queueLimit(),
        options.virtualThreads(),
        options.exhaustion(),
        factory);
  }

  static BlockingOptions virtual(BlockingOptions options) {
    return new BlockingOptions(
        options.maxThreads(),
        options.keepAliveNanos(),
        options.queueLimit(),
        true,
        options.exhaustion(),
        options.threadFactory());
  }

  BlockingPool pool(BlockingOptions options) {
    return new BlockingPool(
        this,
        options,
        (failure, origin) -> {
          reports.add(failure);
          origins.add(origin);
        },
        () -> SITE,
        idle::incrementAndGet);
  }

  /** Occupies {@code threads} of {@code pool} until {@code gate} opens. */
  @CanIgnoreReturnValue
  static List<JoinHandle<String>> occupy(BlockingPool pool, int threads, CountDownLatch gate)
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(threads);
    Callable<String> job =
        () -> {
          begun.countDown();
          gate.await();
          return "occupied";
        };
    List<JoinHandle<String>> handles = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      handles.add(pool.spawnBlocking(job));
    }
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return handles;
  }

  /** Waits for something that another thread is about to bring about. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as("waited too long").isLessThan(LIMIT_NANOS);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Override
  public void schedule(Task<?> task) {
    throw new AssertionError(task);
  }

  @Override
  public void ending(Task<?> task, Outcome outcome) {
    throw new AssertionError(task);
  }

  @Override
  public void uncaught(TaskInfo task, Throwable failure) {
    uncaught.add(failure);
  }

  @Override
  public Discard discard() {
    return discard;
  }

  @Override
  public String runtimeName() {
    return "outer";
  }
}
