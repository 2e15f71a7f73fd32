package dev.pollux.core;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes elements from a state, each step giving an element and the next state.
 *
 * @cancellation drops the state
 * @threading confined to the polling task
 */
final class UnfoldIterator<S, T> implements AsyncIterator<T> {

  /** Null once this is over. */
  private @Nullable S state;

  private @Nullable Function<? super S, Optional<Unfolded<T, S>>> step;

  UnfoldIterator(S seed, Function<? super S, Optional<Unfolded<T, S>>> step) {
    this.state = seed;
    this.step = step;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    refuseIfOver();
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
    refuseIfOver();
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
    S state = this.state;
    Function<? super S, Optional<Unfolded<T, S>>> step = this.step;
    if (state == null || step == null) {
      throw new PollAfterEndException("unfold");
    }
    try {
      Optional<Unfolded<T, S>> unfolded = step.apply(state);
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

  private void refuseIfOver() {
    if (state == null) {
      throw new PollAfterEndException("unfold");
    }
  }

  @Override
  public void cancel() {
    state = null;
    step = null;
  }

  @Override
  public void describe(Description description) {
    description.name("unfold");
  }
}
