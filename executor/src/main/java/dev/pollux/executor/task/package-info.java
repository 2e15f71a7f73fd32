/**
 * A task and its protocol. {@code TaskState} says who may touch which field of a {@code Task} in
 * which state; read it first. {@code LiveTasks} keeps and numbers the tasks of a runtime; {@code
 * TracedTask} is the task of debug mode, which proves that nobody can wake it any more.
 *
 * <p>Threading: wakers, cancellers and the joiner call from any thread; the turn of a task belongs
 * to the worker that took it from a queue, or to that queue. Everything between them goes through
 * one state word.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.task;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
