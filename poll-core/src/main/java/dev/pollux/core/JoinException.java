package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a join of a task that did not end with a value. Each waiter gets a fresh one, so its
 * stack trace is the waiter's own.
 */
public abstract sealed class JoinException extends RuntimeException
    permits TaskFailedException, TaskCancelledException {

  private static final long serialVersionUID = 1L;

  private final long taskId;

  JoinException(String message, @Nullable Throwable cause, long taskId) {
    super(message, cause);
    this.taskId = taskId;
  }

  /** The {@linkplain TaskInfo#id() id} of the task. */
  public final long taskId() {
    return taskId;
  }
}
