/**
 * What decides which task is polled next, and on which thread.
 *
 * <p>On several threads: {@code Worker} is the loop, and says in which order tasks run; {@code
 * Ring}, {@code LifoSlot}, {@code PinnedTasks} and {@code SharedInjectQueue} are where they wait.
 * {@code Idle} says who sleeps and who must be woken, and is the protocol to read first; {@code
 * WorkerParker} is the sleep itself; {@code Sentinel} looks after workers that are stuck in a poll.
 * {@code WorkerThreads} are the threads, of which there are more while calls block in place. {@code
 * Shutdown} is the end.
 *
 * <p>On the calling thread: {@code CurrentThreadScheduler} is the loop; {@code InjectQueue} is the
 * way in from other threads, and the word the loop sleeps on; {@code LocalQueue} is what is ready.
 *
 * <p>Threading: a worker, and a current-thread scheduler, belong to one thread at a time, which
 * owns what is not said to be shared. Everything shared is lock-free on the way of a wake, and
 * behind a lock where a thread goes to sleep anyway.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
