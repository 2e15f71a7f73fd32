package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the next value: see {@link Mpsc.Receiver#recv()}.
 *
 * @cancellation nothing is lost: a value is taken in the poll that completes
 * @threading confined to the task of the receiver
 */
final class MpscRecv<T> implements Future<Optional<T>> {

  /** Null once over. */
  private Mpsc.@Nullable Receiver<T> receiver;

  MpscRecv(Mpsc.Receiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) {
    Unpolled.used(this);
    Mpsc.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("Mpsc.Receiver.recv");
    }
    T value = receiver.isOver() ? null : receiver.pollValue(cx);
    if (value == null && !receiver.hasEnded()) {
      return Poll.pending();
    }
    this.receiver = null;
    return Poll.ready(Optional.ofNullable(value));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Mpsc.Receiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      receiver.stopWaiting();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Receiver.recv").stream("receiver", receiver);
  }
}
