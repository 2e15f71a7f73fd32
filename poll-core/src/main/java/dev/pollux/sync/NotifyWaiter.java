package dev.pollux.sync;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a {@link Notify}: what its {@link Notify#notified()} makes.
 *
 * @cancellation a notification of one that it was just given goes to another
 * @threading confined to the polling task, but for its place in the queue
 */
final class NotifyWaiter extends Waiter implements Notified {

  /** Which call has granted it. */
  enum By {
    WAITERS,
    ONE,
    LAST
  }

  /** Null once over. */
  private @Nullable Notify notify;

  /** How often notifyWaiters had been called when this was made. */
  final long calls;

  /** Written with the grant. */
  By by = By.WAITERS;

  NotifyWaiter(Notify notify, long calls) {
    this.notify = notify;
    this.calls = calls;
  }

  @Override
  @CanIgnoreReturnValue
  public boolean enable() {
    Notify notify = this.notify;
    if (notify == null) {
      throw new PollAfterEndException("Notify.notified");
    }
    return notify.isNotifiedOrQueued(this);
  }

  @Override
  boolean withholds() {
    return by != By.WAITERS;
  }

  @Override
  String resource() {
    return "a notification";
  }

  @Override
  public Poll<Void> poll(Context cx) {
    Notify notify = this.notify;
    if (notify == null) {
      throw new PollAfterEndException("Notify.notified");
    }
    Unpolled.used(this);
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    if ((phase() == NEW && notify.notifiedNow(calls) != null)
        || notify.isNotified(this, cx.waker())) {
      this.notify = null;
      end();
      return Poll.done();
    }
    cx.budget().giveBack();
    return Poll.pending();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Notify notify = this.notify;
    this.notify = null;
    if (notify != null && phase() != NEW) {
      notify.withdraw(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Notify.notified");
    if (notify == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("a notification");
    }
  }
}
