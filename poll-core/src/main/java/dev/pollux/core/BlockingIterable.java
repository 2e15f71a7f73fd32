package dev.pollux.core;

import java.util.Iterator;

/** The one iteration of an async iterator by a thread that may block. */
final class BlockingIterable<T> implements CloseableIterable<T> {

  private final BlockingIterator<T> iterator;
  private boolean iterated;

  BlockingIterable(BlockingIterator<T> iterator) {
    this.iterator = iterator;
  }

  @Override
  public Iterator<T> iterator() {
    if (iterated) {
      throw new IllegalStateException("an async iterator can be iterated only once");
    }
    iterated = true;
    return iterator;
  }

  @Override
  public void close() {
    iterator.close();
  }
}
