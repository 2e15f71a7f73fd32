package dev.pollux.sync;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Takes the latest value: see {@link Signal#take()}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task, but for {@link #wake()}
 */
final class SignalTake<T> implements Future<T> {

  /** Null once over. */
  private @Nullable Signal<T> signal;

  /** Written by the owner; read by whoever has taken this out of the signal. */
  volatile @Nullable Waker waker;

  SignalTake(Signal<T> signal) {
    this.signal = signal;
  }

  @Override
  public Poll<T> poll(Context cx) {
    Signal<T> signal = this.signal;
    if (signal == null) {
      throw new PollAfterEndException("Signal.take");
    }
    Unpolled.used(this);
    signal.keepDiscard(cx.discard()); // before anything can come of this poll
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    Poll<T> taken;
    try {
      taken = signal.takeOrWait(this, cx.waker());
    } catch (IllegalStateException refused) {
      end();
      throw refused;
    }
    if (taken == null) {
      cx.budget().giveBack();
      return Poll.pending();
    }
    end();
    return taken;
  }

  private void end() {
    signal = null;
    waker = null;
  }

  /** Wakes the owner, if it has not come of its own. */
  void wake() {
    Waker waker = this.waker;
    if (waker != null) {
      Waiter.wake(waker);
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Signal<T> signal = this.signal;
    if (signal != null) {
      signal.withdraw(this);
      end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Signal.take");
    if (signal == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a value");
    }
  }
}
