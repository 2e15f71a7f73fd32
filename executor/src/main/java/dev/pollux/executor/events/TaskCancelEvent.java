package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Committed by the thread that asks. */
@Name("dev.pollux.TaskCancel")
@Label("Task Cancel")
@Category("Pollux")
@Description(
    "A cancel of a task or a job was asked for, the first of it; the stack is that of who asked")
@Enabled(false)
final class TaskCancelEvent extends TaskEvent {}
