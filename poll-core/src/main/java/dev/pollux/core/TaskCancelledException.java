package dev.pollux.core;

/** Thrown by a join of a task that was cancelled before it had a value. */
public final class TaskCancelledException extends JoinException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception for one waiter.
   *
   * @param task the task that was cancelled
   */
  public TaskCancelledException(TaskInfo task) {
    super(TaskInfo.describe(task) + " was cancelled", null, task.id());
  }
}
