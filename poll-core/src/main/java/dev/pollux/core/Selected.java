package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Futures#select} found: the first future to end, and those that have not.
 *
 * <p>The losers are neither cancelled nor otherwise touched: whoever holds this owns them again,
 * may poll them, select among them once more, or must cancel them.
 *
 * @param <T> the output of the futures
 * @threading belongs to the task that selected
 */
public final class Selected<T extends @Nullable Object> {

  private final int index;
  private final @Nullable Poll<T> answer;
  private final @Nullable Exception failure;
  private final List<Future<T>> losers;

  /** Exactly one of {@code answer} and {@code failure} is given. */
  Selected(
      int index, @Nullable Poll<T> answer, @Nullable Exception failure, List<Future<T>> losers) {
    this.index = index;
    this.answer = answer;
    this.failure = failure;
    this.losers = losers;
  }

  /** The place of the winner in the list that was selected among, from 0. */
  public int index() {
    return index;
  }

  /**
   * The output of the winner.
   *
   * @return the output
   * @throws Exception the failure of the winner, if it failed
   */
  public T value() throws Exception {
    if (failure != null) {
      throw failure;
    }
    return requireNonNull(answer).value();
  }

  /** Whether the winner failed, so that {@link #value()} throws. */
  public boolean isFailure() {
    return failure != null;
  }

  /** The futures that have not ended, in their old order; immutable. */
  public List<Future<T>> losers() {
    return losers;
  }

  /** Drops all of this: cancels the losers, newest first, and discards the output. */
  void discardTo(Discard discard) {
    for (int i = losers.size() - 1; i >= 0; i--) {
      Cancel.child(losers.get(i), discard);
    }
    if (answer != null) {
      discard.discard(answer.value());
    }
  }

  @Override
  public String toString() {
    Object outcome = failure == null && answer != null ? answer.value() : failure;
    return "Selected[" + index + ": " + outcome + ", " + losers.size() + " losers]";
  }
}
