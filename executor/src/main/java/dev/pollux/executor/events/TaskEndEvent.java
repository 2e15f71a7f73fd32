package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Committed by the thread that ran the task last. */
@Name("dev.pollux.TaskEnd")
@Label("Task End")
@Category("Pollux")
@Description("A task has ended")
@Enabled(false)
@StackTrace(false)
final class TaskEndEvent extends TaskEvent {

  @Label("Outcome")
  @Description("COMPLETED, FAILED or CANCELLED")
  @Nullable String outcome;
}
