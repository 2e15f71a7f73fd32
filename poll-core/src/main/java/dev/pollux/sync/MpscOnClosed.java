package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;

/**
 * Completes once the receiver takes no more: see {@link Mpsc.Sender#onClosed()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class MpscOnClosed extends Waiter implements Future<Void> {

  private final MpscChannel<?> channel;

  MpscOnClosed(MpscChannel<?> channel) {
    this.channel = channel;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    if (isOver()) {
      throw new PollAfterEndException("Mpsc.Sender.onClosed");
    }
    if (!isGranted() && channel.awaitClose(this, cx.waker())) {
      return Poll.pending();
    }
    end();
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (!isOver()) {
      channel.leaveClose(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.onClosed");
    if (isOver()) {
      description.with("state", "over");
    } else {
      description.waitsFor("the receiver of " + channel + " to close");
    }
  }
}
