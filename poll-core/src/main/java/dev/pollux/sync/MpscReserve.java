package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Waits for places in a channel: see {@link Mpsc.Sender#reserveMany}.
 *
 * @cancellation places that came are given to the next
 * @threading confined to the polling task
 */
final class MpscReserve<T> extends MpscWaiter<T> implements Future<Mpsc.Permit<T>> {

  /** Null once over. */
  private Mpsc.@Nullable Sender<T> sender;

  MpscReserve(Mpsc.Sender<T> sender, int count) {
    super(count);
    this.sender = sender;
  }

  @Override
  public Poll<Mpsc.Permit<T>> poll(Context cx) {
    Mpsc.Sender<T> sender = this.sender; // which a poll that is ready lets go
    return pollReady(cx, true) && sender != null
        ? Poll.ready(new Mpsc.Permit<>(sender.channel(), wanted))
        : Poll.pending();
  }

  /**
   * Whether the places are there; this is over then, and they are the caller's.
   *
   * @param charged whether that takes a unit of budget
   */
  boolean pollReady(Context cx, boolean charged) {
    Unpolled.used(this);
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      throw new PollAfterEndException("Mpsc.Sender.reserve");
    }
    if (isGranted()) {
      return finish(sender);
    }
    if (isWaitingWith(cx.waker())) {
      return false;
    }
    MpscChannel<T> channel = sender.channel();
    channel.enter(cx);
    if (phase() == NEW) { // which it leaves by its owner alone
      if (sender.isClosed()) {
        throw fail(sender);
      }
      if (charged && !cx.tryProceed()) {
        return false;
      }
      if (channel.tryReserve(wanted)) {
        over();
        return true;
      }
      if (charged) {
        cx.budget().giveBack();
      }
    }
    if (channel.reserveOrWait(this, cx.waker())) {
      over();
      return true;
    }
    return (isGranted() || refused) && finish(sender);
  }

  private void over() {
    sender = null;
    end();
  }

  private boolean finish(Mpsc.Sender<T> sender) {
    if (refused) {
      throw fail(sender);
    }
    over();
    return true;
  }

  private ChannelClosedException fail(Mpsc.Sender<T> sender) {
    over();
    return new ChannelClosedException(
        sender.channel().isClosed()
            ? "the receiver takes no more values"
            : "this sender was closed");
  }

  @Override
  boolean withholds() {
    return !refused;
  }

  @Override
  String resource() {
    Mpsc.Sender<T> sender = this.sender;
    return sender == null ? "places in a channel" : "places in " + sender.channel();
  }

  @Override
  boolean granted(MpscChannel<T> channel) {
    return false;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      return;
    }
    MpscChannel<T> channel = sender.channel();
    boolean pass = !channel.leave(this) && isGranted() && !refused;
    over();
    if (pass) {
      channel.unreserve(wanted);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.reserve");
    Mpsc.Sender<T> sender = this.sender;
    if (sender == null) {
      description.with("state", "over");
    } else {
      description.with("places", wanted).waitsFor("room in " + sender.channel());
    }
  }
}
