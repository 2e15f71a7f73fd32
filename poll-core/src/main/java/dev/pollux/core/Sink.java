package dev.pollux.core;

/**
 * Takes the elements of one turn of internal iteration.
 *
 * <p>The contract, whose other half is at {@link AsyncIterator#pollEach}:
 *
 * <ul>
 *   <li>An offered element is always taken. {@code false} means that no more is wanted <em>after
 *       this one</em>.
 *   <li>A sink never throws. A stage whose own function fails keeps the failure, answers {@code
 *       false}, and throws after its upstream's {@code pollEach} has returned. A sink that throws
 *       all the same breaks the contract: the source cancels itself, reports the throw to {@link
 *       Discard#uncaught} and rethrows it.
 *   <li>It does not call back into the iterator that feeds it.
 * </ul>
 *
 * @param <T> the type of the elements
 * @threading called by the thread that polls the iterator, inside the poll
 */
@FunctionalInterface
public interface Sink<T> {

  /**
   * Takes {@code item}.
   *
   * @return whether another element may be offered in this turn
   * @threading called on the polling thread, inside {@code pollEach}
   */
  boolean accept(T item);
}
