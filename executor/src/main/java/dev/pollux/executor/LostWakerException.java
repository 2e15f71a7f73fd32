package dev.pollux.executor;

import dev.pollux.core.TaskInfo;

/**
 * Reported in debug mode for a task that waits and that nobody can wake: its future answered {@code
 * Pending} without leaving its waker anywhere, or what held the waker was itself lost. The stack
 * trace is that of the finder.
 */
public final class LostWakerException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the report.
   *
   * @param task the task that is stuck
   */
  public LostWakerException(TaskInfo task) {
    super(
        TaskInfo.describe(task)
            + " is stuck: it answered Pending, and its waker is held by nobody who could call it");
  }
}
