package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a future that has completed.
 *
 * @param value the output
 * @param <T> the output of the future
 */
public record Ready<T extends @Nullable Object>(T value) implements Poll<T> {

  @SuppressWarnings("NullAway") // Void has no value but null
  static final Ready<Void> DONE = new Ready<>(null);

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean isPending() {
    return false;
  }
}
