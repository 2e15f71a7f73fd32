package dev.pollux.executor.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A scheduled executor service to be tested, and whatever runs its commands. */
final class Host implements AutoCloseable {

  static final long LIMIT_SECONDS = 30;

  final ScheduledExecutorService service;

  /** Whether it interrupts commands that are running. */
  final boolean interrupts;

  /** Whether it has one thread. */
  final boolean isSerial;

  /** What was reported without an owner. */
  final List<Throwable> uncaught;

  private final Runnable endOfWhatRunsIt;

  private Host(
      ScheduledExecutorService service,
      boolean interrupts,
      boolean isSerial,
      List<Throwable> uncaught,
      Runnable endOfWhatRunsIt) {
    this.service = service;
    this.interrupts = interrupts;
    this.isSerial = isSerial;
    this.uncaught = uncaught;
    this.endOfWhatRunsIt = endOfWhatRunsIt;
  }

  /** What the others are measured by. */
  static Host reference() {
    ScheduledThreadPoolExecutor service = new ScheduledThreadPoolExecutor(1);
    service.setRemoveOnCancelPolicy(true);
    return new Host(service, true, true, List.of(), () -> {});
  }

  /** The workers of a runtime. */
  static Host onWorkers(Function<RuntimeBuilder, PolluxRuntime> kind) {
    Driven driven = new Driven(kind);
    return new Host(
        driven.runtime.asScheduledExecutorService(),
        false,
        driven.runtime instanceof CurrentThreadRuntime,
        driven.uncaught,
        driven::close);
  }

  /** The blocking pool of a runtime. */
  static Host onBlockingPool(Function<RuntimeBuilder, PolluxRuntime> kind) {
    Driven driven = new Driven(kind);
    return new Host(
        driven.runtime.asBlockingScheduledExecutorService(),
        true,
        false,
        driven.uncaught,
        driven::close);
  }

  @Override
  public void close() {
    service.shutdownNow();
    endOfWhatRunsIt.run();
  }

  /** A runtime that makes progress by itself: one without threads is driven by one. */
  static final class Driven implements AutoCloseable {
    final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    final PolluxRuntime runtime;
    private final Stop stop = new Stop();
    private final CountDownLatch stopped = new CountDownLatch(1);

    Driven(Function<RuntimeBuilder, PolluxRuntime> kind) {
      runtime =
          kind.apply(
              PolluxRuntime.builder()
                  .uncaughtFailureHandler((failure, origin) -> uncaught.add(failure)));
      if (runtime instanceof CurrentThreadRuntime) {
        Thread driver = new Thread(this::drive, "driver");
        driver.setDaemon(true);
        driver.start();
      } else {
        stopped.countDown();
      }
    }

    private void drive() {
      try {
        runtime.blockOn(stop);
      } catch (Exception closed) {
        // the test has closed the runtime
      } finally {
        stopped.countDown();
      }
    }

    @Override
    public void close() {
      stop.now();
      holdOn(stopped);
      runtime.close();
    }
  }

  private static final class Stop implements Future<Void> {
    private volatile boolean asked;
    private volatile Waker waker;

    @Override
    public Poll<Void> poll(Context cx) {
      waker = cx.waker();
      return asked ? Poll.done() : Poll.pending();
    }

    void now() {
      asked = true;
      Waker waiting = waker;
      if (waiting != null) {
        waiting.wake();
      }
    }
  }

  // ---- ways to wait

  static void awaitLatch(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).as("waited too long").isTrue();
  }

  /** As {@link #awaitLatch}, for a command, whatever interrupts it. */
  static void holdOn(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        awaitLatch(latch);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @CanIgnoreReturnValue
  static <T> T get(java.util.concurrent.Future<T> future) throws Exception {
    return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Runs {@code body} on a thread of its own. */
  static <T> Elsewhere<T> elsewhere(Callable<T> body) {
    Elsewhere<T> result = new Elsewhere<>(body);
    result.thread.setDaemon(true);
    result.thread.start();
    return result;
  }

  static final class Elsewhere<T> {
    final FutureTask<T> end;
    final Thread thread;

    Elsewhere(Callable<T> body) {
      end = new FutureTask<>(body);
      thread = new Thread(end, "elsewhere");
    }

    @CanIgnoreReturnValue
    T result() throws Exception {
      return get(end);
    }

    /** Waits until the thread is blocked on something. */
    @CanIgnoreReturnValue
    Elsewhere<T> asleep() throws InterruptedException {
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (thread.getState() != Thread.State.WAITING
          && thread.getState() != Thread.State.TIMED_WAITING) {
        assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
        TimeUnit.MILLISECONDS.sleep(1);
      }
      return this;
    }
  }

  /** A command that says that it has begun, and then waits until it is let go. */
  static final class Held implements Callable<String> {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    volatile boolean wasInterrupted;

    @CanIgnoreReturnValue
    @Override
    public String call() {
      begun.countDown();
      holdOn(release);
      wasInterrupted = Thread.interrupted();
      return "held";
    }

    /** Submits it, and waits until it runs. */
    java.util.concurrent.Future<String> runOn(ScheduledExecutorService service)
        throws InterruptedException {
      java.util.concurrent.Future<String> future = service.submit(this);
      awaitLatch(begun);
      return future;
    }

    void release() {
      release.countDown();
    }
  }
}
