package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What tests of the multi-thread runtime have in common. */
final class MultiThreading {

  /** Whether the JDK has virtual threads to call from. */
  static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

  private MultiThreading() {}

  /**
   * Waits for {@code latch}, in a poll too: what opens it must be brought about by another worker.
   */
  static void awaitOpen(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS))
        .as("waited too long for a latch")
        .isTrue();
  }

  /** Starts a virtual thread; on a JDK without them, a platform thread. */
  @CanIgnoreReturnValue
  static Thread startVirtual(Runnable body) throws ReflectiveOperationException {
    if (HAS_VIRTUAL_THREADS) {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, body);
    }
    Thread thread = new Thread(body, "no virtual thread");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Whether the calling thread is one that {@code runtime} named. */
  static boolean isOnWorkerOf(PolluxRuntime runtime) {
    return Thread.currentThread().getName().startsWith(runtime.name() + "-worker-");
  }

  /**
   * Waits until all workers sleep without a limit, so that nothing has looked around for a while.
   */
  static void awaitDormant(MultiThreadRuntime runtime) {
    awaitQuiet(runtime, Duration.ofMillis(25));
  }

  /** Waits until the runtime has counted nothing at all for so long. */
  static void awaitQuiet(MultiThreadRuntime runtime, Duration quiet) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Waiting.LIMIT_SECONDS);
    RuntimeMetrics before = runtime.metrics();
    long since = System.nanoTime();
    while (System.nanoTime() - since < quiet.toNanos()) {
      assertThat(System.nanoTime()).as("never quiet: %s", before).isLessThan(limit);
      LockSupport.parkNanos(1_000_000);
      RuntimeMetrics now = runtime.metrics();
      if (!now.equals(before)) {
        before = now;
        since = System.nanoTime();
      }
    }
  }

  /** What a poll does. */
  @FunctionalInterface
  interface Body {
    void run(Context cx) throws Exception;
  }

  /**
   * A future that waits for ever, and says when it is polled and cancelled. It keeps its waker, so
   * that debug mode does not take it for one that was forgotten.
   */
  static Future<Object> waits(Body onPoll, Runnable onCancel) {
    return new Future<>() {
      @Keep private volatile Waker waker;

      @Override
      public Poll<Object> poll(Context cx) throws Exception {
        waker = cx.waker();
        onPoll.run(cx);
        return Poll.pending();
      }

      @Override
      public void cancel() {
        waker = null;
        onCancel.run();
      }
    };
  }

  /** Arms a timer of the runtime on a thread that is no worker. */
  static void armFromOutside(PolluxRuntime runtime, Duration delay, Waker waker) throws Exception {
    Poller poller = new Poller(new TimerOnly(runtime.timer()), 0, false);
    Poll<Void> poll = poller.poll(Time.sleep(delay), waker);
    assertThat(poll.isPending()).isTrue();
  }

  private record TimerOnly(Timer timer) implements Services {}

  /** What has reached the uncaught-failure handler of a runtime. */
  static final class Uncaught {
    private final List<String> origins = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Both at once: who has seen the one looks for the other. */
    synchronized void add(Throwable failure, String origin) {
      failures.add(failure);
      origins.add(origin);
    }

    synchronized List<Throwable> failures() {
      return List.copyOf(failures);
    }

    synchronized List<String> origins() {
      return List.copyOf(origins);
    }

    /** What was expected has been seen. */
    synchronized void forget() {
      failures.clear();
      origins.clear();
    }

    void assertNone() {
      assertThat(failures()).as("uncaught, of %s", origins()).isEmpty();
    }
  }
}
