/**
 * Structured concurrency: what holds tasks together, and what ends them together. Start with {@link
 * dev.pollux.structure.TaskScope}, which its tasks can't outlive, and {@link
 * dev.pollux.structure.CancellationToken}; a set of tasks that one owner joins is {@link
 * dev.pollux.core.JoinSet}. What is here may be used by any number of threads and tasks at once; a
 * future made by it belongs, like every future, to the task that polls it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.structure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
