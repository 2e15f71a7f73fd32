package dev.pollux.core;

/**
 * The answer of an iterator that has no more elements. There is one instance, had by {@link
 * Next#end()}.
 *
 * @param <T> the type of the elements
 */
public final class End<T> implements Next<T> {

  private static final End<?> INSTANCE = new End<>();

  private End() {}

  @SuppressWarnings("unchecked") // holds no T
  static <T> End<T> instance() {
    return (End<T>) INSTANCE;
  }

  @Override
  public boolean isItem() {
    return false;
  }

  @Override
  public boolean isEnd() {
    return true;
  }

  @Override
  public boolean isPending() {
    return false;
  }

  @Override
  public T value() {
    throw new IllegalStateException("the end of an iterator has no value");
  }

  @Override
  public String toString() {
    return "End";
  }
}
