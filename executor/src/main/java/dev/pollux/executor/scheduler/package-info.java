/**
 * What decides which task is polled next. {@code CurrentThreadScheduler} is the loop; {@code
 * InjectQueue} is the way in from other threads, and the word the loop sleeps on; {@code
 * LocalQueue} is what is ready.
 *
 * <p>Threading: one thread drives at a time, and owns everything but the inject queue and the
 * registry of tasks.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
