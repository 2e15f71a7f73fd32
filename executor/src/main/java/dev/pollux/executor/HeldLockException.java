package dev.pollux.executor;

import dev.pollux.core.TaskInfo;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reported in debug mode for a lock that a polling thread still holds after a poll has answered
 * {@code Pending}: nobody else can take it until the task goes on, and if the task goes on on
 * another thread, nobody can ever release it. The stack trace is that of the finder.
 *
 * <p>A lock that is to be held while a task waits is one of the library's, which are awaited.
 */
public final class HeldLockException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the report.
   *
   * @param lock the lock in words, with its class, its identity hash code and, for a monitor, the
   *     frame that entered it
   * @param holder the name of the thread that holds it
   * @param tasks the task, or those that come into question; not empty
   * @param others whether further tasks do, which are not known any more
   */
  public HeldLockException(
      String lock, String holder, List<? extends TaskInfo> tasks, boolean others) {
    super(
        lock
            + " is held by thread \""
            + holder
            + "\" across a pending poll of "
            + (tasks.size() == 1 && !others ? "" : "one of ")
            + tasks.stream().map(TaskInfo::describe).collect(Collectors.joining(", "))
            + (others ? ", or others before them" : "")
            + ": release it before the poll returns, or use a lock that is awaited");
  }
}
