package dev.pollux.core;

import dev.pollux.operator.Stage;
import dev.pollux.stream.Indexed;

/**
 * Hands on each element with the number of elements before it.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class IndexedIterator<T> extends Stage<T, Indexed<T>> {

  private long index;

  IndexedIterator(AsyncIterator<T> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "indexed";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public Next<Indexed<T>> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      return next instanceof Item<T> item
          ? Next.item(new Indexed<>(index++, item.value()))
          : without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    return sink().accept(new Indexed<>(index++, item));
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("index", index);
  }
}
