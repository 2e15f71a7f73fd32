package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** Its duration is that of the sleep; committed by the thread, when it is awake. */
@Name("dev.pollux.WorkerPark")
@Label("Worker Park")
@Category("Pollux")
@Description("A thread of a runtime slept because it had nothing to run")
@Enabled(false)
@Threshold("20 ms")
@StackTrace(false)
final class WorkerParkEvent extends Event {

  @Label("Runtime")
  @Nullable String runtime;
}
