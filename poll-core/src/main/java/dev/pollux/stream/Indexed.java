package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

/**
 * An element and its place in the stream.
 *
 * @param index how many elements came before it
 * @param value the element, never null
 * @threading immutable, as far as the element is
 */
public record Indexed<T>(long index, T value) {

  /** Refuses a null element. */
  public Indexed {
    requireNonNull(value, "value");
  }
}
