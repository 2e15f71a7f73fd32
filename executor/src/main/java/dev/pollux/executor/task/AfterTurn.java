package dev.pollux.executor.task;

/** What has become of a task by a turn. */
public enum AfterTurn {
  /** The task owes another poll: whoever ran the turn queues it again. */
  QUEUE_AGAIN,
  /** The task waits for a wake. */
  WAITS,
  /** The task has ended. */
  ENDED
}
