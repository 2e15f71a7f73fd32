package dev.pollux.core;

import static java.util.Objects.requireNonNull;

/**
 * One step of an unfolding: an element, and the state that the next step starts from.
 *
 * @param element the element, never null
 * @param state what the next step is given
 * @param <T> the type of the elements
 * @param <S> the type of the state
 * @see AsyncIterators#unfold
 */
public record Unfolded<T, S>(T element, S state) {

  /**
   * Makes a step.
   *
   * @throws NullPointerException if {@code element} or {@code state} is null
   */
  public Unfolded {
    requireNonNull(element, "element");
    requireNonNull(state, "state");
  }
}
