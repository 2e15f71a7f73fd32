package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Completes as its body does, or cancels it once a token is cancelled: see {@link
 * CancellationToken#runUntilCancelled}.
 *
 * @cancellation cancels the body
 * @threading confined to the polling task
 */
final class RunUntilCancelled<T> extends Waiter implements Future<Optional<T>> {

  /** Null once over. */
  private @Nullable Future<? extends T> body;

  private Discard discard = Discard.closing();

  RunUntilCancelled(Occurrence cancellation, Future<? extends T> body) {
    super(cancellation);
    this.body = body;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) throws Exception {
    Future<? extends T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("runUntilCancelled");
    }
    discard = cx.discard();
    Poll<? extends T> answer;
    boolean over;
    try {
      answer = body.poll(cx);
      over = answer.isReady(); // here, for an answer of null is an end as well
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (over) {
      end();
      return Poll.ready(Optional.ofNullable(answer.value()));
    }
    if (!hasHappened(cx)) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(Optional.empty());
  }

  /** Ends without cancelling the body, which is over. */
  private void end() {
    body = null;
    leave();
  }

  @Override
  public void cancel() {
    Future<? extends T> body = this.body;
    Discard discard = this.discard;
    end();
    this.discard = Discard.closing();
    if (body != null) {
      try {
        body.cancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "cancel of a " + body.getClass().getName());
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("runUntilCancelled").child("body", body);
  }
}
