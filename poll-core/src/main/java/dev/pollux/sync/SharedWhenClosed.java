package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once nobody receives any more what is sent: the {@code whenClosed} of senders.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class SharedWhenClosed extends Waiter implements Future<Void> {

  /** Null once over. */
  private @Nullable Closing channel;

  SharedWhenClosed(Closing channel) {
    this.channel = channel;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    Closing channel = this.channel;
    if (channel == null) {
      throw new PollAfterEndException("whenClosed");
    }
    if (!isGranted() && (isWaitingWith(cx.waker()) || channel.awaitClose(this, cx.waker()))) {
      return Poll.pending();
    }
    this.channel = null;
    end();
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Closing channel = this.channel;
    if (channel != null) {
      this.channel = null;
      channel.leaveClose(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("whenClosed");
    Closing channel = this.channel;
    if (channel == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the receivers of " + channel + " to leave");
    }
  }
}
