package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ways to wait, in tests and in the tasks that they spawn. */
final class Waiting {

  static final long LIMIT_SECONDS = 30;

  private Waiting() {}

  /** Waits for something that another thread is about to bring about. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
      TimeUnit.MILLISECONDS.sleep(1);
    }
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

    boolean isDone() {
      return end.isDone();
    }

    @CanIgnoreReturnValue
    T result() throws Exception {
      return end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until the thread is blocked on something. */
    @CanIgnoreReturnValue
    Elsewhere<T> asleep() throws InterruptedException {
      Waiting.await(
          () ->
              thread.getState() == Thread.State.WAITING
                  || thread.getState() == Thread.State.TIMED_WAITING);
      return this;
    }
  }

  /** A future that waits until it is told, and knows what has become of it. */
  static final class Gate implements Future<String> {
    volatile Waker waker;
    volatile boolean open;
    volatile int polls;
    volatile int cancels;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // polled by one thread at a time
    public Poll<String> poll(Context cx) {
      polls++;
      waker = cx.waker();
      return open ? Poll.ready("open") : Poll.pending();
    }

    void open() {
      open = true;
      Waker registered = waker;
      if (registered != null) {
        registered.wake();
      }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // cancelled by one thread
    public void cancel() {
      cancels++;
      waker = null;
    }
  }

  /** A future that yields in each poll until another one is told to stop. */
  static final class Follower implements Future<String> {
    private final Spinner leader;

    Follower(Spinner leader) {
      this.leader = leader;
    }

    @Override
    public Poll<String> poll(Context cx) {
      if (leader.stop) {
        return Poll.ready("stopped");
      }
      cx.wakeSelf();
      return Poll.pending();
    }
  }

  /** A future that yields in each poll until it is told to stop, or for ever. */
  static final class Spinner implements Future<String> {
    volatile boolean stop;
    volatile int polls;
    volatile int cancels;

    /** What the next poll does, if anything. */
    volatile Runnable between;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // polled by one thread at a time
    public Poll<String> poll(Context cx) {
      polls++;
      Runnable task = between;
      if (task != null) {
        task.run();
      }
      if (stop) {
        return Poll.ready("stopped");
      }
      cx.wakeSelf();
      return Poll.pending();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // cancelled by one thread
    public void cancel() {
      cancels++;
    }
  }
}
