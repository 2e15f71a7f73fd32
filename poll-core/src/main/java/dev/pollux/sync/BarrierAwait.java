package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Comes to a barrier and waits for the others: see {@link Barrier#await()}.
 *
 * @cancellation gives its place back, if the others have not come
 * @threading confined to the polling task, but for its place in the queue
 */
final class BarrierAwait extends Waiter implements Future<Boolean> {

  /** Null once over. */
  private @Nullable Barrier barrier;

  BarrierAwait(Barrier barrier) {
    this.barrier = barrier;
  }

  @Override
  public Poll<Boolean> poll(Context cx) {
    Barrier barrier = this.barrier;
    if (barrier == null) {
      throw new PollAfterEndException("Barrier.await");
    }
    Unpolled.used(this);
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    Barrier.Arrival arrival = barrier.arrive(this, cx.waker());
    if (arrival == Barrier.Arrival.WAITS) {
      cx.budget().giveBack();
      return Poll.pending();
    }
    this.barrier = null;
    end();
    return Poll.ready(arrival == Barrier.Arrival.LEADS);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Barrier barrier = this.barrier;
    this.barrier = null;
    if (barrier != null) {
      barrier.withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Barrier.await");
    Barrier barrier = this.barrier; // which the one who polls may clear meanwhile
    if (barrier == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(
          "others to come: " + barrier.waitingAsFarAsSeen() + " of " + barrier.parties() + " wait");
    }
  }
}
