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
 * Receives one value of a {@link Broadcast}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class BroadcastReceive<T> extends Waiter implements Future<Optional<T>> {

  /** Null once over. */
  private Broadcast.@Nullable Receiver<T> receiver;

  BroadcastReceive(Broadcast.Receiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) {
    Unpolled.used(this);
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("recv");
    }
    if (receiver.isGone()) {
      cancel(); // over, by its end
      return Poll.ready(Optional.empty());
    }
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    while (!receiver.hasNext()) {
      if (isWaitingWith(cx.waker())
          || receiver.ring().await(this, cx.waker(), receiver.position())) {
        cx.budget().giveBack();
        return Poll.pending();
      }
      if (receiver.ring().isEndedAt(receiver.position())) {
        cancel(); // over, by its end
        receiver.close(); // it counts no more
        return Poll.ready(Optional.empty());
      }
    }
    T value = receiver.takeNext();
    cancel(); // over, by its end
    if (value == null) {
      throw new LaggedException(receiver.skipMissed());
    }
    return Poll.ready(Optional.of(value));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      if (phase() != NEW) {
        receiver.ring().leave(this);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("recv");
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value of " + receiver.ring());
    }
  }
}
