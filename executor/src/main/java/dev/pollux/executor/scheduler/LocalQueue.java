package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * The ready tasks of one thread, first in, first out, linked through the tasks themselves: no task
 * is polled twice before every task that was ready earlier was polled once.
 *
 * @threading confined to the owner
 */
public final class LocalQueue {

  private @Nullable Task<?> first;
  private @Nullable Task<?> last;
  private int size;

  /** Makes an empty queue. */
  public LocalQueue() {}

  /** Adds {@code task}, which is in no queue. */
  public void addLast(Task<?> task) {
    task.setNextInQueue(null);
    if (last == null) {
      first = task;
    } else {
      last.setNextInQueue(task);
    }
    last = task;
    size++;
  }

  /** Takes the oldest task, or answers null. */
  public @Nullable Task<?> pollFirst() {
    Task<?> task = first;
    if (task != null) {
      size--;
      first = task.nextInQueue();
      if (first == null) {
        last = null;
      }
      task.setNextInQueue(null);
    }
    return task;
  }

  /**
   * The number of tasks.
   *
   * @threading any thread, a moment late
   */
  public int size() {
    return size;
  }

  /** Whether no task is ready. */
  public boolean isEmpty() {
    return first == null;
  }
}
