/**
 * What the core asks of a runtime: timers, spawning, blocking work, parking and task locals. A
 * runtime implements these interfaces and futures find them in the context they are polled with;
 * applications rarely name them. Each interface says which threads may call it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.spi;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
