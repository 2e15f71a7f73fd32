package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes with the value once it is set: see {@link SetOnce#await()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class SetOnceAwait<T> extends Waiter implements Future<T> {

  /** Null once over. */
  private @Nullable SetOnce<T> source;

  SetOnceAwait(SetOnce<T> source) {
    this.source = source;
  }

  @Override
  public Poll<T> poll(Context cx) {
    SetOnce<T> source = this.source;
    if (source == null) {
      throw new PollAfterEndException("SetOnce.await");
    }
    Unpolled.used(this);
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    Poll<T> answer = source.answerOrWait(this, cx.waker());
    if (answer == null) {
      cx.budget().giveBack();
      return Poll.pending();
    }
    cancel(); // over, by its end
    return answer;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SetOnce<T> source = this.source;
    this.source = null;
    if (source != null) {
      source.withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("SetOnce.await");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the value to be set");
    }
  }
}
