package dev.pollux.time;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Completes with its body, or fails with a {@link TimeoutException} if the body is not ready in
 * time.
 *
 * @cancellation cancels the body; what the body keeps across a cancellation is kept
 */
final class Timeout<T extends @Nullable Object> implements Future<T> {

  private final Duration limit;
  private final Sleep sleep;
  private @Nullable Future<T> body;
  private Discard discard = Discard.closing();

  Timeout(Duration limit, Future<T> body) {
    this.limit = limit;
    this.body = body;
    this.sleep = Time.sleep(limit);
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("timeout");
    }
    Poll<T> answer;
    boolean elapsed;
    try {
      discard = cx.discard();
      answer = body.poll(cx);
      if (answer.isReady()) {
        this.body = null;
        sleep.cancel();
        return answer;
      }
    } catch (Throwable failure) {
      this.body = null; // over by its own throw
      sleep.cancel();
      throw failure;
    }
    try {
      // Outside the budget: a body that uses all of it up must not hold off its own time-out.
      elapsed = sleep.hasElapsed(cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (elapsed) {
      cancel();
      throw new TimeoutException("no result within " + limit);
    }
    return answer;
  }

  @Override
  public void cancel() {
    sleep.cancel();
    Future<T> body = this.body;
    this.body = null;
    if (body != null) {
      try {
        body.cancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "cancelling the body of a time-out");
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("timeout").with("limit", limit).child("body", body).child("sleep", sleep);
  }
}
