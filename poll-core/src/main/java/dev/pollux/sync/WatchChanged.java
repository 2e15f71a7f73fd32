package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once there is another value: see {@link Watch.Receiver#changed()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class WatchChanged<T> extends WatchState.NextVersion implements Future<Void> {

  /** Null once over. */
  private Watch.@Nullable Receiver<T> receiver;

  WatchChanged(Watch.Receiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Watch.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("Watch.Receiver.changed");
    }
    Unpolled.used(this);
    if (receiver.isClosed()) {
      cancel(); // over, by its failure
      throw Watch.Receiver.whenClosed();
    }
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    WatchState.Version<T> news =
        receiver.state().newsOrWait(this, receiver, receiver.seen(), cx.waker());
    if (news == null) {
      cx.budget().giveBack();
      return Poll.pending();
    }
    cancel(); // over, by its end
    if (news.number() == receiver.seen()) {
      throw closed();
    }
    receiver.setSeen(news.number());
    return Poll.done();
  }

  static ChannelClosedException closed() {
    return new ChannelClosedException("the sender of this watch is closed");
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Watch.Receiver<T> receiver = this.receiver;
    this.receiver = null;
    if (receiver != null) {
      receiver.state().withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Watch.Receiver.changed");
    Watch.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a change of version " + receiver.seen());
    }
  }
}
