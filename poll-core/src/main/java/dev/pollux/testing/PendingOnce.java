package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
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

  private final Future<T> future;
  private boolean answeredPending;
  private boolean cancelled;
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
    discard = cx.discard();
    if (answeredPending || cancelled) {
      return future.poll(cx); // also refuses a poll after the end
    }
    answeredPending = true;
    cx.waker().wake();
    return Poll.pending();
  }

  @Override
  public void cancel() {
    cancelled = true;
    Cancelling.child(future::cancel, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("pending once").with("pending", !answeredPending).child("body", future);
  }
}
