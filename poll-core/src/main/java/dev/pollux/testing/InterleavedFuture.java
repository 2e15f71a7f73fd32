package dev.pollux.testing;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code Pending} with a wake before each poll of the wrapped future.
 *
 * @cancellation cancels the wrapped future
 */
final class InterleavedFuture<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable Future<T> future;

  /** Whether the next poll goes through. */
  private boolean through;

  private @Nullable Discard discard;

  InterleavedFuture(Future<T> future) {
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("interleave pending");
    }
    discard = cx.discard();
    through = !through;
    if (through) {
      cx.waker().wake();
      return Poll.pending();
    }
    Poll<T> answer;
    try {
      answer = future.poll(cx);
    } catch (Throwable failure) {
      this.future = null;
      throw failure;
    }
    if (answer.isReady()) {
      this.future = null;
    }
    return answer;
  }

  @Override
  public void cancel() {
    Future<T> future = this.future;
    this.future = null;
    if (future != null) {
      Cancelling.child(future::cancel, discard);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("interleave pending").child("body", future);
  }
}
