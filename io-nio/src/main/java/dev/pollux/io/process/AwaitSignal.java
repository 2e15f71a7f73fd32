package dev.pollux.io.process;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;

/**
 * Completes once a signal has come: see {@link Signals#ctrlC()}.
 *
 * @cancellation it listens no longer
 * @threading confined to the polling task
 */
final class AwaitSignal extends SignalWaiter implements Future<Void> {

  private boolean over;

  AwaitSignal(SignalListeners listeners) {
    super(listeners);
  }

  @Override
  public Poll<Void> poll(Context cx) {
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
    if (!come) {
      return Poll.pending();
    }
    cancel(); // over, by its end
    return Poll.done();
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
