package dev.pollux.io.process;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;

/**
 * Tells of each time that a signal comes: see {@link Signals#signal}.
 *
 * @cancellation it listens no longer
 * @threading confined to the polling task
 */
final class SignalArrivals extends SignalWaiter implements AsyncIterator<Long> {

  private boolean over;

  SignalArrivals(SignalListeners listeners) {
    super(listeners);
  }

  @Override
  public Next<Long> pollNext(Context cx) {
    if (over) {
      throw new PollAfterEndException("signal " + name());
    }
    Unpolled.used(this);
    boolean come;
    try {
      come = hasCome(cx);
    } catch (Throwable failure) {
      cancel(); // over, by its failure
      throw failure;
    }
    if (!come || !cx.tryProceed()) {
      return Next.pending();
    }
    return Next.item(takeArrivals());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
    leave();
  }

  @Override
  public void describe(Description description) {
    description.name("signal " + name());
    if (over) {
      description.with("state", "over");
    } else {
      description.waitsFor("signal " + name());
    }
  }
}
