package dev.pollux.core;

/**
 * The body of an iterator written as a lambda, for {@link AsyncIterators#pollFn(PollNextFunction)}.
 *
 * @param <T> the type of the elements
 */
@FunctionalInterface
public interface PollNextFunction<T> {

  /**
   * Does what {@link AsyncIterator#pollNext} does, under the same contract; it is not called again
   * after it has answered {@code End} or thrown.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @return the next element, the end, or {@code Pending} after the waker was stored
   * @throws Exception the failure of the stream
   */
  Next<T> pollNext(Context cx) throws Exception;
}
