package dev.pollux.spi;

import dev.pollux.core.TaskInfo;

/**
 * Sees the life of tasks and threads in a runtime: the seam for metrics, traces and events.
 *
 * <p>A task is <em>spawned</em>, is <em>scheduled</em> and polled any number of times, and
 * <em>ends</em> once; all calls for one task are ordered as they happened. A listener that throws
 * is reported to the runtime's handler and hurts nobody else. A listener that keeps a {@link
 * TaskInfo} keeps the task.
 *
 * @threading called on the thread where the thing happens, inside the runtime: be quick, never
 *     block
 */
public interface RuntimeListener {

  /** How a task ended. */
  enum Outcome {
    /** With a value. */
    COMPLETED,
    /** Its future threw. */
    FAILED,
    /** It was cancelled first. */
    CANCELLED
  }

  /** A task was accepted by the runtime. */
  default void taskSpawned(TaskInfo task) {}

  /** A poll of the task begins on the calling thread. */
  default void pollStarted(TaskInfo task) {}

  /** The poll that began last on the calling thread is over. */
  default void pollEnded(TaskInfo task) {}

  /** The task has ended and will not be polled again. */
  default void taskEnded(TaskInfo task, Outcome outcome) {}

  /** The calling thread has nothing to run and goes to sleep. */
  default void threadParked() {}

  /** The calling thread woke up. */
  default void threadUnparked() {}
}
