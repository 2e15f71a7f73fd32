package dev.pollux.core;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the tasks of a set, in the order in which they end, and the end when the set is
 * empty.
 *
 * @cancellation nothing is lost: the tasks stay in the set
 * @threading confined to the task that owns the set
 */
final class TaskResults<T extends @Nullable Object, R> implements AsyncIterator<R> {

  /** Null once this is over. */
  private @Nullable JoinedTasks<T> tasks;

  private final String name;

  /** Whether no task is left that could be answered. */
  private @Nullable BooleanSupplier empty;

  private JoinedTasks.@Nullable Answer<T, R> answer;

  TaskResults(
      String name, JoinedTasks<T> tasks, BooleanSupplier empty, JoinedTasks.Answer<T, R> answer) {
    this.name = name;
    this.tasks = tasks;
    this.empty = empty;
    this.answer = answer;
  }

  @Override
  public Next<R> pollNext(Context cx) {
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
          return Next.pending();
        }
        R answered = answer.of(ended, cx.discard());
        if (answered != null) {
          return Next.item(answered);
        }
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean knownEnded() {
    BooleanSupplier empty = this.empty;
    return empty != null && empty.getAsBoolean();
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
