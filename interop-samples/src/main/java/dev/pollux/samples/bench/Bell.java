package dev.pollux.samples.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes something that sleeps, and measures from before the wake-up to when it is awake.
 *
 * @threading {@link #ring} and {@link #awaitAnswer}: one thread at a time; {@link #answer}: what is
 *     woken
 */
abstract class Bell {

  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long LOOK_NANOS = 100_000;

  private final Latencies latencies;
  private final AtomicInteger rung = new AtomicInteger();
  private volatile int answered;

  /** Written before the count that it goes with. */
  private long rungAtNanos;

  Bell(Latencies latencies) {
    this.latencies = latencies;
  }

  /** Wakes what sleeps. */
  abstract void wake();

  /**
   * Rings.
   *
   * @throws IllegalStateException if the last ring was not answered
   */
  final void ring() {
    if (!isAnswered()) {
      throw new IllegalStateException("wrong result: a wake-up was not answered before the next");
    }
    rungAtNanos = System.nanoTime();
    rung.incrementAndGet();
    wake();
  }

  /** Says that what slept is awake, which it may be for other reasons too. */
  final void answer() {
    int seen = rung.get();
    if (seen != answered) {
      latencies.add(System.nanoTime() - rungAtNanos);
      answered = seen;
    }
  }

  final boolean isAnswered() {
    return answered == rung.get();
  }

  /** How many rings were answered. */
  final int answered() {
    return answered;
  }

  /**
   * Waits until the last ring is answered, without being in the way.
   *
   * @throws IllegalStateException if it never is
   */
  final void awaitAnswer() {
    long begun = System.nanoTime();
    while (!isAnswered()) {
      if (System.nanoTime() - begun > PATIENCE_NANOS) {
        throw new IllegalStateException("wrong result: a wake-up was never answered");
      }
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
  }
}
