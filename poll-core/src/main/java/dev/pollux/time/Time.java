package dev.pollux.time;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the futures of time. Meant for static import. */
public final class Time {

  private Time() {}

  /**
   * Completes once {@code duration} has passed since its first poll.
   *
   * @param duration how long; zero or less completes at the first poll
   */
  public static Sleep sleep(Duration duration) {
    return new Sleep(saturatedNanos(duration));
  }

  /**
   * Completes as {@code body} does, or fails with {@link java.util.concurrent.TimeoutException} if
   * that is not ready within {@code limit}.
   *
   * @param limit how long the body may take
   * @param body what is waited for
   * @param <T> the output of the body
   */
  public static <T extends @Nullable Object> Future<T> timeout(Duration limit, Future<T> body) {
    return new Timeout<>(requireNonNull(limit, "limit"), requireNonNull(body, "body"));
  }

  /**
   * The length of {@code duration}, which is 0 if it is negative, {@link Long#MAX_VALUE} if it is
   * centuries.
   */
  static long saturatedNanos(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
        ? Long.MAX_VALUE
        : duration.toNanos();
  }
}
