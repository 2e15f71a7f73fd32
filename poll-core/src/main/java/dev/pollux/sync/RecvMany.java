package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is there, into a list of the caller's: see {@link Mpsc.Receiver#recvMany}.
 *
 * @cancellation nothing is lost: values are taken in the poll that completes
 * @threading confined to the task of the receiver
 */
final class RecvMany<T> implements Future<Integer> {

  /** Null once over. */
  private Mpsc.@Nullable Receiver<T> receiver;

  private @Nullable List<? super T> into;
  private final int most;

  RecvMany(Mpsc.Receiver<T> receiver, List<? super T> into, int most) {
    this.receiver = receiver;
    this.into = into;
    this.most = most;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    Unpolled.used(this);
    Mpsc.Receiver<T> receiver = this.receiver;
    List<? super T> into = this.into;
    if (receiver == null || into == null) {
      throw new PollAfterEndException("Mpsc.Receiver.recvMany");
    }
    int count = 0;
    T value = receiver.isOver() ? null : receiver.pollValue(cx);
    if (value == null && !receiver.hasEnded()) {
      return Poll.pending();
    }
    this.receiver = null; // over, whatever comes
    this.into = null;
    while (value != null) {
      add(value, into, receiver);
      count++;
      value = count < most && cx.budget().tryConsume() ? receiver.takeAnother(cx) : null;
    }
    return Poll.ready(count);
  }

  private static <T> void add(T value, List<? super T> into, Mpsc.Receiver<T> receiver) {
    try {
      into.add(value);
    } catch (Throwable refused) {
      receiver.discard(value);
      throw refused;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Mpsc.Receiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      into = null;
      receiver.stopWaiting();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Receiver.recvMany").with("at most", most).stream("receiver", receiver);
  }
}
