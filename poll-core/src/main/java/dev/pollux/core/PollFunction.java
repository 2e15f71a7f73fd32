package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * The body of a future written as a lambda, for {@link Futures#pollFn(PollFunction)}.
 *
 * @param <T> the output of the future
 */
@FunctionalInterface
public interface PollFunction<T extends @Nullable Object> {

  /**
   * Does what {@link Future#poll} does, under the same contract; it is not called again after it
   * has answered {@code Ready} or thrown.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @return the output, or {@code Pending} after the waker was stored
   * @throws Exception the failure of the computation
   */
  Poll<T> poll(Context cx) throws Exception;
}
