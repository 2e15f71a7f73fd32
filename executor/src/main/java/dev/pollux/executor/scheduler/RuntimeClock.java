package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Nanos;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The clock of a runtime: nanoseconds since the runtime began. It follows {@link System#nanoTime},
 * or is paused and moves only when it is told to.
 */
final class RuntimeClock implements LongSupplier {

  private final boolean paused;
  private final long origin = System.nanoTime();

  /**
   * The time of a paused clock. Written by the thread that drives the runtime, or under its lock.
   */
  private volatile long pausedAt;

  RuntimeClock(boolean paused) {
    this.paused = paused;
  }

  boolean isPaused() {
    return paused;
  }

  @Override
  public long getAsLong() {
    return paused ? pausedAt : System.nanoTime() - origin;
  }

  /** Moves a paused clock on to {@code nanos}; never back. */
  synchronized void advanceTo(long nanos) {
    pausedAt = Math.max(pausedAt, nanos);
  }

  /**
   * Moves a paused clock on by hand.
   *
   * @param duration not negative
   * @param runtime whose clock it is, in words
   */
  void advance(Duration duration, String runtime) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration must not be negative, was " + duration);
    }
    if (!paused) {
      throw new IllegalStateException(
          "the clock of " + runtime + " is not paused: build it with pausedClock()");
    }
    advanceBy(Nanos.saturated(duration));
  }

  /** Moves a paused clock on by {@code nanos}, at most to the end of time. */
  private synchronized void advanceBy(long nanos) {
    long sum = pausedAt + nanos;
    pausedAt = sum < 0 ? Long.MAX_VALUE : sum;
  }
}
