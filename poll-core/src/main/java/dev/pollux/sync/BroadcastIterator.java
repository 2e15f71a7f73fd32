package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link Broadcast} that a receiver gets, which it owns.
 *
 * @cancellation closes the receiver
 * @threading confined to the polling task
 */
final class BroadcastIterator<T> extends Waiter implements AsyncIterator<T> {

  /** Null once over. */
  private Broadcast.@Nullable Receiver<T> receiver;

  /** Whether it goes on where values are missed. */
  private final boolean lossy;

  BroadcastIterator(Broadcast.Receiver<T> receiver, boolean lossy) {
    this.receiver = receiver;
    this.lossy = lossy;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    Broadcast.Receiver<T> receiver = begin();
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    Turn found = look(receiver, cx);
    if (found == Turn.STOPPED) {
      return Next.item(take(receiver));
    }
    cx.budget().giveBack();
    return found == Turn.ENDED ? Next.end() : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    Broadcast.Receiver<T> receiver = begin();
    while (true) {
      if (!cx.tryProceed()) {
        return Turn.PENDING;
      }
      Turn found = look(receiver, cx);
      if (found != Turn.STOPPED) {
        cx.budget().giveBack();
        return found;
      }
      T value = take(receiver);
      try {
        if (!sink.accept(value)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        cancel();
        cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
        throw violation;
      }
    }
  }

  private Broadcast.Receiver<T> begin() {
    Unpolled.used(this);
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("Broadcast.Receiver");
    }
    return receiver;
  }

  /** Whether a value is there (STOPPED), none is and the waker is left, or none will come. */
  private Turn look(Broadcast.Receiver<T> receiver, Context cx) {
    if (receiver.isGone()) {
      cancel(); // over, by its end
      return Turn.ENDED;
    }
    while (!receiver.hasNext()) {
      if (isWaitingWith(cx.waker())
          || receiver.ring().await(this, cx.waker(), receiver.position())) {
        return Turn.PENDING;
      }
      if (receiver.ring().isEndedAt(receiver.position())) {
        cancel(); // over, by its end
        return Turn.ENDED;
      }
    }
    return Turn.STOPPED;
  }

  private T take(Broadcast.Receiver<T> receiver) {
    T value = receiver.takeNext();
    if (value != null) {
      return value;
    }
    if (!lossy) {
      long missed = receiver.skipMissed();
      cancel();
      throw new LaggedException(missed);
    }
    return takeOldest(receiver);
  }

  /** With the lock, so that no sender can overrun this time after time. */
  private T takeOldest(Broadcast.Receiver<T> receiver) {
    synchronized (receiver.ring()) {
      receiver.skipMissed();
      return requireNonNull(receiver.takeNext(), "overwritten though nobody sends");
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver != null) {
      this.receiver = null;
      receiver.ring().leave(this);
      receiver.close();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(lossy ? "lossy" : "failing");
    Broadcast.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.with("missed", receiver.missed());
      description.waitsFor("a value of " + receiver.ring());
    }
  }
}
