package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four threads that take, hold, hand back and give up locks as fast as they can. Nobody is inside
 * beside whom it must not be, everybody gets in, and in the end all is free.
 */
@Tag("stress")
class LocksStressTest {

  private static final int THREADS = 4;
  private static final int STEPS = 300;
  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** What one thread does. */
  @FunctionalInterface
  private interface Body {
    void run(Crank crank, Random random) throws Exception;
  }

  /** Polls as a task would: again when it was woken. */
  private static final class Crank implements Waker {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Thread thread = Thread.currentThread();
    private volatile boolean woken;

    @Override
    public void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }

    /** Polls to the end, or gives up after some polls and answers null. */
    <T> @Nullable T run(Future<T> future, Random random, Object lock) throws Exception {
      int patience = random.nextInt(4) == 0 ? random.nextInt(3) : Integer.MAX_VALUE;
      long limit = System.nanoTime() + LIMIT_NANOS;
      for (int polls = 0; polls < patience; polls++) {
        woken = false;
        Poll<T> answer = poller.poll(future, this);
        if (answer.isReady()) {
          return answer.value();
        }
        while (!woken && patience == Integer.MAX_VALUE) {
          LockSupport.parkNanos(this, 1_000_000);
          if (System.nanoTime() > limit) {
            throw new AssertionError("a wake-up was lost: " + lock);
          }
        }
      }
      future.cancel();
      return null;
    }
  }

  private static void repeat(Runnable check, Body body) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    do {
      rounds++;
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random mine = new Random(random.nextLong());
        FutureTask<Void> task =
            new FutureTask<>(
                () -> {
                  Crank crank = new Crank();
                  for (int step = 0; step < STEPS; step++) {
                    body.run(crank, mine);
                  }
                  return null;
                });
        tasks.add(task);
        Thread thread = new Thread(task, "locker");
        thread.setDaemon(true);
        thread.start();
      }
      try {
        for (FutureTask<Void> task : tasks) {
          assertThat(task.get(2 * LIMIT_NANOS, TimeUnit.NANOSECONDS)).isNull();
        }
        check.run();
      } catch (Throwable failure) {
        throw new AssertionError("round " + rounds + " of seed " + seed, failure);
      }
    } while (System.nanoTime() < end);
  }

  @Test
  void oneIsInTheMutex() throws Exception {
    AsyncMutex mutex = new AsyncMutex("stress");
    int[] inside = new int[1]; // guarded by the mutex, on purpose not volatile
    repeat(
        () -> assertThat(mutex.toString()).endsWith("free"),
        (crank, random) -> {
          AsyncMutex.Guard guard =
              random.nextInt(3) == 0 ? mutex.tryLock() : crank.run(mutex.lock(), random, mutex);
          if (guard != null) {
            assertThat(inside[0]++).isZero();
            if (random.nextInt(8) == 0) {
              LockSupport.parkNanos(1);
            }
            assertThat(--inside[0]).isZero();
            guard.close();
            if (random.nextInt(4) == 0) {
              guard.close();
            }
          }
        });
  }

  @Test
  void noPermitIsLostOrDoubled() throws Exception {
    int permits = 3;
    AsyncSemaphore semaphore = new AsyncSemaphore("stress", permits);
    AtomicInteger out = new AtomicInteger();
    repeat(
        () -> {
          assertThat(semaphore.availablePermits()).isEqualTo(permits);
          assertThat(semaphore.toString()).doesNotContain("wait");
        },
        (crank, random) -> {
          int many = 1 + random.nextInt(permits);
          AsyncSemaphore.Permit permit =
              random.nextInt(3) == 0
                  ? semaphore.tryAcquireMany(many)
                  : crank.run(semaphore.acquireMany(many), random, semaphore);
          if (permit != null) {
            assertThat(out.addAndGet(many)).isBetween(many, permits);
            if (random.nextInt(8) == 0) {
              LockSupport.parkNanos(1);
            }
            out.addAndGet(-many);
            permit.close();
          }
        });
  }

  /** Closed at some time, while permits are out and wanted. */
  @Test
  void aCloseReachesEverybodyAndLosesNothing() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    do {
      AsyncSemaphore semaphore = new AsyncSemaphore("closing", 2);
      int closeAt = random.nextInt(200);
      List<FutureTask<Void>> tasks = new ArrayList<>();
      AtomicInteger steps = new AtomicInteger();
      for (int i = 0; i < THREADS; i++) {
        Random mine = new Random(random.nextLong());
        FutureTask<Void> task =
            new FutureTask<>(
                () -> {
                  Crank crank = new Crank();
                  try {
                    while (true) {
                      if (steps.getAndIncrement() == closeAt) {
                        semaphore.close();
                      }
                      AsyncSemaphore.Permit permit =
                          crank.run(semaphore.acquireMany(1 + mine.nextInt(2)), mine, semaphore);
                      if (permit != null) {
                        permit.close();
                      }
                    }
                  } catch (SemaphoreClosedException closed) {
                    return null;
                  }
                });
        tasks.add(task);
        Thread thread = new Thread(task, "closing");
        thread.setDaemon(true);
        thread.start();
      }
      for (FutureTask<Void> task : tasks) {
        assertThat(task.get(2 * LIMIT_NANOS, TimeUnit.NANOSECONDS)).isNull();
      }
      assertThat(semaphore)
          .as("seed %d", seed)
          .hasToString("semaphore \"closing\", closed, 2 free");
    } while (System.nanoTime() < end);
  }

  @Test
  void writersAreAlone() throws Exception {
    AsyncRwLock lock = new AsyncRwLock("stress");
    AtomicInteger readers = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    repeat(
        () -> assertThat(lock.toString()).endsWith("free"),
        (crank, random) -> {
          boolean tries = random.nextInt(3) == 0;
          AsyncRwLock.ReadGuard reader = null;
          if (random.nextInt(3) == 0) {
            AsyncRwLock.WriteGuard writer =
                tries ? lock.tryWrite() : crank.run(lock.write(), random, lock);
            if (writer != null) {
              assertThat(writers.incrementAndGet()).isEqualTo(1);
              assertThat(readers.get()).isZero();
              if (random.nextInt(8) == 0) {
                LockSupport.parkNanos(1);
              }
              writers.decrementAndGet();
              if (random.nextBoolean()) {
                reader = writer.downgrade();
              } else {
                writer.close();
              }
            }
          } else {
            reader = tries ? lock.tryRead() : crank.run(lock.read(), random, lock);
          }
          if (reader != null) {
            readers.incrementAndGet();
            assertThat(writers.get()).isZero();
            readers.decrementAndGet();
            reader.close();
          }
        });
  }
}
