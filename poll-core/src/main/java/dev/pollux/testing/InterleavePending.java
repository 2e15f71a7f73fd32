package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@code Pending}, with a wake, before every answer of a future or an iterator: what waits
 * for it is made to suspend at every point where it could.
 *
 * <pre>{@code
 * AsyncIterator<Integer> slow = InterleavePending.iterator(numbers);
 * Future<Integer> late = InterleavePending.future(sum);
 * }</pre>
 *
 * <p>Source: {@code interleave_pending} of futures-test.
 *
 * @threading any thread; what is made belongs to the task that polls it
 */
public final class InterleavePending {

  private InterleavePending() {}

  /**
   * A future that polls {@code future} at every second poll, and answers {@code Pending} with a
   * wake in between.
   *
   * @param future what is polled; belongs to the new future from here on
   * @param <T> the output of the future
   */
  public static <T extends @Nullable Object> Future<T> future(Future<T> future) {
    return new InterleavedFuture<>(requireNonNull(future, "future"));
  }

  /**
   * An iterator that polls {@code iterator} at every second poll, and answers {@code Pending} with
   * a wake in between. Internal iteration gets one element at a time as well.
   *
   * @param iterator what is polled; belongs to the new iterator from here on
   * @param <T> the type of the elements
   */
  public static <T> AsyncIterator<T> iterator(AsyncIterator<T> iterator) {
    return new InterleavedIterator<>(requireNonNull(iterator, "iterator"));
  }
}
