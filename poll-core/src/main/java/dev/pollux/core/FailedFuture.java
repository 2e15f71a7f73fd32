package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * Fails at its first poll.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class FailedFuture<T extends @Nullable Object> implements Future<T> {

  /** An {@code Exception} or an {@code Error}; null once over. */
  private @Nullable Throwable failure;

  FailedFuture(Throwable failure) {
    if (!(failure instanceof Exception || failure instanceof Error)) {
      throw new IllegalArgumentException(
          "failure must be an Exception or an Error, was a " + failure.getClass().getName());
    }
    this.failure = failure;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Throwable failure = this.failure;
    if (failure == null) {
      throw new PollAfterEndException("failed");
    }
    this.failure = null;
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Override
  public void cancel() {
    failure = null;
  }

  @Override
  public void describe(Description description) {
    description.name("failed").with("failure", failure);
  }
}
