package dev.pollux.sync;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Gives the latest value whenever there is another: see {@link Watch.Receiver#changes()}.
 *
 * @cancellation closes the receiver; nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class WatchChanges<T> implements AsyncIterator<T> {

  /** Null once over. */
  private Watch.@Nullable Receiver<T> receiver;

  /** Its place in the queue; a new one for each wait. */
  private WatchState.@Nullable NextVersion place;

  WatchChanges(Watch.Receiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    Watch.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      throw new PollAfterEndException("Watch.Receiver.changes");
    }
    Unpolled.used(this);
    if (receiver.isClosed()) {
      cancel(); // over, by its failure
      throw Watch.Receiver.whenClosed();
    }
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    WatchState<T> state = receiver.state();
    WatchState.Version<T> news = state.current();
    WatchState.NextVersion place = this.place;
    if (place != null || !news.isNewsTo(receiver.seen())) {
      if (place == null) {
        place = new WatchState.NextVersion();
        this.place = place;
      }
      news = state.newsOrWait(place, receiver, receiver.seen(), cx.waker());
      if (news == null) {
        cx.budget().giveBack();
        return Next.pending();
      }
      state.withdraw(place);
      this.place = null;
    }
    if (news.number() == receiver.seen()) {
      cancel(); // over, by its end
      return Next.end();
    }
    receiver.setSeen(news.number());
    return Next.item(news.value());
  }

  @Override
  public boolean knownEnded() {
    Watch.Receiver<T> receiver = this.receiver;
    if (receiver == null || receiver.isClosed()) {
      return false;
    }
    WatchState.Version<T> current = receiver.state().current();
    return current.closed() && current.number() == receiver.seen();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Watch.Receiver<T> receiver = this.receiver;
    WatchState.NextVersion place = this.place;
    this.receiver = null;
    this.place = null;
    if (receiver == null) {
      return;
    }
    if (place != null) {
      receiver.state().withdraw(place);
    }
    receiver.close();
  }

  @Override
  public void describe(Description description) {
    description.name("Watch.Receiver.changes");
    Watch.Receiver<T> receiver = this.receiver;
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a change of version " + receiver.seen());
    }
  }
}
