package dev.pollux.sync;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;

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
public sealed interface Notified extends Future<Void> permits NotifyWaiter {

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
   * @throws dev.pollux.core.PollAfterEndException if it is over
   */
  @CanIgnoreReturnValue
  boolean enable();
}
