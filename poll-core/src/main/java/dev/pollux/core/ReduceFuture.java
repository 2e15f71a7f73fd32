package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.TerminalFuture;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds all elements into one, starting with the first of them.
 *
 * @cancellation cancels the upstream; what was folded so far is dropped with the function that made
 *     it
 * @threading confined to the polling task
 */
final class ReduceFuture<T> extends TerminalFuture<T, Optional<T>> {

  /** Null before the first element, and once this is over. */
  private @Nullable T reduced;

  private @Nullable BiFunction<? super T, ? super T, ? extends T> function;

  ReduceFuture(AsyncIterator<T> upstream, BiFunction<? super T, ? super T, ? extends T> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "reduce";
  }

  @Override
  protected void release(Discard discard) {
    reduced = null;
    function = null;
  }

  @Override
  public boolean accept(T item) {
    T before = reduced;
    try {
      reduced =
          before == null
              ? item
              : requireNonNull(
                  requireNonNull(function, "function").apply(before, item),
                  "reduce: the function answered null");
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  protected Poll<Optional<T>> finish() {
    return Poll.ready(Optional.ofNullable(reduced));
  }
}
