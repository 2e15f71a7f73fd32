package dev.pollux.core;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of an iterator one by one, and never splits: splitting would read ahead
 * without a bound.
 */
final class ElementSpliterator<T> implements Spliterator<T> {

  private final Iterator<T> elements;

  ElementSpliterator(Iterator<T> elements) {
    this.elements = elements;
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    if (!elements.hasNext()) {
      return false;
    }
    action.accept(elements.next());
    return true;
  }

  @Override
  public @Nullable Spliterator<T> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ORDERED | NONNULL;
  }
}
