package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * Asks the tasks of a set to stop, at its first poll, and waits until all have ended. What they
 * leave behind is dropped.
 *
 * @cancellation the tasks that were asked to stop stay in the set, and end
 * @threading confined to the task that owns the set
 */
final class CloseTasks implements Future<Void> {

  /** Null once this is over. */
  private @Nullable JoinedTasks<?> tasks;

  private final String owner;

  /** Null once it was called. */
  private @Nullable Runnable begin;

  /**
   * Makes the future.
   *
   * @param tasks what is closed
   * @param owner the class of the set
   * @param begin closes the set for new tasks, and asks those that it has to stop
   */
  CloseTasks(JoinedTasks<?> tasks, String owner, Runnable begin) {
    this.tasks = tasks;
    this.owner = owner;
    this.begin = begin;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    JoinedTasks<?> tasks = this.tasks;
    if (tasks == null) {
      throw new PollAfterEndException(owner + ".closeAsync");
    }
    Runnable begin = this.begin;
    if (begin != null) {
      this.begin = null;
      begin.run();
    }
    if (!tasks.pollDrained(cx)) {
      return Poll.pending();
    }
    cancel();
    return Poll.done();
  }

  @Override
  public void cancel() {
    JoinedTasks<?> tasks = this.tasks;
    this.tasks = null;
    begin = null;
    if (tasks != null) {
      tasks.clearWaker();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(owner + ".closeAsync");
    if (tasks != null) {
      tasks.describe(description);
    }
  }
}
