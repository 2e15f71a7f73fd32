/**
 * Futures of time: sleeping, deadlines and intervals. Deadlines are monotonic, nothing fires early,
 * and the timer comes from the context, so that tests can drive the clock by hand. Like every
 * future, these are confined to the task that polls them.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
