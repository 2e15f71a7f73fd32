package dev.pollux.core;

import dev.pollux.spi.Unpolled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the next element of an iterator that it borrows.
 *
 * @cancellation nothing is lost: an element is taken and answered in the same poll, and the
 *     iterator is not cancelled
 * @threading confined to the task that polls the iterator
 */
final class NextFuture<T> implements Future<Optional<T>> {

  /** Null once this is over. */
  private @Nullable AsyncIterator<T> iterator;

  NextFuture(AsyncIterator<T> iterator) {
    this.iterator = iterator;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) throws Exception {
    Unpolled.used(this);
    AsyncIterator<T> iterator = this.iterator;
    if (iterator == null) {
      throw new PollAfterEndException("next");
    }
    Next<T> next;
    try {
      next = iterator.pollNext(cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (next.isPending()) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(next instanceof Item<T> item ? Optional.of(item.value()) : Optional.empty());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    iterator = null;
  }

  @Override
  public void describe(Description description) {
    description.name("next").stream("iterator", iterator);
  }
}
