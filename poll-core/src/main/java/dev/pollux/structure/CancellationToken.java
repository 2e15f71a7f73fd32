package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import java.util.Optional;

/**
 * Tells any number of tasks to stop, from any thread. Tokens form a tree: to cancel one cancels all
 * below it, and nothing above or beside it.
 *
 * <pre>{@code
 * CancellationToken shutdown = CancellationToken.create();
 * // for each connection, and for each request of one:
 * CancellationToken connection = shutdown.child();
 * spawner.spawn(connection.runUntilCancelled(serve(socket, connection)));
 * // somebody:
 * shutdown.cancel();
 * }</pre>
 *
 * <p>A token only says that something shall stop; who listens decides how. To stop a future between
 * two of its polls, wrap it in {@link #runUntilCancelled}; to end in order, wait for {@link
 * #whenCancelled()} beside other things; where no future is at hand, look at {@link #isCancelled()}
 * or leave a callback ({@link #onCancel}).
 *
 * <p>A child need not be closed. While nothing waits on it or below it, its parent does not know
 * it, and one that is forgotten is garbage: a parent may live for ever and have any number of
 * children. (A child does keep its parents alive.)
 *
 * <p>Source: {@code CancellationToken} of tokio_util.
 *
 * @threading every method may be called from any thread. What was done before {@link #cancel()} is
 *     seen by whoever finds the token cancelled
 */
public final class CancellationToken {

  private final Occurrence cancellation;

  private CancellationToken(Occurrence cancellation) {
    this.cancellation = cancellation;
  }

  /** A token with nothing above it. */
  public static CancellationToken create() {
    return new CancellationToken(new Occurrence(null));
  }

  /**
   * A token that is cancelled with this one, or earlier by itself. A child of a cancelled token is
   * cancelled.
   */
  public CancellationToken child() {
    return new CancellationToken(new Occurrence(cancellation));
  }

  /**
   * Cancels this token and all below it. Idempotent; a second call returns at once, perhaps before
   * the first.
   *
   * <p>From the start of this call {@link #isCancelled()} is true for all of them. Then all waiters
   * are woken, and last the callbacks are run, on this thread. Never throws: what a foreign waker
   * or a callback throws is reported to {@link
   * dev.pollux.core.UncaughtFailureHandler#processDefault()}, and the others are called all the
   * same. Runs in constant stack, however deep the tree; takes time in proportion to those that
   * wait.
   */
  public void cancel() {
    cancellation.happen();
  }

  /**
   * Whether this token, or one above it, was cancelled. Never false again after true. Takes a look
   * at every token above this one.
   */
  public boolean isCancelled() {
    return cancellation.hasHappened();
  }

  /**
   * Completes once this token is cancelled. Any number of these may wait for one token. Takes no
   * budget.
   *
   * @cancellation nothing is lost; the token forgets it
   */
  public Future<Void> whenCancelled() {
    return new WhenCancelled(cancellation);
  }

  /**
   * Runs {@code callback} when this token is cancelled, on the thread that cancels it, and at once
   * if it is cancelled already. It should be short, and must not block: the thread may be one that
   * runs tasks. What it throws is reported to {@link
   * dev.pollux.core.UncaughtFailureHandler#processDefault()}.
   *
   * <p>Callbacks run after all waiters were woken; those of one token in the reverse of the order
   * in which they came. One that is registered while a token above this one is cancelled may be run
   * by a third thread that is registering on this token, or below it, at the same time.
   *
   * @param callback what runs, once or never
   * @return the way to take it back; the callback stays with the token, and this token in the list
   *     of its parent, until that is done or the token is cancelled. May be ignored if the callback
   *     is to stay as long as the token
   */
  @CanIgnoreReturnValue
  public CancelRegistration onCancel(Runnable callback) {
    CancelCallback registered =
        new CancelCallback(cancellation, requireNonNull(callback, "callback"));
    if (!cancellation.add(registered)) {
      registered.run();
    }
    return registered;
  }

  /**
   * Runs {@code future} until it completes or this token is cancelled.
   *
   * <p>The future is polled first, so an output that it has by the time the token is found
   * cancelled is answered, and not lost. Else it is cancelled, and then empty is answered. The
   * token is looked at outside the budget, so a future that is always busy ends in time too.
   *
   * <p>An output of null, as that of every {@code Future<Void>}, is answered by empty too. Whoever
   * must tell these apart maps the output to something first.
   *
   * @param future what is run; it belongs to the result
   * @param <T> the output of the future
   * @return the output, or empty if the token was cancelled first; the failure of the future
   * @cancellation cancels the future
   */
  public <T> Future<Optional<T>> runUntilCancelled(Future<? extends T> future) {
    return new RunUntilCancelled<>(cancellation, requireNonNull(future, "future"));
  }

  /**
   * A guard that cancels this token when it is closed: for a block of code that must not be left,
   * by whatever way, without the token being cancelled.
   *
   * <pre>{@code
   * try (CancelGuard guard = token.guard()) {
   *   start(token);                // if this throws, what it has started is told to stop
   *   guard.disarm();
   * }
   * }</pre>
   */
  public CancelGuard guard() {
    return new CancelGuard(this);
  }

  /** What waits and listens on this token, for tests. */
  Occurrence cancellation() {
    return cancellation;
  }

  @Override
  public String toString() {
    return "CancellationToken[" + (isCancelled() ? "cancelled" : "not cancelled") + "]";
  }
}
