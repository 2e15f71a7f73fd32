package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;

/**
 * Waits for places in a channel: see {@link Mpsc.Sender#reserveMany}.
 *
 * @cancellation places that came are given to the next
 * @threading confined to the polling task
 */
final class MpscReserve<T> extends MpscWaiter<T> implements Future<Mpsc.Permit<T>> {

  private final Mpsc.Sender<T> sender;

  MpscReserve(Mpsc.Sender<T> sender, int count) {
    super(count);
    this.sender = sender;
  }

  @Override
  public Poll<Mpsc.Permit<T>> poll(Context cx) {
    return pollReady(cx) ? Poll.ready(new Mpsc.Permit<>(sender.channel(), wanted)) : Poll.pending();
  }

  /** Whether the places are there; this is over then, and they are the caller's. */
  boolean pollReady(Context cx) {
    Unpolled.used(this);
    if (isOver()) {
      throw new PollAfterEndException("Mpsc.Sender.reserve");
    }
    if (isGranted()) {
      return finish();
    }
    if (isWaitingWith(cx.waker())) {
      return false;
    }
    MpscChannel<T> channel = sender.channel();
    channel.enter(cx);
    if (phase() == NEW) { // which it leaves by its owner alone
      if (sender.isClosed()) {
        throw fail();
      }
      if (!cx.tryProceed()) {
        return false;
      }
      if (channel.tryReserve(wanted)) {
        end();
        return true;
      }
      cx.budget().giveBack();
    }
    if (channel.reserveOrWait(this, cx.waker())) {
      end();
      return true;
    }
    return (isGranted() || refused) && finish();
  }

  private boolean finish() {
    if (refused) {
      throw fail();
    }
    end();
    return true;
  }

  private ChannelClosedException fail() {
    end();
    return new ChannelClosedException(
        sender.channel().isClosed()
            ? "the receiver takes no more values"
            : "this sender was closed");
  }

  @Override
  boolean granted(MpscChannel<T> channel) {
    return false;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (isOver()) {
      return;
    }
    MpscChannel<T> channel = sender.channel();
    boolean left = channel.leave(this);
    boolean pass = !left && isGranted() && !refused;
    end();
    if (pass) {
      channel.unreserve(wanted);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.reserve");
    if (isOver()) {
      description.with("state", "over");
    } else {
      description.with("places", wanted).waitsFor("room in " + sender.channel());
    }
  }
}
