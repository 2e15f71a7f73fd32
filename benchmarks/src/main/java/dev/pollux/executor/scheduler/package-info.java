/** Races in the queue into a scheduler. */
@NullMarked
package dev.pollux.executor.scheduler;

import org.jspecify.annotations.NullMarked;
