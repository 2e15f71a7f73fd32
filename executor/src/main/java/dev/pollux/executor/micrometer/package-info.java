/**
 * The metrics of a runtime as meters of Micrometer, and its context propagation by that of
 * Micrometer. Needs {@code micrometer-core} or {@code context-propagation}; both are optional for
 * the rest of the library.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.micrometer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
