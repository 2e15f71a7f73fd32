package dev.pollux.core;

import dev.pollux.spi.Unpolled;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the next element of an iterator that it borrows, and takes it if a predicate says so.
 *
 * @cancellation nothing is lost: an element is taken and answered in the same poll, and the
 *     iterator is not cancelled
 * @threading confined to the task that polls the iterator
 */
final class PeekFuture<T> implements Future<Optional<T>> {

  private final String kind;

  /** Null once this is over. */
  private @Nullable PeekableIterator<T> iterator;

  /** Null if nothing is taken, and once this is over. */
  private @Nullable Predicate<? super T> predicate;

  PeekFuture(String kind, PeekableIterator<T> iterator, @Nullable Predicate<? super T> predicate) {
    this.kind = kind;
    this.iterator = iterator;
    this.predicate = predicate;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) throws Exception {
    Unpolled.used(this);
    PeekableIterator<T> iterator = this.iterator;
    if (iterator == null) {
      throw new PollAfterEndException(kind);
    }
    Predicate<? super T> predicate = this.predicate;
    try {
      Next<T> next = iterator.pollPeek(cx);
      if (next.isPending()) {
        return Poll.pending();
      }
      Optional<T> answer = Optional.empty();
      if (next instanceof Item<T> item) {
        if (predicate == null) {
          answer = Optional.of(item.value());
        } else if (predicate.test(item.value())) {
          answer = Optional.of(iterator.takeHeld());
        }
      }
      cancel();
      return Poll.ready(answer);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    iterator = null;
    predicate = null;
  }

  @Override
  public void describe(Description description) {
    description.name(kind).stream("iterator", iterator);
  }
}
