package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What became of a task, as a value: it has an output, it failed, or it was cancelled.
 *
 * <pre>{@code
 * if (result instanceof TaskResult.Failed<Page> failed) {
 *   log(failed.task().name(), failed.cause());
 * }
 * Page page = result.value();   // throws if there is none
 * }</pre>
 *
 * @param <T> the output of the task
 * @threading immutable
 */
public sealed interface TaskResult<T extends @Nullable Object> {

  /** The task that has ended. */
  TaskInfo task();

  /**
   * The output.
   *
   * @throws TaskFailedException if the task failed; a fresh one at each call
   * @throws TaskCancelledException if it was cancelled; a fresh one at each call
   */
  T value();

  /** Whether there is an output, so that {@link #value()} does not throw. */
  default boolean isCompleted() {
    return this instanceof Completed<T>;
  }

  /** The task completed with an output. */
  record Completed<T extends @Nullable Object>(TaskInfo task, T value) implements TaskResult<T> {

    /** Says that {@code task} completed with {@code value}. */
    public Completed {
      requireNonNull(task, "task");
    }
  }

  /** The task's future threw {@code cause}. */
  record Failed<T extends @Nullable Object>(TaskInfo task, Throwable cause)
      implements TaskResult<T> {

    /** Says that {@code task} failed with {@code cause}. */
    public Failed {
      requireNonNull(task, "task");
      requireNonNull(cause, "cause");
    }

    @Override
    public T value() {
      throw new TaskFailedException(task, cause);
    }
  }

  /** The task was cancelled before it had an output. */
  record Cancelled<T extends @Nullable Object>(TaskInfo task) implements TaskResult<T> {

    /** Says that {@code task} was cancelled. */
    public Cancelled {
      requireNonNull(task, "task");
    }

    @Override
    public T value() {
      throw new TaskCancelledException(task);
    }
  }
}
