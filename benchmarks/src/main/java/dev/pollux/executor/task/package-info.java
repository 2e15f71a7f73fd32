/** Races in the task: its state word, its join, its place in the registry; and what that takes. */
@NullMarked
package dev.pollux.executor.task;

import org.jspecify.annotations.NullMarked;
