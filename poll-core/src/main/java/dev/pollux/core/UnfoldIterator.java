package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes elements from a state, each step giving an element and the next state.
 *
 * @cancellation drops the state
 * @threading confined to the polling task
 */
final class UnfoldIterator<S, T> extends Source<T> {

  /** Null once this is over. */
  private @Nullable S state;

  private @Nullable Function<? super S, Optional<Unfolded<T, S>>> step;

  UnfoldIterator(S seed, Function<? super S, Optional<Unfolded<T, S>>> step) {
    this.state = seed;
    this.step = step;
  }

  @Override
  protected String kind() {
    return "unfold";
  }

  @Override
  protected void release() {
    state = null;
    step = null;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    T item = advance();
    if (item != null) {
      return Next.item(item);
    }
    cx.budget().giveBack();
    return Next.end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    while (cx.tryProceed()) {
      T item = advance();
      if (item == null) {
        cx.budget().giveBack();
        return Turn.ENDED;
      }
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return Turn.PENDING;
  }

  /** The next element, or null at the end. */
  private @Nullable T advance() {
    S state = requireNonNull(this.state, "state");
    try {
      Optional<Unfolded<T, S>> unfolded = requireNonNull(step, "step").apply(state);
      if (unfolded.isPresent()) {
        this.state = unfolded.get().state();
        return unfolded.get().element();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return null;
  }
}
