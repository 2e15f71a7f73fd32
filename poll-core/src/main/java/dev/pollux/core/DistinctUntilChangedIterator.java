package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Stage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements whose key differs from that of the element before.
 *
 * @cancellation cancels the upstream; the last key is dropped
 * @threading confined to the polling task
 */
final class DistinctUntilChangedIterator<T, K> extends Stage<T, T> {

  private @Nullable Function<? super T, ? extends K> key;

  /** The key of the element before; null before the first, and once this is over. */
  private @Nullable K last;

  DistinctUntilChangedIterator(AsyncIterator<T> upstream, Function<? super T, ? extends K> key) {
    super(upstream);
    this.key = key;
  }

  @Override
  protected String kind() {
    return "distinctUntilChanged";
  }

  @Override
  protected void release(Discard discard) {
    key = null;
    last = null;
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
        if (isChanged(item.value())) {
          return next;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean changed;
    try {
      changed = isChanged(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return !changed || sink().accept(item);
  }

  private boolean isChanged(T item) {
    K key =
        requireNonNull(
            requireNonNull(this.key, "key").apply(item),
            "distinctUntilChanged: the key function answered null");
    if (key.equals(last)) {
      return false;
    }
    last = key;
    return true;
  }
}
