package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.TerminalFuture;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds all elements into one, starting with the first of them.
 *
 * @cancellation cancels the upstream, and discards the first element if it is the only one so far;
 *     what was folded is dropped with the function that made it
 * @threading confined to the polling task
 */
final class ReduceFuture<T> extends TerminalFuture<T, Optional<T>> {

  /** Null before the first element, and once this is over. */
  private @Nullable T reduced;

  /** Whether {@link #reduced} is what the function was given or has made, not an element held. */
  private boolean folded;

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
    T held = folded ? null : reduced;
    reduced = null;
    function = null;
    discard.discard(held);
  }

  @Override
  public boolean accept(T item) {
    T before = reduced;
    if (before == null) {
      reduced = item;
      return true;
    }
    folded = true;
    try {
      reduced =
          requireNonNull(
              requireNonNull(function, "function").apply(before, item),
              "reduce: the function answered null");
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  protected Poll<Optional<T>> finish() {
    T last = reduced;
    reduced = null; // it is the caller's now
    return Poll.ready(Optional.ofNullable(last));
  }
}
