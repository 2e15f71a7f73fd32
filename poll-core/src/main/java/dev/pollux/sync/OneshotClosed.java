package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once a send would be refused: see {@link Oneshot.Sender#whenClosed()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class OneshotClosed extends Waiter implements Future<Void> {

  /** Null once over. */
  private Oneshot.@Nullable Receiver<?> receiver;

  OneshotClosed(Oneshot.Receiver<?> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Oneshot.Receiver<?> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("Oneshot.Sender.whenClosed");
    }
    Unpolled.used(this);
    if (!receiver.isClosed()) {
      if (isWaitingWith(cx.waker())) {
        return Poll.pending();
      }
      WaiterQueue waiters = receiver.closeWaiters();
      synchronized (waiters) {
        if (phase() == NEW) {
          waiters.add(this);
        }
        if (isQueued()) {
          setWaker(cx.waker());
        }
      }
      if (!receiver.isClosed()) { // second, after it is where the close looks for it
        return Poll.pending();
      }
    }
    cancel(); // over, by its end
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Oneshot.Receiver<?> receiver = this.receiver;
    this.receiver = null;
    if (receiver == null) {
      return;
    }
    if (isQueued()) {
      WaiterQueue waiters = receiver.closeWaiters();
      synchronized (waiters) {
        if (isQueued()) {
          waiters.remove(this);
        }
      }
    }
    end();
  }

  @Override
  public void describe(Description description) {
    description.name("Oneshot.Sender.whenClosed");
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the end of a oneshot");
    }
  }
}
