package dev.pollux.core;

import static java.util.Objects.requireNonNull;

/**
 * Thrown by a join of a task whose future threw. The {@linkplain #getCause cause} is what it threw,
 * unchanged.
 */
public final class TaskFailedException extends JoinException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception for one waiter.
   *
   * @param task the task that failed
   * @param cause what its future threw
   */
  public TaskFailedException(TaskInfo task, Throwable cause) {
    super(TaskInfo.describe(task) + " failed: " + cause, requireNonNull(cause, "cause"), task.id());
  }
}
