package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four threads that track and end futures while one of them closes the tracker, again and again.
 * The end comes once, after the last, and reaches everybody who waits for it.
 */
@Tag("stress")
class TaskTrackerStressTest {

  private static final int THREADS = 4;
  private static final int STEPS = 100;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Test
  void theEndComesAfterTheLastAndReachesEverybody() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        oneRound(random);
      } catch (Throwable failure) {
        throw new AssertionError("round " + rounds + " of seed " + seed, failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random) throws Exception {
    TaskTracker tracker = new TaskTracker();
    AtomicInteger left = new AtomicInteger();
    int closer = random.nextInt(THREADS);
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      boolean closes = i == closer;
      Random mine = new Random(random.nextLong());
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                trackAndEnd(tracker, left, mine, closes);
                return null;
              });
      tasks.add(task);
      Thread thread = new Thread(task, "tracker");
      thread.setDaemon(true);
      thread.start();
    }
    for (FutureTask<Void> task : tasks) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isNull();
    }
    assertThat(tracker.isClosed()).isTrue();
    assertThat(tracker.isEmpty()).isTrue();
    assertThat(tracker.over().hasListeners()).isFalse();
  }

  private static void trackAndEnd(
      TaskTracker tracker, AtomicInteger left, Random random, boolean closes) throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    Deque<Future<Void>> mine = new ArrayDeque<>();
    CountingWaker waker = new CountingWaker();
    Future<Void> end = tracker.whenEmpty();
    boolean over = poller.poll(end, waker).isReady();
    int closeAt = closes ? random.nextInt(STEPS) : -1;
    for (int i = 0; i < STEPS && !over; i++) {
      if (i == closeAt) {
        tracker.close();
      }
      if (random.nextBoolean()) {
        try {
          mine.add(tracker.track(Futures.pending()));
          left.incrementAndGet();
        } catch (IllegalStateException refused) {
          assertThat(mine).isEmpty();
          assertThat(tracker.isEmpty()).isTrue();
        }
      } else if (!mine.isEmpty()) {
        left.decrementAndGet();
        mine.remove().cancel();
      }
    }
    if (closes) {
      tracker.close();
    }
    for (Future<Void> tracked : mine) {
      assertThat(waker.count()).isZero(); // mine keeps it from being over
      left.decrementAndGet();
      tracked.cancel();
    }
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!over && waker.count() == 0) {
      LockSupport.parkNanos(1_000);
      assertThat(System.nanoTime()).as("a wake-up was lost: %s", tracker).isLessThan(limit);
    }
    if (!over) {
      assertThat(poller.poll(end, waker).isReady()).isTrue();
    }
    assertThat(left).hasValue(0);
  }
}
