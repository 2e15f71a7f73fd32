package dev.pollux.core;

import static java.util.Objects.requireNonNull;

/**
 * The answer of an iterator that has an element.
 *
 * @param value the element, never null
 * @param <T> the type of the elements
 */
public record Item<T>(T value) implements Next<T> {

  /**
   * Makes an answer.
   *
   * @throws NullPointerException if {@code value} is null: an element may not be
   */
  public Item {
    requireNonNull(value, "value: an element of an AsyncIterator may not be null");
  }

  @Override
  public boolean isItem() {
    return true;
  }

  @Override
  public boolean isEnd() {
    return false;
  }

  @Override
  public boolean isPending() {
    return false;
  }
}
