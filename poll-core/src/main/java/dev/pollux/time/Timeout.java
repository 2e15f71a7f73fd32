package dev.pollux.time;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Completes as its body does, or cancels it and fails with a {@link TimeoutException}: see {@link
 * Time#timeout}.
 *
 * @cancellation cancels the body and the sleep
 * @threading confined to the polling task, as every future is
 */
final class Timeout<T extends @Nullable Object> implements Future<T> {

  private final Duration limit;
  private final Sleep sleep;
  private @Nullable Future<T> body;
  private Discard discard = Discard.closing();

  Timeout(Duration limit, Future<T> body) {
    this.limit = limit;
    this.body = body;
    this.sleep = new Sleep(Time.saturatedNanos(limit));
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("timeout");
    }
    Unpolled.used(this);
    discard = cx.discard();
    Poll<T> answer;
    try {
      answer = body.poll(cx);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (answer.isReady()) {
      end();
      return answer;
    }
    boolean tooLate;
    try {
      // Outside the budget: a body that uses it all up must not hold off its own end.
      tooLate = sleep.elapsed(cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (tooLate) {
      cancel();
      throw new TimeoutException("not ready within " + limit);
    }
    return answer;
  }

  /** Ends without cancelling the body, which is over. */
  private void end() {
    body = null;
    sleep.cancel();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<T> body = this.body;
    end();
    if (body != null) {
      try {
        body.cancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "cancelling the body of a timeout");
      }
    }
  }

  @Override
  public void describe(Description description) {
    description
        .name("timeout")
        .with("limit", limit)
        .child("body", body)
        .child("sleep", body == null ? null : sleep);
  }
}
