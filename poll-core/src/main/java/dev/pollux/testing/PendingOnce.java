package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code Pending} once, with a wake, and is the wrapped future from then on.
 *
 * <pre>{@code
 * Future<Integer> late = new PendingOnce<>(cx -> Poll.ready(7));
 * }</pre>
 *
 * <p>Source: {@code pending_once} of futures-test.
 *
 * @param <T> the output of the future
 * @cancellation cancels the wrapped future
 * @threading owned by one task, as every future is
 */
public final class PendingOnce<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable Future<T> future;

  private boolean answeredPending;
  private @Nullable Discard discard;

  /**
   * Makes the future.
   *
   * @param future what is polled from the second poll on; belongs to this future from here on
   */
  public PendingOnce(Future<T> future) {
    this.future = requireNonNull(future, "future");
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("pending once");
    }
    discard = cx.discard();
    if (!answeredPending) {
      answeredPending = true;
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
    description.name("pending once").with("pending", !answeredPending).child("body", future);
  }
}
