package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import dev.pollux.sync.Oneshot;
import org.jspecify.annotations.Nullable;

/**
 * Polls a future for a {@link RemoteHandle}, to which it sends how that has ended.
 *
 * <p>When the handle is cancelled, the future is polled once more: an output that it has by then is
 * discarded, and a failure reported.
 *
 * @cancellation cancels the future; the handle is told
 * @threading confined to the polling task, but for {@link #detach}
 */
final class RemoteDriver<T extends @Nullable Object> implements Future<Void> {

  /** How the future has ended: either of the two. */
  record Outcome<T extends @Nullable Object>(
      @Nullable Poll<T> answer, @Nullable Throwable failure) {

    /** Drops what nobody will have. */
    void discardTo(Discard discard) {
      if (failure != null) {
        discard.uncaught(failure, "a future whose remote handle is gone");
      } else if (answer != null) {
        discard.discard(answer.value());
      }
    }
  }

  /** Null once over, as it leads to the outcome. */
  private Oneshot.@Nullable Sender<Outcome<T>> handle;

  /** Null once over. */
  private @Nullable Future<T> future;

  /** Hears that the handle is gone; null if that does not matter any more. */
  private @Nullable Future<Void> handleGone;

  private @Nullable Discard discard;

  /** Written by the owner of the handle, before it closes its end. */
  private volatile boolean detached;

  RemoteDriver(Future<T> future, Oneshot.Sender<Outcome<T>> handle) {
    this.future = future;
    this.handle = handle;
    this.handleGone = handle.whenClosed();
    Unpolled.used(handleGone);
  }

  void detach() {
    detached = true;
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("the driver of a remote handle");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Outcome<T> outcome;
    try {
      Poll<T> answer = future.poll(cx);
      if (answer.isPending()) {
        if (!isGivenUp(cx)) {
          return Poll.pending();
        }
        cancel();
        return Poll.done();
      }
      outcome = new Outcome<>(answer, null);
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt(); // it was this thread's, wherever it is thrown
      }
      outcome = new Outcome<>(null, failure);
    }
    Discard discard = cx.discard();
    this.future = null;
    if (!end(discard).send(outcome)) {
      outcome.discardTo(discard);
    }
    return Poll.done();
  }

  private boolean isGivenUp(Context cx) throws Exception {
    Future<Void> gone = handleGone;
    if (gone == null || gone.poll(cx).isPending()) {
      return false;
    }
    handleGone = null;
    return !detached;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<T> future = this.future;
    Discard discard = Cancel.orClosing(this.discard);
    this.future = null;
    if (future != null) {
      Oneshot.Sender<Outcome<T>> handle = end(discard);
      Cancel.child(future, discard);
      handle.close();
    }
  }

  /** Lets go of everything; returns whom to tell. */
  private Oneshot.Sender<Outcome<T>> end(Discard discard) {
    Oneshot.Sender<Outcome<T>> handle = requireNonNull(this.handle, "handle");
    Future<Void> gone = handleGone;
    this.handle = null;
    handleGone = null;
    this.discard = null;
    Cancel.child(gone, discard);
    return handle;
  }

  @Override
  public void describe(Description description) {
    description.name("the driver of a remote handle").child("body", future);
  }
}
