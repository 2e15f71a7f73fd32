package dev.pollux.core;

import dev.pollux.operator.Stage;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Hands on all elements but the last ones: each when as many have come after it as are left out.
 * Those are dropped at the end by the user's decision, not discarded.
 *
 * @cancellation cancels the upstream, and discards the elements held
 * @threading confined to the polling task
 */
final class SkipLastIterator<T> extends Stage<T, T> {

  private final int count;

  /** At most {@code count} between polls, the oldest first. */
  private final Deque<T> held = new ArrayDeque<>();

  SkipLastIterator(AsyncIterator<T> upstream, int count) {
    super(upstream);
    this.count = count;
  }

  @Override
  protected String kind() {
    return "skipLast";
  }

  @Override
  protected void release(Discard discard) {
    while (!held.isEmpty()) {
      discard.discard(held.removeLast());
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Next<T> next = upstream.pollNext(cx);
        if (!(next instanceof Item<T> item)) {
          if (next.isEnd()) {
            held.clear(); // not discarded: these are what the user wants left out
          }
          return without(next);
        }
        held.addLast(item.value());
        if (held.size() > count) {
          return Next.item(held.removeFirst());
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    held.addLast(item);
    return held.size() <= count || sink().accept(held.removeFirst());
  }

  @Override
  protected Turn settle(Turn turn) {
    if (turn == Turn.ENDED) {
      held.clear();
    }
    return turn;
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("count", count).with("held", held.size());
  }
}
