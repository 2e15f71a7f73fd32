package dev.pollux.streams.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ways to wait for other threads. */
final class Waiting {

  private static final long LIMIT_SECONDS = 30;

  private Waiting() {}

  static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).as("waited long enough").isTrue();
  }

  /** As {@link #await(CountDownLatch)} in a job, which is not to throw. */
  static void awaitQuietly(CountDownLatch latch) {
    try {
      await(latch);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
