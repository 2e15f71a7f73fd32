package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Committed by the spawning thread. */
@Name("dev.pollux.TaskSpawn")
@Label("Task Spawn")
@Category("Pollux")
@Description("A task was spawned; the stack is that of the spawner")
@Enabled(false)
final class TaskSpawnEvent extends TaskEvent {}
