package dev.pollux.core;

import dev.pollux.operator.Stage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements that a predicate holds for. The others are dropped by the user's decision,
 * not discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class FilterIterator<T> extends Stage<T, T> {

  private @Nullable Predicate<? super T> predicate;

  FilterIterator(AsyncIterator<T> upstream, Predicate<? super T> predicate) {
    super(upstream);
    this.predicate = predicate;
  }

  static <T> AsyncIterator<T> of(AsyncIterator<T> upstream, Predicate<? super T> predicate) {
    AsyncIterator<T> copy = StageCopies.FILTER.make(upstream, predicate);
    return copy == null ? new FilterIterator<>(upstream, predicate) : copy;
  }

  @Override
  protected String kind() {
    return "filter";
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
        if (passes(item.value())) {
          return next;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean passes;
    try {
      passes = passes(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return !passes || sink().accept(item);
  }

  private boolean passes(T item) {
    Predicate<? super T> predicate = this.predicate;
    if (predicate == null) {
      throw released();
    }
    return predicate.test(item);
  }
}
