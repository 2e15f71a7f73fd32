/**
 * Structured concurrency: tasks that can't outlive what spawned them. Start with {@link
 * dev.pollux.structure.TaskScope}; a set of tasks that one owner joins is {@link
 * dev.pollux.core.JoinSet}. A scope may be used from any thread and from inside its children; the
 * futures that it makes are confined, each to the task that polls it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.structure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
