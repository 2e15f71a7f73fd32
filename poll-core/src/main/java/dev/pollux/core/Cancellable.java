package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A future that can be asked to stop from elsewhere. Made by {@link Future#cancellable()}.
 *
 * <pre>{@code
 * Cancellable<Page> page = render().cancellable();
 * onHangUp(page::requestCancel);         // any thread
 * Future<Page> shown = page.recover(failure -> Page.EMPTY);
 * }</pre>
 *
 * <p>Source: {@code Abortable} of futures-rs.
 *
 * @param <T> the output
 * @cancellation cancels the inner future
 * @threading as every future; {@link #requestCancel()} may be called from any thread
 */
public final class Cancellable<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable Future<T> future;

  private @Nullable Discard discard;
  private final AtomicWaker waker = new AtomicWaker();
  private volatile boolean requested;

  Cancellable(Future<T> future) {
    this.future = future;
  }

  /**
   * Asks this future to stop, and returns at once. Idempotent; without effect once it is over.
   *
   * <p>The poll that follows polls the inner future once more: an output that it has by then is
   * answered. Else it cancels the inner future and throws {@link CancellationException}.
   */
  public void requestCancel() {
    requested = true;
    waker.wake();
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancellationException if cancellation was requested and the inner future has no output
   *     yet
   */
  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      throw new PollAfterEndException("cancellable");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Poll<T> answer;
    try {
      answer = future.poll(cx);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (answer.isReady()) {
      end();
      return answer;
    }
    waker.register(cx.waker()); // first; then look
    if (!requested) {
      return answer;
    }
    cancel();
    throw new CancellationException("cancelled by requestCancel()");
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<T> future = this.future;
    Discard discard = this.discard;
    end();
    Cancel.child(future, discard);
  }

  private void end() {
    future = null;
    discard = null;
    waker.clear();
  }

  @Override
  public void describe(Description description) {
    description.name("cancellable").with("requested", requested).child("body", future);
  }
}
