package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;

/**
 * Completes once a token is cancelled: see {@link CancellationToken#whenCancelled()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class WhenCancelled extends Waiter implements Future<Void> {

  private boolean over;

  WhenCancelled(Occurrence cancellation) {
    super(cancellation);
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (over) {
      throw new PollAfterEndException("whenCancelled");
    }
    if (!hasHappened(cx)) {
      return Poll.pending();
    }
    cancel(); // over, by its end
    return Poll.done();
  }

  @Override
  public void cancel() {
    over = true;
    leave();
  }

  @Override
  public void describe(Description description) {
    description.name("whenCancelled");
    if (over) {
      description.with("state", "over");
    } else {
      description.waitsFor("the cancellation of a token");
    }
  }
}
