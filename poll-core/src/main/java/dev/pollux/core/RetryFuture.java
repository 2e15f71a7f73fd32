package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Backoff;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the future that a supplier makes and, if it fails with an {@code Exception}, another, after
 * a wait.
 *
 * @cancellation cancels the wait, or the attempt in flight
 * @threading confined to the polling task
 */
final class RetryFuture<T extends @Nullable Object> implements Future<T> {

  /** Null once this is over, as are the attempts. */
  private @Nullable Supplier<? extends Future<? extends T>> supplier;

  private @Nullable Attempts attempts;

  /** The attempt in flight, null between two. */
  private @Nullable Future<? extends T> attempt;

  private @Nullable Discard discard;

  RetryFuture(Supplier<? extends Future<? extends T>> supplier, Backoff backoff) {
    this.supplier = supplier;
    this.attempts = new Attempts(backoff);
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is read only
  public Poll<T> poll(Context cx) throws Exception {
    Supplier<? extends Future<? extends T>> supplier = this.supplier;
    Attempts attempts = this.attempts;
    if (supplier == null || attempts == null) {
      throw new PollAfterEndException("retry");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      while (attempts.mayGoOn(cx)) {
        Poll<? extends T> answer = null;
        try {
          if (attempt == null) {
            attempt = supplier.get(); // what this throws is a failure of the attempt
          }
          if (attempt != null) {
            answer = attempt.poll(cx);
          }
        } catch (Exception failure) {
          attempt = null;
          attempts.pauseAfter(failure, cx);
          continue;
        }
        if (requireNonNull(answer, "retry: the supplier gave null instead of a future").isReady()) {
          attempt = null;
          cancel();
        }
        return (Poll<T>) answer;
      }
      return Poll.pending();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Attempts attempts = this.attempts;
    Future<?> attempt = this.attempt;
    Discard discard = this.discard;
    supplier = null;
    this.attempts = null;
    this.attempt = null;
    this.discard = null;
    if (attempts != null) {
      attempts.cancel(discard);
    }
    Cancel.child(attempt, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("retry");
    if (attempts != null) {
      attempts.describe(description);
    }
    description.child("attempt", attempt);
  }
}
