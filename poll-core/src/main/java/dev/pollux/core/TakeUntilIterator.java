package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Hands on elements until a future completes, which each poll asks first.
 *
 * @cancellation cancels the future, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TakeUntilIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  /** Null once it has completed, and once this is over. */
  private @Nullable Future<?> stop;

  TakeUntilIterator(AsyncIterator<T> upstream, Future<?> stop) {
    super(upstream);
    this.stop = stop;
  }

  @Override
  protected String kind() {
    return "takeUntil";
  }

  @Override
  protected void release(Discard discard) {
    Future<?> stop = this.stop;
    this.stop = null;
    Cancel.child(stop, discard);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (stopped(cx)) {
        cancel();
        return Next.end();
      }
      Next<T> next = upstream.pollNext(cx);
      if (next.isEnd()) {
        cancel();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Turn turn = stopped(cx) ? Turn.ENDED : upstream.pollEach(cx, sink);
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** Whether the future has completed; else the waker is registered with it. */
  private boolean stopped(Context cx) throws Exception {
    if (requireNonNull(stop, "stop").poll(cx).isPending()) {
      return false;
    }
    stop = null;
    return true;
  }

  // Not known to have ended even if the upstream is: the future may fail first.

  @Override
  public void describe(Description description) {
    description.name(kind()).child("stop", stop).stream("upstream", upstream());
  }
}
