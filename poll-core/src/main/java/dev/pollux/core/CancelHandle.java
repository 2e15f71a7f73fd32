package dev.pollux.core;

/**
 * A way to ask a task to stop, for somebody who does not join it.
 *
 * <p>It answers no output: that belongs to whoever holds the {@link JoinHandle}, or to the set that
 * the task was spawned in.
 *
 * <p>Source: {@code AbortHandle} of Tokio.
 *
 * @threading every method may be called from any thread
 */
public interface CancelHandle extends TaskInfo {

  /**
   * Asks the task to stop, and returns at once. Idempotent.
   *
   * <p>The task's future is cancelled by the thread that runs it, at its next turn. Whoever joins
   * the task gets its value if the task won, else a {@link TaskCancelledException}.
   */
  void requestCancel();

  /** Whether the task has ended, with a value, a failure or by cancellation. */
  boolean isFinished();
}
