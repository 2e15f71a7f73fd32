package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** Its duration is the time since the watchdog saw the poll first; committed by the watchdog. */
@Name("dev.pollux.LongPoll")
@Label("Long Poll")
@Category("Pollux")
@Description("A poll that goes on, and holds up its thread: a look at what it does")
@Enabled(false)
@Threshold(LongPollEvent.THRESHOLD)
@StackTrace(false)
final class LongPollEvent extends TaskEvent {

  /** From when on a poll is long, if the recording doesn't say. */
  static final String THRESHOLD = "100 ms";

  @Label("Worker Thread")
  @Nullable Thread workerThread;

  @Label("Ran For")
  @Description(
      "How long the poll has been running, without the time in which the process stood still")
  @Timespan(Timespan.NANOSECONDS)
  long ranFor;

  @Label("Frames")
  @Description("What the thread is doing: the newest frame first, down to the poll of the future")
  @Nullable String frames;
}
