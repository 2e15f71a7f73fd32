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

  private final Mpsc.Sender<T> sender;

  /** Null once it is in the channel, or discarded. Taken under the lock while this is queued. */
  private @Nullable T value;

  MpscSend(Mpsc.Sender<T> sender, T value) {
    super(1);
    this.sender = sender;
    this.value = value;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Unpolled.used(this);
    if (isOver()) {
      throw new PollAfterEndException("Mpsc.Sender.send");
    }
    if (isGranted()) {
      return finish();
    }
    if (isWaitingWith(cx.waker())) {
      return Poll.pending();
    }
    MpscChannel<T> channel = sender.channel();
    channel.enter(cx);
    if (phase() == NEW) { // which it leaves by its owner alone
      if (sender.isClosed()) {
        throw fail();
      }
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      T value = value();
      long index = channel.send(value);
      if (index >= 0) {
        this.value = null;
        end();
        channel.sent(cx, (int) index);
        return Poll.done();
      }
      cx.budget().giveBack();
    }
    if (channel.reserveOrWait(this, cx.waker())) { // a place came free meanwhile
      channel.sendReserved(takeValue());
      end();
      channel.flush();
      return Poll.done();
    }
    if (isGranted() || refused) {
      return finish();
    }
    return Poll.pending();
  }

  private Poll<Void> finish() {
    if (refused) {
      throw fail();
    }
    end();
    return Poll.done();
  }

  private ChannelClosedException fail() {
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

  private T takeValue() {
    T taken = value();
    value = null;
    return taken;
  }

  @Override
  boolean granted(MpscChannel<T> channel) {
    channel.sendReserved(takeValue());
    return true;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (isOver()) {
      return;
    }
    MpscChannel<T> channel = sender.channel();
    channel.leave(this); // if it was granted, the value is on its way
    T left = value;
    value = null;
    end();
    channel.discard(left);
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.send");
    if (isOver()) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + sender.channel());
    }
  }
}
