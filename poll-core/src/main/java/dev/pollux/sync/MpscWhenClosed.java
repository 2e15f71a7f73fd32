package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once the receiver takes no more: see {@link Mpsc.Sender#whenClosed()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class MpscWhenClosed extends Waiter implements Future<Void> {

  /** Null once over. */
  private @Nullable MpscChannel<?> channel;

  MpscWhenClosed(MpscChannel<?> channel) {
    this.channel = channel;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    MpscChannel<?> channel = this.channel;
    if (channel == null) {
      throw new PollAfterEndException("Mpsc.Sender.whenClosed");
    }
    if (!isGranted() && channel.awaitClose(this, cx.waker())) {
      return Poll.pending();
    }
    this.channel = null;
    end();
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    MpscChannel<?> channel = this.channel;
    this.channel = null;
    if (channel != null) {
      channel.leaveClose(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.whenClosed");
    MpscChannel<?> channel = this.channel;
    if (channel == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the receiver of " + channel + " to close");
    }
  }
}
