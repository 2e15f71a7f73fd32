package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import java.time.Duration;

/**
 * A deadline of an operator, which is moved again and again. Looked at outside the budget: an
 * upstream that uses it all up must not hold off the time.
 *
 * @threading owned by the polling task
 */
final class Deadline extends TimerEntry {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Makes one that never comes before it is set. */
  Deadline() {
    super(Long.MAX_VALUE);
  }

  /** Sets it to so long from now. */
  void set(Context cx, long delayNanos) {
    setAt(after(cx.timer().nanoTime(), delayNanos));
  }

  /** Sets it to a time on the clock of the context's timer. */
  void setAt(long deadlineNanos) {
    resetAt(deadlineNanos);
  }

  /** Whether it has passed; if not, the waker is registered. */
  boolean elapsed(Context cx) {
    return hasElapsed(cx);
  }

  /** Stops waiting; it can be set again. */
  void stop() {
    disarm();
  }

  /** Whether it was stopped and not set since. */
  boolean isStopped() {
    return isOver();
  }

  /** Says what is waited for, if that is this. */
  void describe(Description description) {
    Timer timer = timer();
    if (isArmed() && timer != null) {
      long left = Math.max(0, deadlineNanos() - timer.nanoTime());
      description.waitsFor("its upstream, or a deadline in " + Duration.ofNanos(left));
    }
  }

  /** The sum, or {@link Long#MAX_VALUE}, which never comes. */
  static long after(long nanos, long moreNanos) {
    long sum = nanos + moreNanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /**
   * The length of {@code duration}, saturated.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  static long positiveNanos(String name, Duration duration) {
    if (requireNonNull(duration, name).isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be more than 0, was " + duration);
    }
    return saturatedNanos(duration);
  }

  /**
   * The length of {@code duration}, saturated.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static long notNegativeNanos(String name, Duration duration) {
    if (requireNonNull(duration, name).isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, was " + duration);
    }
    return saturatedNanos(duration);
  }

  private static long saturatedNanos(Duration duration) {
    long seconds = duration.getSeconds();
    return seconds >= Long.MAX_VALUE / NANOS_PER_SECOND
        ? Long.MAX_VALUE
        : seconds * NANOS_PER_SECOND + duration.getNano();
  }
}
