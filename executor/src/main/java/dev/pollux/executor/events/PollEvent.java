package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** Its duration is that of the poll; committed by the polling thread, when the poll is over. */
@Name("dev.pollux.Poll")
@Label("Poll")
@Category("Pollux")
@Description("One poll of a task, on a thread of the runtime")
@Enabled(false)
@Threshold("20 ms")
@StackTrace(false)
final class PollEvent extends TaskEvent {}
