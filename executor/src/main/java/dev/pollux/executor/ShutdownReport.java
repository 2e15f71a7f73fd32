package dev.pollux.executor;

import dev.pollux.core.TaskInfo;
import java.util.List;

/**
 * What was left when a runtime had been shut down.
 *
 * @param isComplete whether everything has ended: then both lists are empty
 * @param tasks the tasks that have not ended, each of which is inside a poll that does not return;
 *     and the {@linkplain dev.pollux.core.Future#shielded() shielded} tasks that were cancelled,
 *     because there was no time for them
 * @param jobs the blocking jobs that have not ended
 */
public record ShutdownReport(boolean isComplete, List<TaskInfo> tasks, List<TaskInfo> jobs) {

  /** Makes a report. */
  public ShutdownReport {
    tasks = List.copyOf(tasks);
    jobs = List.copyOf(jobs);
  }
}
