/**
 * A runtime seen as a {@link java.util.concurrent.ScheduledExecutorService}, for the libraries that
 * take one. {@code RuntimeExecutorService} is the entry; read {@code CommandState} for the life of
 * a command, then {@code TimedCommand} for those that wait.
 *
 * <p>A command is a task of the runtime, and one object besides that is the future of the task and
 * the {@link java.util.concurrent.Future} of whoever submitted it. (On the blocking pool it is a
 * job, and a task only while it waits for its time.) Everything is built on the interfaces of
 * {@code dev.pollux.spi}, so that it is the same for every runtime, and on {@code Waits}, by which
 * the blocking pool hears of threads of its own that wait for commands.
 *
 * <p>A value that nobody will take, of a command that was cancelled while it ran, is dropped and
 * not closed, as any executor of the JDK does: a command may answer what belongs to somebody else.
 *
 * <p>Threading: submitters, cancellers and waiters come from any thread and meet the thread that
 * runs the command on the word of {@code CommandState}. Commands are called with no lock held.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.service;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
