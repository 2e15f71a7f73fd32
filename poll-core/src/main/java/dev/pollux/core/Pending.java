package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * The answer "not yet", of a future ({@link Poll}) and of an iterator ({@link Next}) alike.
 *
 * <p>It is a promise: the waker of the latest context has been stored where the awaited event will
 * find it. There is one instance, had by {@link Poll#pending()} and {@link Next#pending()}.
 *
 * @param <T> the output that is not there yet
 */
public final class Pending<T extends @Nullable Object> implements Poll<T>, Next<T> {

  private static final Pending<?> INSTANCE = new Pending<>();

  private Pending() {}

  @SuppressWarnings("unchecked") // holds no T
  static <T extends @Nullable Object> Pending<T> instance() {
    return (Pending<T>) INSTANCE;
  }

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public boolean isItem() {
    return false;
  }

  @Override
  public boolean isEnd() {
    return false;
  }

  @Override
  public boolean isPending() {
    return true;
  }

  @Override
  public T value() {
    throw new IllegalStateException("a pending poll has no value");
  }

  @Override
  public String toString() {
    return "Pending";
  }
}
