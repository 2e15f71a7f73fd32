package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** Has the flight recorder call us while it records, for it doesn't say when settings change. */
@Name("dev.pollux.Look")
@Label("Look")
@Category("Pollux")
@Description("Asks, while anything is recorded, which events of Pollux are; is never recorded")
@Period("1 s")
@StackTrace(false)
final class LookEvent extends Event {}
