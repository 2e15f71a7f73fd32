package dev.pollux.sync;

import org.jspecify.annotations.Nullable;

/**
 * The values that an {@link Exchange} holds, in the order in which they are received.
 *
 * @threading guarded by the lock of the exchange
 */
interface Values<T> {

  /**
   * Puts a value in its place. If that throws, nothing has changed.
   *
   * @throws RuntimeException if the order of the values is a user's, and fails
   */
  void add(T value);

  /** Takes out what is received next, or answers null if there is none. Never throws. */
  @Nullable T poll();

  /** How many there are. */
  int size();
}
