package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Collects garbage until that shows. */
final class Collected {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Collected() {}

  /** Fails if {@code shows} is not true after a minute. */
  static void until(BooleanSupplier shows) {
    long limit = System.nanoTime() + LIMIT_NANOS;
    while (!shows.getAsBoolean()) {
      assertThat(System.nanoTime()).as("garbage that is kept").isLessThan(limit);
      System.gc();
      LockSupport.parkNanos(10_000_000);
    }
  }
}
