package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.UpstreamOwner;

/**
 * Polls its upstream for the first time so long after it was polled itself.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class DelayStartIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  private final long nanos;
  private final Deadline deadline = new Deadline();
  private boolean begun;
  private boolean started;

  DelayStartIterator(AsyncIterator<T> upstream, long nanos) {
    super(upstream);
    this.nanos = nanos;
  }

  @Override
  protected String kind() {
    return "timed.delayStart";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (!isStarted(cx)) {
        return Next.pending();
      }
      Next<T> next = upstream.pollNext(cx);
      if (!next.isEnd()) {
        return next;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (!isStarted(cx)) {
        return Turn.PENDING;
      }
      Turn turn = upstream.pollEach(cx, sink);
      if (turn != Turn.ENDED) {
        return turn;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Turn.ENDED;
  }

  private boolean isStarted(Context cx) {
    if (!begun) {
      begun = true;
      deadline.set(cx, nanos);
    }
    started = started || deadline.elapsed(cx);
    return started;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && started && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
