package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds all elements into one value, each step being a future.
 *
 * @cancellation cancels the step in flight, then the upstream; what was folded so far is dropped
 *     with the function that made it
 * @threading confined to the polling task
 */
final class FoldAsyncFuture<A, R> extends UpstreamOwner<A> implements Future<R> {

  /** Null during a step, and once this is over. */
  private @Nullable R folded;

  private @Nullable BiFunction<? super R, ? super A, ? extends Future<? extends R>> function;

  /** Null between two steps. */
  private @Nullable Future<? extends R> step;

  FoldAsyncFuture(
      AsyncIterator<A> upstream,
      R seed,
      BiFunction<? super R, ? super A, ? extends Future<? extends R>> function) {
    super(upstream);
    this.folded = seed;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "foldAsync";
  }

  @Override
  protected void release(Discard discard) {
    Future<?> step = this.step;
    this.step = null;
    folded = null;
    function = null;
    Cancel.child(step, discard);
  }

  @Override
  public Poll<R> poll(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Future<? extends R> step = this.step;
        if (step == null) {
          Next<A> next = upstream.pollNext(cx);
          if (next.isPending()) {
            return Poll.pending();
          }
          R folded = requireNonNull(this.folded, "folded");
          if (!(next instanceof Item<A> item)) {
            cancel();
            return Poll.ready(folded);
          }
          step =
              requireNonNull(
                  requireNonNull(function, "function").apply(folded, item.value()),
                  "foldAsync: the function answered null instead of a future");
          this.step = step;
          this.folded = null;
        }
        Poll<? extends R> answer = step.poll(cx);
        if (answer.isPending()) {
          return Poll.pending();
        }
        this.step = null;
        folded = requireNonNull(answer.value(), "foldAsync: a future gave null");
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).child("step", step).stream("upstream", upstream());
  }
}
