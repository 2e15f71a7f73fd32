package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.TerminalFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds all elements into one value.
 *
 * @cancellation cancels the upstream; what was folded so far is dropped with the function that made
 *     it
 * @threading confined to the polling task
 */
final class FoldFuture<A, R> extends TerminalFuture<A, R> {

  /** Null once this is over, as is the function. */
  private @Nullable R folded;

  private @Nullable BiFunction<? super R, ? super A, ? extends R> function;

  FoldFuture(
      AsyncIterator<A> upstream, R seed, BiFunction<? super R, ? super A, ? extends R> function) {
    super(upstream);
    this.folded = seed;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "fold";
  }

  @Override
  protected void release(Discard discard) {
    folded = null;
    function = null;
  }

  @Override
  public boolean accept(A item) {
    try {
      BiFunction<? super R, ? super A, ? extends R> function = this.function;
      if (function == null) {
        throw released();
      }
      folded =
          requireNonNull(
              function.apply(requireNonNull(folded, "folded"), item),
              "fold: the function answered null");
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  protected Poll<R> finish() {
    return Poll.ready(requireNonNull(folded, "folded"));
  }
}
