package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Committed by the polling thread, when the poll is over. */
@Name("dev.pollux.BudgetYield")
@Label("Budget Yield")
@Category("Pollux")
@Description("A poll gave way to other tasks because its budget was used up")
@Enabled(false)
@StackTrace(false)
final class BudgetYieldEvent extends TaskEvent {}
