package dev.pollux.core;

import dev.pollux.operator.Stage;

/**
 * Hands on the first elements, and cancels the upstream as soon as it has the last of them.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TakeIterator<T> extends Stage<T, T> {

  private long remaining;

  /** What the sink answered to the last element. */
  private boolean sinkWantsMore;

  TakeIterator(AsyncIterator<T> upstream, long limit) {
    super(upstream);
    this.remaining = limit;
  }

  @Override
  protected String kind() {
    return "take";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    if (remaining == 0) {
      cancel();
      return Next.end();
    }
    try {
      Next<T> next = upstream.pollNext(cx);
      if (!next.isItem()) {
        return without(next);
      }
      if (--remaining == 0) {
        cancelUpstream();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean more = sink().accept(item);
    if (--remaining > 0) {
      return more;
    }
    sinkWantsMore = more;
    return false;
  }

  @Override
  protected boolean endsHere() {
    return remaining == 0;
  }

  @Override
  protected Turn settle(Turn turn) {
    if (remaining > 0) {
      return turn;
    }
    if (sinkWantsMore) {
      return Turn.ENDED;
    }
    cancelUpstream();
    return Turn.STOPPED;
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("remaining", remaining);
  }
}
