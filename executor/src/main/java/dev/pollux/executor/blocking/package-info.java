/**
 * Where calls run that block a thread. {@code BlockingPool} makes jobs, which are tasks of one
 * turn; {@code BlockingThreads} has the threads and the queue, and the invariants to read first;
 * {@code InterruptibleJob}, among the tasks, says how a cancel interrupts a job and nothing else.
 *
 * <p>Threading: jobs are queued and taken back from any thread, and run on the pool's own. One lock
 * guards the queue and the threads' book-keeping, and no user code runs under it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.blocking;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
