package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Receives what a {@link Broadcast} has for a receiver, at least one value, into a list of the
 * caller's.
 *
 * @cancellation nothing is lost: values are taken, added and counted in the same poll
 * @threading confined to the polling task
 */
final class BroadcastReceiveMany<T> implements Future<Integer> {

  private final BroadcastReceive<T> first;

  /** Null once over, as what follows. */
  private Broadcast.@Nullable Receiver<T> receiver;

  private @Nullable List<? super T> into;
  private final int most;

  BroadcastReceiveMany(Broadcast.Receiver<T> receiver, List<? super T> into, int most) {
    this.first = new BroadcastReceive<>(receiver);
    this.receiver = receiver;
    this.into = into;
    this.most = most;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    Unpolled.used(this);
    Broadcast.Receiver<T> receiver = this.receiver;
    List<? super T> into = this.into;
    if (receiver == null || into == null) {
      throw new PollAfterEndException("recvMany");
    }
    Poll<Optional<T>> answer;
    try {
      answer = first.poll(cx);
    } catch (Throwable lagged) {
      cancel();
      throw lagged;
    }
    if (answer.isPending()) {
      return Poll.pending();
    }
    cancel(); // over, by its end
    return Poll.ready(answer.value().isEmpty() ? 0 : add(answer.value().get(), into, receiver, cx));
  }

  private int add(T value, List<? super T> into, Broadcast.Receiver<T> receiver, Context cx) {
    into.add(value);
    int added = 1;
    while (added < most && receiver.hasNext() && cx.budget().tryConsume()) {
      T more = receiver.takeNext();
      if (more == null) { // overrun meanwhile: the next receive tells
        cx.budget().giveBack();
        break;
      }
      into.add(more);
      added++;
    }
    return added;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    receiver = null;
    into = null;
    first.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("recvMany").with("at most", most);
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value of " + receiver.ring());
    }
  }
}
