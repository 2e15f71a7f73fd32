package dev.pollux.core;

import java.util.Iterator;

/**
 * An {@code Iterable} that can be iterated once and has something to close: what {@link
 * AsyncIterator#toIterable} answers.
 *
 * <pre>{@code
 * try (CloseableIterable<String> lines = source.toIterable(runtime)) {
 *   for (String line : lines) {
 *     System.out.println(line);
 *   }
 * }
 * }</pre>
 *
 * @param <T> the type of the elements
 * @threading confined to one thread at a time
 */
public interface CloseableIterable<T> extends Iterable<T>, AutoCloseable {

  /**
   * The iterator, whose {@code hasNext} and {@code next} block until an element is there.
   *
   * @throws IllegalStateException if called twice
   */
  @Override
  Iterator<T> iterator();

  /**
   * Cancels what is behind this; idempotent. An iteration that is under way then ends with an
   * exception.
   */
  @Override
  void close();
}
