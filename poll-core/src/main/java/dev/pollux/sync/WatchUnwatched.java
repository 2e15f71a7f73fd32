package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once every receiver is closed: see {@link Watch.Sender#whenClosed()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class WatchUnwatched extends Waiter implements Future<Void> {

  /** Null once over. */
  private @Nullable WatchState<?> state;

  WatchUnwatched(WatchState<?> state) {
    this.state = state;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    WatchState<?> state = this.state;
    if (state == null) {
      throw new PollAfterEndException("Watch.Sender.whenClosed");
    }
    Unpolled.used(this);
    if (!state.isUnwatched(this, cx.waker())) {
      return Poll.pending();
    }
    this.state = null;
    end();
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    WatchState<?> state = this.state;
    this.state = null;
    if (state != null) {
      state.withdrawUnwatched(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Watch.Sender.whenClosed");
    if (state == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the end of " + state.receivers() + " receivers");
    }
  }
}
