package dev.pollux.time;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the futures of time. Meant for static import.
 *
 * <pre>{@code
 * sleep(Duration.ofMillis(20));                      // Future<Void>
 * timeout(Duration.ofSeconds(5), fetch(url));        // fails with TimeoutException
 * interval(Duration.ofSeconds(1), MissedTicks.SKIP); // AsyncIterator<Long>
 * }</pre>
 *
 * <p>All of them run from their first poll, on the timer of the context they are polled with. They
 * are never early, and late by less than a tick of that timer (1 ms in a runtime) and what the
 * thread is busy with. A duration may be as long as {@link Duration} allows: what is longer than
 * 292 years ({@link Long#MAX_VALUE} nanoseconds) never comes. A negative one counts as zero.
 *
 * @threading any thread; what is made belongs to the task that polls it
 */
public final class Time {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** As many seconds as a long has nanoseconds, the last of which is not complete. */
  private static final long SATURATED_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND;

  private Time() {}

  /**
   * Completes once {@code duration} has passed since its first poll.
   *
   * @param duration how long; zero or less completes at the first poll, without a timer
   * @cancellation the deadline is given up
   */
  public static Sleep sleep(Duration duration) {
    return Unpolled.made(new Sleep(saturatedNanos(duration)));
  }

  /**
   * Completes once the timer has come to {@code deadlineNanos}.
   *
   * @param deadlineNanos the time on the clock of the timer that it is polled with ({@code
   *     cx.timer().nanoTime()}), in nanoseconds; what has passed completes at the first poll, and
   *     {@link Long#MAX_VALUE} never comes
   * @cancellation the deadline is given up
   */
  public static Sleep sleepUntil(long deadlineNanos) {
    Sleep sleep = new Sleep(0);
    sleep.resetUntil(deadlineNanos);
    return Unpolled.made(sleep);
  }

  /**
   * Completes as {@code body} does, or fails with {@link java.util.concurrent.TimeoutException}
   * once the body has been waited for as long as {@code limit}.
   *
   * <p>The time is counted from the first time that the body has to wait. A body that is ready in
   * the poll that finds the time over wins. Otherwise it is cancelled, and then the exception is
   * thrown, whose message names the limit. The time is looked at outside the budget, so a body that
   * is always busy ends in time too.
   *
   * @param limit how long the body may take; zero or less allows it one poll
   * @param body what is waited for
   * @param <T> the output of the body
   * @cancellation cancels the body, and gives the deadline up
   */
  public static <T extends @Nullable Object> Future<T> timeout(Duration limit, Future<T> body) {
    return Unpolled.made(
        new Timeout<>(requireNonNull(limit, "limit"), requireNonNull(body, "body")), body);
  }

  /**
   * Ticks at once and then every {@code period}, without end; missed ticks are delivered in a
   * {@linkplain MissedTicks#BURST burst}.
   *
   * @param period the time from tick to tick
   * @throws IllegalArgumentException if {@code period} is not more than zero
   * @cancellation no further tick comes
   */
  public static Interval interval(Duration period) {
    return interval(period, MissedTicks.BURST);
  }

  /**
   * Ticks at once and then every {@code period}, without end.
   *
   * @param period the time from tick to tick
   * @param missedTicks what becomes of ticks that are not asked for in time
   * @throws IllegalArgumentException if {@code period} is not more than zero
   * @cancellation no further tick comes
   */
  public static Interval interval(Duration period, MissedTicks missedTicks) {
    return Unpolled.made(
        new Interval(requireNonNull(period, "period"), requireNonNull(missedTicks, "missedTicks")));
  }

  /** The length of {@code duration}: 0 if it is negative, {@link Long#MAX_VALUE} if too long. */
  static long saturatedNanos(Duration duration) {
    long seconds = duration.getSeconds();
    if (seconds < 0) {
      return 0;
    }
    return seconds >= SATURATED_SECONDS
        ? Long.MAX_VALUE
        : seconds * NANOS_PER_SECOND + duration.getNano();
  }
}
