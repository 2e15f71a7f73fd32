package dev.pollux.executor.task;

import dev.pollux.spi.RuntimeListener.Outcome;
import org.jspecify.annotations.Nullable;

/** What has become of a task by a turn. */
public enum AfterTurn {
  /** The task owes another poll: whoever ran the turn queues it again. */
  QUEUE_AGAIN(null),
  /** The task waits for a wake. */
  WAITS(null),
  /** The task has ended with a value. */
  COMPLETED(Outcome.COMPLETED),
  /** The task has ended with a failure. */
  FAILED(Outcome.FAILED),
  /** The task has ended without a poll: that was asked for. */
  CANCELLED(Outcome.CANCELLED);

  private final @Nullable Outcome outcome;

  AfterTurn(@Nullable Outcome outcome) {
    this.outcome = outcome;
  }

  /** How the task has ended, or null if it has not. */
  public @Nullable Outcome outcome() {
    return outcome;
  }
}
