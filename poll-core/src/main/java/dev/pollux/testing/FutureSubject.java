package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A future under test. */
final class FutureSubject<T extends @Nullable Object> implements Subject {

  private final Future<T> future;

  /** The future, polled with the budget of the plan. */
  private final Future<T> polled;

  private @Nullable Poll<T> output;

  FutureSubject(Future<T> future, int budget) {
    this.future = requireNonNull(future, "the subject is null");
    this.polled =
        budget == Plan.NONE
            ? future
            : cx -> {
              BudgetCut.to(budget, cx);
              return future.poll(cx);
            };
  }

  @Override
  public Progress poll(PollHarness harness) throws Exception {
    Poll<T> answer = requireNonNull(harness.poll(polled), "a poll answered null");
    if (answer.isPending()) {
      return Progress.PENDING;
    }
    output = answer;
    return Progress.OVER;
  }

  @Override
  public List<String> pollAfterEnd(PollHarness harness) {
    return Refusal.of("poll", () -> harness.poll(future));
  }

  @Override
  public void cancel() {
    future.cancel();
  }

  @Override
  public Description description() {
    return Description.of(future);
  }

  /** The output, once it is over with one. */
  @Nullable Poll<T> output() {
    return output;
  }

  @Override
  public Object itself() {
    return future;
  }

  @Override
  public String given() {
    return output == null ? "nothing" : String.valueOf(output.value());
  }

  @Override
  public void letGo() {
    output = null;
  }
}
