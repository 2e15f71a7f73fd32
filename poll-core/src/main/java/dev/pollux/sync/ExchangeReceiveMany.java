package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives what an {@link Exchange} has, at least one value, into a list of the caller's.
 *
 * @cancellation nothing is lost: values are taken, added and counted in the same poll
 * @threading confined to the polling task
 */
final class ExchangeReceiveMany<T> extends Exchange.Receiving implements Future<Integer> {

  /** Null once over. */
  private @Nullable SharedReceiver<T> receiver;

  private @Nullable List<? super T> into;
  private final int most;

  ExchangeReceiveMany(SharedReceiver<T> receiver, List<? super T> into, int most) {
    this.receiver = receiver;
    this.into = into;
    this.most = most;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    Unpolled.used(this);
    SharedReceiver<T> receiver = this.receiver;
    List<? super T> into = this.into;
    if (receiver == null || into == null) {
      throw new PollAfterEndException("recvMany");
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
    this.into = null;
    return Poll.ready(next instanceof Item<T> item ? add(item.value(), into, receiver, cx) : 0);
  }

  private int add(T first, List<? super T> into, SharedReceiver<T> receiver, Context cx) {
    int limit = Math.min(most - 1, receiver.exchange.length());
    int more = 0;
    while (more < limit
        && cx.budget().tryConsume()) { // a unit for each, as if they came one by one
      more++;
    }
    @Nullable Object[] values = new Object[more + 1];
    @Nullable Object[] rest = new Object[more];
    int taken = more == 0 ? 0 : receiver.receiveMore(rest);
    for (int unused = taken; unused < more; unused++) {
      cx.budget().giveBack();
    }
    values[0] = first;
    System.arraycopy(rest, 0, values, 1, taken);
    int added = 0;
    try {
      while (added <= taken) {
        @SuppressWarnings("unchecked") // what the exchange has put in
        T value = (T) values[added];
        into.add(value);
        added++;
      }
    } catch (Throwable failure) { // of the caller's list
      for (; added <= taken; added++) {
        cx.discard().discard(values[added]);
      }
      throw failure;
    }
    return taken + 1;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SharedReceiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      into = null;
      receiver.exchange.withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("recvMany").with("at most", most);
    SharedReceiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value of " + receiver.exchange);
    }
  }
}
