package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The iterator that a view was made of, which it hands to one operator. */
final class SingleUse<T> {

  private final String view;
  private @Nullable AsyncIterator<T> upstream;

  SingleUse(String view, AsyncIterator<T> upstream) {
    this.view = view;
    this.upstream = requireNonNull(upstream, "upstream");
  }

  /**
   * The iterator, once.
   *
   * @throws IllegalStateException if it was handed out before
   */
  AsyncIterator<T> take() {
    AsyncIterator<T> taken = upstream;
    if (taken == null) {
      throw new IllegalStateException(
          view + " was used already: a view makes one stream, and that owns the iterator");
    }
    upstream = null;
    return taken;
  }

  /** What {@code operator} makes of the iterator, once; as {@link #take}. */
  <I> I into(Function<? super AsyncIterator<T>, ? extends I> operator) {
    AsyncIterator<T> source = take();
    return Unpolled.made(operator.apply(source), source);
  }
}
