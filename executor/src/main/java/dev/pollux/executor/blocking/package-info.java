/**
 * Where calls run that block a thread. {@code BlockingPool} queues jobs, which are tasks of one
 * turn.
 *
 * <p>Threading: jobs are queued and taken back from any thread, and run on the pool's own.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.blocking;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
