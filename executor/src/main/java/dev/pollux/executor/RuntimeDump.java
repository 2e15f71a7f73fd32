package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * The live tasks of a runtime at a moment, each with what it waits for: what a thread dump is for
 * threads.
 *
 * <p>Nothing is stopped for it, and nothing is polled. A task that waits is held for the moment in
 * which its futures describe themselves; a wake that comes then is not lost. So the tasks are not
 * all seen at the same moment, and one that is always active may never be seen waiting.
 *
 * <p>Source: the fiber dumps of Cats Effect, and {@code Handle::dump} of Tokio, which has to poll
 * the tasks for it.
 *
 * @param runtime the name of the runtime
 * @param takenAt when the dump was begun
 * @param liveTasks how many tasks and blocking jobs there were
 * @param tasks those that are described: all, or as many as were asked for
 * @threading immutable
 */
public record RuntimeDump(String runtime, Instant takenAt, int liveTasks, List<TaskDump> tasks) {

  /** Makes a dump. */
  public RuntimeDump {
    requireNonNull(runtime, "runtime");
    requireNonNull(takenAt, "takenAt");
    tasks = List.copyOf(tasks);
  }

  /** The dump as text, some lines for each task. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("runtime \"").append(runtime).append("\" at ");
    text.append(takenAt).append(": ").append(liveTasks).append(" live");
    for (TaskDump task : tasks) {
      text.append('\n').append(task);
    }
    int more = liveTasks - tasks.size();
    if (more > 0) {
      text.append("\nand ").append(more).append(" more");
    }
    return text.toString();
  }
}
