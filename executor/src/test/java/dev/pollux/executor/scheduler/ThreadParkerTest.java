package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.spi.Parker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadParkerTest {

  private final ThreadParker parker = new ThreadParker();

  @Test
  void anUnparkBeforeTheParkMakesItReturn() {
    parker.unpark();
    parker.park(Parker.FOREVER);
  }

  @Test
  void severalUnparksCountAsOne() throws Exception {
    parker.unpark();
    parker.unpark();
    parker.park(Parker.FOREVER);
    FutureTask<Void> second = parked(Parker.FOREVER);
    assertThat(second.isDone()).isFalse();
    parker.unpark();
    second.get(30, TimeUnit.SECONDS);
  }

  @Test
  void anUnparkDuringTheParkMakesItReturn() throws Exception {
    FutureTask<Void> sleeper = parked(Parker.FOREVER);
    parker.unpark();
    sleeper.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aParkOfZeroDoesNotSleep() {
    parker.park(0);
  }

  @Test
  void aParkWithALimitReturnsByItself() {
    long before = System.nanoTime();
    parker.park(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(30));
  }

  @Test
  void anInterruptedThreadDoesNotSleepAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    parker.park(Parker.FOREVER);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theParkerGoesFromThreadToThread() throws Exception {
    for (int i = 0; i < 10; i++) {
      FutureTask<Void> sleeper = parked(Parker.FOREVER);
      parker.unpark();
      sleeper.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatHappenedBeforeAnUnparkIsSeenAfterThePark() throws Exception {
    int rounds = 50_000;
    AtomicInteger published = new AtomicInteger();
    CountDownLatch over = new CountDownLatch(1);
    FutureTask<Void> consumer =
        new FutureTask<>(
            () -> {
              while (published.get() < rounds) {
                parker.park(Parker.FOREVER);
              }
              over.countDown();
              return null;
            });
    start(consumer);
    // Two at once: an unpark that another one's park swallows must be seen all the same.
    Runnable producer =
        () -> {
          while (published.get() < rounds) {
            published.incrementAndGet();
            parker.unpark();
          }
        };
    Thread second = new Thread(producer);
    second.start();
    producer.run();
    second.join();
    assertThat(over.await(30, TimeUnit.SECONDS)).as("asleep with the last one unseen").isTrue();
    consumer.get(30, TimeUnit.SECONDS);
  }

  /** A thread that is asleep in a park. */
  private FutureTask<Void> parked(long timeoutNanos) throws InterruptedException {
    FutureTask<Void> sleeper =
        new FutureTask<>(
            () -> {
              parker.park(timeoutNanos);
              return null;
            });
    Thread thread = start(sleeper);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (LockSupport.getBlocker(thread) != parker) {
      assertThat(System.nanoTime()).as("does not fall asleep").isLessThan(limit);
      TimeUnit.MICROSECONDS.sleep(100);
    }
    return sleeper;
  }

  @CanIgnoreReturnValue
  private static Thread start(FutureTask<Void> body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
