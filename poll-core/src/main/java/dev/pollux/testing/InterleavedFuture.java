package dev.pollux.testing;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code Pending} with a wake before each poll of the wrapped future.
 *
 * @cancellation cancels the wrapped future
 */
final class InterleavedFuture<T extends @Nullable Object> implements Future<T> {

  private final Future<T> future;

  /** Whether the next poll goes through; always so once the future is over. */
  private boolean through;

  private @Nullable Discard discard;

  InterleavedFuture(Future<T> future) {
    this.future = future;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    discard = cx.discard();
    if (!through) {
      through = true;
      cx.waker().wake();
      return Poll.pending();
    }
    Poll<T> answer = future.poll(cx);
    through = answer.isReady();
    return answer;
  }

  @Override
  public void cancel() {
    through = true;
    Cancelling.child(future::cancel, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("interleave pending").child("body", future);
  }
}
