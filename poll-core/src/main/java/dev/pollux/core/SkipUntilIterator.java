package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements that come once a future has completed, which each poll asks first. Those
 * before are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the future, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SkipUntilIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  /** Null once it has completed, and once this is over. */
  private @Nullable Future<?> start;

  SkipUntilIterator(AsyncIterator<T> upstream, Future<?> start) {
    super(upstream);
    this.start = start;
  }

  @Override
  protected String kind() {
    return "skipUntil";
  }

  @Override
  protected void release(Discard discard) {
    Future<?> start = this.start;
    this.start = null;
    Cancel.child(start, discard);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (started(cx)) {
        Next<T> next = upstream.pollNext(cx);
        if (next.isEnd()) {
          cancel();
        }
        return next;
      }
      if (feed(upstream, cx, this) == Turn.ENDED) {
        cancel();
        return Next.end();
      }
      return Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Turn turn = started(cx) ? upstream.pollEach(cx, sink) : feed(upstream, cx, this);
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** Skips. */
  @Override
  public boolean accept(T item) {
    return true;
  }

  /** Whether the future has completed; else the waker is registered with it. */
  private boolean started(Context cx) throws Exception {
    Future<?> start = this.start;
    if (start == null) {
      return true;
    }
    if (start.poll(cx).isPending()) {
      return false;
    }
    this.start = null;
    return true;
  }

  /** Unknown before the future has completed: it may fail first. */
  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && start == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).child("start", start).stream("upstream", upstream());
  }
}
