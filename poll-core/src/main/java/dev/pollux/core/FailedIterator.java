package dev.pollux.core;

import dev.pollux.operator.Raise;
import dev.pollux.operator.Source;
import org.jspecify.annotations.Nullable;

/**
 * Fails at once.
 *
 * @cancellation the failure is dropped: it was made by the user and has happened nowhere
 * @threading confined to the polling task
 */
final class FailedIterator<T> extends Source<T> {

  private @Nullable Throwable failure;

  FailedIterator(Throwable failure) {
    if (!(failure instanceof Exception || failure instanceof Error)) {
      throw new IllegalArgumentException(
          "failure must be an Exception or an Error, was a " + failure.getClass().getName());
    }
    this.failure = failure;
  }

  @Override
  protected String kind() {
    return "failed";
  }

  @Override
  protected void release() {
    failure = null;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    throw fail();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    throw fail();
  }

  private RuntimeException fail() {
    open();
    Throwable failure = this.failure;
    cancel();
    if (failure == null) {
      throw new PollAfterEndException(kind());
    }
    return Raise.unchecked(failure);
  }
}
