package dev.pollux.sync;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Completes once it is notified: see {@link Notify#notified()}.
 *
 * <p>It hears of {@link Notify#notifyWaiters()} from when it was made, and of {@link
 * Notify#notifyOne()} and {@link Notify#notifyLast()} from its first poll, or from {@link
 * #enable()} if that comes first.
 *
 * <p>Until then it may be dropped: it takes nothing away from others. From then on it has a place
 * in the queue, and has to be polled to its end or cancelled, as every future that was polled.
 *
 * @cancellation a notification of {@code notifyOne} or {@code notifyLast} that it was just given
 *     goes to another
 * @threading polled, enabled and cancelled by one thread at a time, as every future
 */
public final class Notified extends Waiter implements Future<Void> {

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

  Notified(Notify notify, long calls) {
    this.notify = notify;
    this.calls = calls;
  }

  /**
   * Begins to wait before the first poll, and without a waker: from now on a {@code notifyOne} is
   * for this one when its turn has come, and a permit that is there is taken. To be called before a
   * look at the condition, where several wait for it: else what is added between the look and the
   * first poll may leave a permit that another takes. Takes no budget; idempotent.
   *
   * <p>It does not count as use: one that is never polled and never cancelled afterwards keeps its
   * place, or what it was given, and is reported in debug mode once it is garbage.
   *
   * @return whether it is notified already, so that the first poll will complete
   * @throws PollAfterEndException if it is over
   */
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
