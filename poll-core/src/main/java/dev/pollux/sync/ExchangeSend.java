package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Sends a value to an {@link Exchange}, once there is room for it.
 *
 * @cancellation discards the value, unless the channel has taken it
 * @threading confined to the polling task
 */
final class ExchangeSend<T> extends Exchange.Sending<T> implements Future<Void> {

  /** Null once over. */
  private @Nullable SharedSender<T> sender;

  private @Nullable Discard discard;

  ExchangeSend(SharedSender<T> sender, T value) {
    super(value);
    this.sender = sender;
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    Unpolled.used(this);
    SharedSender<T> sender = this.sender;
    if (sender == null) {
      throw new PollAfterEndException("send");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    if (!isGranted()) {
      if (isWaitingWith(cx.waker())) {
        return Poll.pending();
      }
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      if (phase() == NEW && sender.isOver()) { // one that waits stays in its place
        failure = sender.refusal();
      } else if (!send(sender, cx)) {
        cx.budget().giveBack();
        return Poll.pending();
      }
    }
    Throwable failure = this.failure;
    if (failure == null) {
      this.sender = null;
      discard = null;
      end();
      return Poll.done();
    }
    cancel(); // over, by its end
    if (failure instanceof Exception exception) {
      throw exception;
    }
    throw (Error) failure; // a comparator throws nothing else
  }

  private boolean send(SharedSender<T> sender, Context cx) {
    try {
      return sender.exchange.send(this, cx.waker());
    } catch (Throwable misused) { // by a comparator
      cancel();
      throw misused;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SharedSender<T> sender = this.sender;
    if (sender == null) {
      return;
    }
    this.sender = null;
    failure = null;
    Discard discard = this.discard == null ? Discard.closing() : this.discard;
    this.discard = null;
    sender.exchange.withdraw(this, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("send");
    SharedSender<T> sender = this.sender;
    if (sender == null) {
      description.with("state", "over");
    } else {
      String what = sender.exchange.capacity() == 0 ? "a receiver of " : "room in ";
      description.waitsFor(what + sender.exchange);
    }
  }
}
