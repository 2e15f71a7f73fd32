/**
 * The process that a program is, and those that it starts: {@link dev.pollux.io.process.Signals}
 * hears what the system asks of it, and {@link dev.pollux.io.process.GracefulShutdown} ends it in
 * order.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.process;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
