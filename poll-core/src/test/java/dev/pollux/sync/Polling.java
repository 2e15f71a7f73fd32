package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of a stress test that polls futures: one poll, or as many as wakes ask for.
 *
 * @threading confined to its thread
 */
final class Polling {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Poller poller = new Poller(new Services() {}, 1, false);

  /** One body of a round, which runs on a thread of its own. */
  @FunctionalInterface
  interface Body {
    void run() throws Exception;
  }

  /** A round of a stress test. */
  @FunctionalInterface
  interface Round {
    void run(Random random) throws Exception;
  }

  /** Runs rounds for about a second; a failure names the seed and the round. */
  static void rounds(Round round) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = seed + TimeUnit.SECONDS.toNanos(1);
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        round.run(random);
      } catch (Throwable failure) {
        throw new AssertionError("round " + rounds + " of seed " + seed, failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  /** Runs all bodies at once, each on a thread of its own, and waits for them. */
  static void together(List<Body> bodies) throws Exception {
    CyclicBarrier start = new CyclicBarrier(bodies.size());
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (Body body : bodies) {
      Callable<Void> run =
          () -> {
            start.await(60, TimeUnit.SECONDS);
            body.run();
            return null;
          };
      FutureTask<Void> task = new FutureTask<>(run);
      tasks.add(task);
      Thread thread = new Thread(task, "stress");
      thread.setDaemon(true);
      thread.start();
    }
    for (FutureTask<Void> task : tasks) {
      assertThat(task.get(120, TimeUnit.SECONDS)).isNull();
    }
  }

  /** Polls once, with a waker of nobody. */
  <T> Poll<T> once(Future<T> future) throws Exception {
    return poller.poll(future, new CountingWaker());
  }

  /** Polls whenever it is woken until it is ready. */
  @CanIgnoreReturnValue
  <T> T toEnd(Future<T> future) throws Exception {
    while (true) {
      CountingWaker waker = new CountingWaker();
      Poll<T> answer = poller.poll(future, waker);
      if (answer.isReady()) {
        return answer.value();
      }
      if (poller.wokeItself()) {
        continue;
      }
      long limit = System.nanoTime() + LIMIT_NANOS;
      while (waker.count() == 0) {
        LockSupport.parkNanos(1_000);
        assertThat(System.nanoTime()).as("a wake-up was lost").isLessThan(limit);
      }
    }
  }
}
