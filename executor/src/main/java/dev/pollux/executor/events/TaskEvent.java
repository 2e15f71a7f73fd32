package dev.pollux.executor.events;

import dev.pollux.core.TaskInfo;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What the events of a task, or a job, have in common. */
abstract class TaskEvent extends Event {

  @Label("Runtime")
  @Nullable String runtime;

  @Label("Task Id")
  long taskId;

  @Label("Task Name")
  @Description("The name given at spawn, if one was")
  @Nullable String taskName;

  @Label("Spawn Site")
  @Description("Where the task was spawned, if the runtime captures that")
  @Nullable String spawnSite;

  final void fill(String runtime, TaskInfo task) {
    this.runtime = runtime;
    this.taskId = task.id();
    this.taskName = task.name().orElse(null);
    this.spawnSite = task.spawnSite().map(StackTraceElement::toString).orElse(null);
  }
}
