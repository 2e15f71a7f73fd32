package dev.pollux.sync;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Values in the order in which they came. The array grows with the values, not with the capacity.
 */
final class FifoValues<T> implements Values<T> {

  private final ArrayDeque<T> queue = new ArrayDeque<>();

  @Override
  public void add(T value) {
    queue.addLast(value);
  }

  @Override
  public @Nullable T poll() {
    return queue.pollFirst();
  }

  @Override
  public int size() {
    return queue.size();
  }
}
