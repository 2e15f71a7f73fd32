package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes elements from a state, each step being a future of an element and the next state.
 *
 * @cancellation cancels the step in flight and drops the state
 * @threading confined to the polling task
 */
final class UnfoldAsyncIterator<S, T> implements AsyncIterator<T> {

  /** Null during a step, and once this is over. */
  private @Nullable S state;

  /** Null between steps, and once this is over. */
  private @Nullable Future<Optional<Unfolded<T, S>>> inFlight;

  /** Null once this is over. */
  private @Nullable Function<? super S, ? extends Future<Optional<Unfolded<T, S>>>> step;

  private @Nullable Discard discard;

  UnfoldAsyncIterator(
      S seed, Function<? super S, ? extends Future<Optional<Unfolded<T, S>>>> step) {
    this.state = seed;
    this.step = step;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    Function<? super S, ? extends Future<Optional<Unfolded<T, S>>>> step = this.step;
    if (step == null) {
      throw new PollAfterEndException("unfoldAsync");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Budget budget = cx.budget();
    if (budget.isExhausted() && !cx.tryProceed()) {
      return Next.pending();
    }
    Poll<Optional<Unfolded<T, S>>> answer;
    try {
      Future<Optional<Unfolded<T, S>>> inFlight = this.inFlight;
      if (inFlight == null) {
        inFlight = step.apply(requireNonNull(state, "state"));
        this.inFlight = inFlight;
        state = null;
      }
      answer = inFlight.poll(cx);
      if (answer.isPending()) {
        return Next.pending();
      }
      this.inFlight = null;
      if (answer.value().isPresent()) {
        Unfolded<T, S> unfolded = answer.value().get();
        state = unfolded.state();
        budget.consume();
        return Next.item(unfolded.element());
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Next.end();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<?> child = inFlight;
    Discard discard = this.discard;
    step = null;
    state = null;
    inFlight = null;
    this.discard = null;
    Cancel.child(child, discard);
  }

  @Override
  public void describe(Description description) {
    description.name("unfoldAsync").child("step", inFlight);
  }
}
