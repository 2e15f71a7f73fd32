package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future as if the budget were endless.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class Unconstrained<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable Future<? extends T> future;

  private @Nullable Discard discard;

  Unconstrained(Future<? extends T> future) {
    this.future = future;
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is read only
  public Poll<T> poll(Context cx) throws Exception {
    Future<? extends T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("unconstrained");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Budget budget = cx.budget();
    int outer = budget.replace(Integer.MAX_VALUE);
    boolean pending = false;
    try {
      Poll<? extends T> answer = future.poll(cx);
      pending = answer.isPending();
      return (Poll<T>) answer;
    } finally {
      budget.replace(outer);
      if (!pending) {
        end();
      }
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<? extends T> future = this.future;
    Discard discard = this.discard;
    end();
    Cancel.child(future, discard);
  }

  private void end() {
    future = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("unconstrained").child("body", future);
  }
}
