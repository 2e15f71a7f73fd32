package dev.pollux.core;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the next task of a set to end, and answers what {@code answer} makes of it; an answer
 * of null means that the task is of no interest.
 *
 * @cancellation nothing is lost: an output is taken and answered in the same poll, and the tasks
 *     stay in the set
 * @threading confined to the task that owns the set
 */
final class JoinNext<T extends @Nullable Object, R> implements Future<Optional<R>> {

  /** Null once this is over. */
  private @Nullable JoinedTasks<T> tasks;

  private final String name;

  /** Whether no task is left that could be answered. */
  private @Nullable BooleanSupplier empty;

  private JoinedTasks.@Nullable Answer<T, R> answer;

  JoinNext(
      String name, JoinedTasks<T> tasks, BooleanSupplier empty, JoinedTasks.Answer<T, R> answer) {
    this.name = name;
    this.tasks = tasks;
    this.empty = empty;
    this.answer = answer;
  }

  @Override
  public Poll<Optional<R>> poll(Context cx) {
    JoinedTasks<T> tasks = this.tasks;
    BooleanSupplier empty = this.empty;
    JoinedTasks.Answer<T, R> answer = this.answer;
    if (tasks == null || empty == null || answer == null) {
      throw new PollAfterEndException(name);
    }
    try {
      while (!empty.getAsBoolean()) {
        JoinedTasks.Ended<T> ended = tasks.pollEnded(cx);
        if (ended == null) {
          return Poll.pending();
        }
        R answered = answer.of(ended, cx.discard());
        if (answered != null) {
          cancel();
          return Poll.ready(Optional.of(answered));
        }
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Poll.ready(Optional.empty());
  }

  @Override
  public void cancel() {
    JoinedTasks<T> tasks = this.tasks;
    this.tasks = null;
    empty = null;
    answer = null;
    if (tasks != null) {
      tasks.clearWaker();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name);
    if (tasks != null) {
      tasks.describe(description);
    }
  }
}
