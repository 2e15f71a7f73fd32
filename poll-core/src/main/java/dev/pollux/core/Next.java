package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * What one poll of an {@link AsyncIterator} answers: {@link Item} with an element, {@link End}, or
 * {@link Pending}.
 *
 * <p>An answer is immutable and may be shared between threads. Source: {@code Poll<Option<T>>} of
 * Rust's {@code AsyncIterator}, flattened into one type.
 *
 * @param <T> the type of the elements, which are never null
 */
public sealed interface Next<T extends @Nullable Object> permits Item, End, Pending {

  /**
   * Answers with an element.
   *
   * @throws NullPointerException if {@code value} is null
   */
  static <T> Next<T> item(T value) {
    return new Item<>(value);
  }

  /** Answers that there are no more elements. Always the same instance. */
  static <T> Next<T> end() {
    return End.instance();
  }

  /**
   * Answers that no element is there yet, and that the waker is registered. Always the same
   * instance.
   */
  static <T> Next<T> pending() {
    return Pending.instance();
  }

  /** Whether this is an element and {@link #value()} may be called. */
  boolean isItem();

  /** Whether the iterator has ended. */
  boolean isEnd();

  /** Whether no element is there yet. */
  boolean isPending();

  /**
   * The element.
   *
   * @throws IllegalStateException if this is no {@link Item}
   */
  T value();
}
