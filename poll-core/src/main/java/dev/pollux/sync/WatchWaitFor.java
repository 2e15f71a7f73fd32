package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Completes with the first value that a predicate holds for: see {@link Watch.Receiver#waitFor}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for its place in the queue
 */
final class WatchWaitFor<T> implements Future<T> {

  /** Null once over. */
  private Watch.@Nullable Receiver<T> receiver;

  private @Nullable Predicate<? super T> predicate;

  /** The version that the predicate has looked at last. */
  private long tested = WatchState.NONE;

  /** Its place in the queue; a new one for each wait. */
  private WatchState.@Nullable NextVersion place;

  WatchWaitFor(Watch.Receiver<T> receiver, Predicate<? super T> predicate) {
    this.receiver = receiver;
    this.predicate = predicate;
  }

  @Override
  public Poll<T> poll(Context cx) {
    Unpolled.used(this);
    while (true) {
      Watch.Receiver<T> receiver = this.receiver;
      Predicate<? super T> predicate = this.predicate;
      if (receiver == null || predicate == null) {
        throw new PollAfterEndException("Watch.Receiver.waitFor");
      }
      if (receiver.isClosed()) { // the predicate may close it
        cancel(); // over, by its failure
        throw Watch.Receiver.whenClosed();
      }
      WatchState<T> state = receiver.state();
      WatchState.Version<T> current = state.current();
      if (current.number() != tested) {
        if (!cx.tryProceed()) {
          return Poll.pending();
        }
        boolean holds;
        try {
          holds = predicate.test(current.value());
        } catch (Throwable failure) {
          cancel(); // over, by its failure
          throw failure;
        }
        tested = current.number();
        receiver.setSeen(tested);
        if (holds) {
          cancel(); // over, by its end
          return Poll.ready(current.value());
        }
        continue;
      }
      if (current.closed()) {
        cancel();
        throw WatchChanged.closed();
      }
      WatchState.NextVersion place = this.place;
      if (place == null) {
        place = new WatchState.NextVersion();
        this.place = place;
      }
      if (state.newsOrWait(place, receiver, tested, cx.waker()) == null) {
        return Poll.pending();
      }
      state.withdraw(place);
      this.place = null;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Watch.Receiver<T> receiver = this.receiver;
    WatchState.NextVersion place = this.place;
    this.receiver = null;
    this.predicate = null;
    this.place = null;
    if (receiver != null && place != null) {
      receiver.state().withdraw(place);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Watch.Receiver.waitFor");
    if (receiver == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value other than version " + tested);
    }
  }
}
