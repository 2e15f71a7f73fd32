package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.UpstreamOwner;

/**
 * Asks for the next element when so long has passed since it gave the one before.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SpacedIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  private final long nanos;
  private final Deadline deadline = new Deadline();

  /** Whether the upstream must not be asked before the deadline. */
  private boolean waiting;

  SpacedIterator(AsyncIterator<T> upstream, long nanos) {
    super(upstream);
    this.nanos = nanos;
  }

  @Override
  protected String kind() {
    return "timed.spaced";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (waiting && !deadline.elapsed(cx)) {
        return Next.pending();
      }
      waiting = false;
      Next<T> next = upstream.pollNext(cx);
      if (next.isItem()) {
        waiting = true;
        deadline.set(cx, nanos);
      }
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
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && !waiting && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
