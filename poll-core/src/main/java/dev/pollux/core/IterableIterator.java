package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;
import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of an {@code Iterable}, whose iterator it asks for at the first poll.
 *
 * @cancellation what was not given yet is still the caller's and is not discarded
 * @threading confined to the polling task
 */
final class IterableIterator<T> extends Source<T> {

  private @Nullable Iterable<? extends T> iterable;

  /** Null before the first poll, and once over. */
  private @Nullable Iterator<? extends T> iterator;

  IterableIterator(Iterable<? extends T> iterable) {
    this.iterable = iterable;
  }

  @Override
  protected String kind() {
    return "fromIterable";
  }

  @Override
  protected void release() {
    iterable = null;
    iterator = null;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    Iterator<? extends T> iterator = iterator();
    if (!hasNext(iterator)) {
      return end();
    }
    return cx.tryProceed() ? Next.item(take(iterator)) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    Iterator<? extends T> iterator = iterator();
    while (hasNext(iterator)) {
      if (!cx.tryProceed()) {
        return Turn.PENDING;
      }
      T item = take(iterator);
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    cancel();
    return Turn.ENDED;
  }

  private Iterator<? extends T> iterator() {
    Iterator<? extends T> iterator = this.iterator;
    if (iterator == null) {
      try {
        iterator = requireNonNull(iterable, "iterable").iterator();
      } catch (Throwable failure) {
        cancel();
        throw failure;
      }
      this.iterator = iterator;
    }
    return iterator;
  }

  private boolean hasNext(Iterator<? extends T> iterator) {
    try {
      return iterator.hasNext();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private T take(Iterator<? extends T> iterator) {
    try {
      return requireNonNull(iterator.next(), "an element of an AsyncIterator may not be null");
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  /** Known of a collection only: asking another iterator may be work. */
  @Override
  public boolean knownEnded() {
    if (!(iterable instanceof Collection<?> collection)) {
      return false;
    }
    Iterator<? extends T> iterator = this.iterator;
    return iterator == null ? collection.isEmpty() : !iterator.hasNext();
  }
}
