package dev.pollux.core;

import dev.pollux.operator.Stage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what follows from the first element on that a predicate does not hold for. Those before
 * it are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SkipWhileIterator<T> extends Stage<T, T> {

  /** Null once it has not held, and once this is over. */
  private @Nullable Predicate<? super T> predicate;

  SkipWhileIterator(AsyncIterator<T> upstream, Predicate<? super T> predicate) {
    super(upstream);
    this.predicate = predicate;
  }

  @Override
  protected String kind() {
    return "skipWhile";
  }

  @Override
  protected void release(Discard discard) {
    predicate = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Next<T> next = upstream.pollNext(cx);
        if (!(next instanceof Item<T> item)) {
          return without(next);
        }
        if (!skips(item.value())) {
          return next;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean skips;
    try {
      skips = skips(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return skips || sink().accept(item);
  }

  private boolean skips(T item) {
    Predicate<? super T> predicate = this.predicate;
    if (predicate == null) {
      return false;
    }
    if (predicate.test(item)) {
      return true;
    }
    this.predicate = null;
    return false;
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("skipping", predicate != null);
  }
}
