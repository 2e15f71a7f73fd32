/**
 * Structured concurrency: what holds tasks together, and what ends them together. Start with {@link
 * dev.pollux.structure.CancellationToken} and {@link dev.pollux.structure.TaskTracker}. These may
 * be used by any number of threads and tasks at once; a future made by one of them belongs, like
 * every future, to the task that polls it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.structure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
