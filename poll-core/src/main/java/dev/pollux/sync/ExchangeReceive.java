package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Receives one value of an {@link Exchange}.
 *
 * @cancellation nothing is lost: a value is taken and answered in the same poll
 * @threading confined to the polling task
 */
final class ExchangeReceive<T> extends Exchange.Receiving implements Future<Optional<T>> {

  /** Null once over. */
  private @Nullable SharedReceiver<T> receiver;

  ExchangeReceive(SharedReceiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) {
    Unpolled.used(this);
    SharedReceiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("recv");
    }
    Next<T> next;
    try {
      next = receiver.receive(this, cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (next.isPending()) {
      return Poll.pending();
    }
    this.receiver = null;
    return Poll.ready(next instanceof Item<T> item ? Optional.of(item.value()) : Optional.empty());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SharedReceiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      receiver.exchange.withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("recv");
    SharedReceiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value of " + receiver.exchange);
    }
  }
}
