package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A thread that makes one blocking call, for tests: the test goes on once the thread waits.
 *
 * @param <V> what the call answers
 */
final class BlockedThread<V> {

  private static final long LIMIT_SECONDS = 60;

  private final FutureTask<V> call;
  private final Thread thread;

  private BlockedThread(Callable<V> call) {
    this.call = new FutureTask<>(call);
    this.thread = new Thread(this.call, "blocked");
    thread.setDaemon(true);
  }

  /** Starts the call, and returns once its thread is parked. */
  static <V> BlockedThread<V> in(Callable<V> call) {
    BlockedThread<V> blocked = new BlockedThread<>(call);
    blocked.thread.start();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (blocked.thread.getState() != Thread.State.WAITING) {
      assertThat(blocked.call.isDone()).as("it has not waited").isFalse();
      assertThat(System.nanoTime()).as("it does not come to wait").isLessThan(limit);
      Thread.onSpinWait();
    }
    return blocked;
  }

  void interrupt() {
    thread.interrupt();
  }

  /** What the call answers; throws as {@link FutureTask#get()} does. */
  V result() throws Exception {
    return call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
