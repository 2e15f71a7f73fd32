package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Puts one value into a channel: see {@link Mpsc.Sender#send}.
 *
 * @cancellation a value that is not in the channel is discarded
 * @threading confined to the polling task
 */
final class MpscSend<T> extends MpscWaiter<T> implements Future<Void> {

  /** Null once over. */
  private Mpsc.@Nullable Sender<T> sender;

  /** Null once it is in the channel, or discarded. Taken under the lock while this is queued. */
  private @Nullable T value;

  /** Whether it was cancelled when the value was in the channel already. */
  private boolean wasSent;

  MpscSend(Mpsc.Sender<T> sender, T value) {
    super(1);
    this.sender = sender;
    this.value = value;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      throw new PollAfterEndException("Mpsc.Sender.send");
    }
    if (isGranted()) {
      return finish(sender);
    }
    if (isWaitingWith(cx.waker())) {
      return Poll.pending();
    }
    MpscChannel<T> channel = sender.channel();
    channel.enter(cx);
    if (phase() == NEW) { // which it leaves by its owner alone
      if (sender.isClosed()) {
        throw fail(sender);
      }
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      T value = value();
      long index = channel.send(value);
      if (index >= 0) {
        over();
        channel.sent(cx, (int) index);
        return Poll.done();
      }
      cx.budget().giveBack();
    }
    if (channel.reserveOrWait(this, cx.waker())) { // a place came free meanwhile
      if (channel.sendReserved(value()) < 0) { // and the receiver has gone away since
        channel.unreserve(1);
        throw fail(sender);
      }
      over();
      channel.flush();
      return Poll.done();
    }
    if (isGranted() || refused) {
      return finish(sender);
    }
    return Poll.pending();
  }

  private void over() {
    value = null;
    sender = null;
    end();
  }

  private Poll<Void> finish(Mpsc.Sender<T> sender) {
    if (refused) {
      throw fail(sender);
    }
    over();
    return Poll.done();
  }

  private ChannelClosedException fail(Mpsc.Sender<T> sender) {
    ChannelClosedException failure =
        sender.isClosed() && !sender.channel().isClosed()
            ? new ChannelClosedException("this sender was closed: the value has been discarded")
            : new ChannelClosedException(
                "the receiver takes no more values: this one has been discarded");
    cancel();
    return failure;
  }

  private T value() {
    T value = this.value;
    if (value == null) {
      throw new IllegalStateException("the value is in the channel");
    }
    return value;
  }

  @Override
  boolean granted(MpscChannel<T> channel) {
    long index = channel.sendReserved(value());
    assert index >= 0 : "nobody waits any more when the receiver goes";
    value = null;
    return true;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      return;
    }
    MpscChannel<T> channel = sender.channel();
    wasSent = !channel.leave(this) && isGranted() && !refused;
    T left = value;
    over();
    channel.discard(left);
  }

  /** Whether the cancel came too late. */
  boolean wasSent() {
    return wasSent;
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.send");
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + sender.channel());
    }
  }
}
