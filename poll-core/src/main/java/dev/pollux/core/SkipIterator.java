package dev.pollux.core;

import dev.pollux.operator.Stage;

/**
 * Hands on what follows the first elements, which are dropped by the user's decision, not
 * discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SkipIterator<T> extends Stage<T, T> {

  private long remaining;

  SkipIterator(AsyncIterator<T> upstream, long count) {
    super(upstream);
    this.remaining = count;
  }

  @Override
  protected String kind() {
    return "skip";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) {
        Next<T> next = upstream.pollNext(cx);
        if (!next.isItem()) {
          return without(next);
        }
        if (remaining == 0) {
          return next;
        }
        remaining--;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    if (remaining == 0) {
      return sink().accept(item);
    }
    remaining--;
    return true;
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("remaining", remaining);
  }
}
