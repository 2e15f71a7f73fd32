package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Unpolled;

/**
 * A stream that several readers read: made by {@link Sharing}, which says what becomes of slow and
 * late ones.
 *
 * @param <T> the type of the elements
 * @threading any thread
 */
public final class Shared<T> implements AutoCloseable {

  private final SharedElements<T> elements;

  Shared(SharedElements<T> elements) {
    this.elements = elements;
  }

  /**
   * One more reader: an iterator of its own, which must be read to its end or cancelled.
   *
   * @return the reader
   * @throws IllegalStateException if this is closed
   * @cancellation the other readers go on; what the reader had to read and nobody has got is
   *     discarded. With the last reader, once this is closed, the upstream is cancelled
   * @threading the reader is owned by one task, the readers together by any
   */
  public AsyncIterator<T> subscribe() {
    return Unpolled.made(elements.subscribe());
  }

  /**
   * Nobody can subscribe any more. The readers go on; with the last of them, at once if there is
   * none, the upstream is cancelled and what is kept for late readers is let go of. Idempotent.
   */
  @Override
  public void close() {
    elements.close();
  }

  @Override
  public String toString() {
    return elements.toString();
  }
}
