/**
 * This process and those that it starts: children with pipes to them ({@link
 * dev.pollux.io.process.ChildCommand}), the streams that it was started with ({@link
 * dev.pollux.io.process.StandardStreams}), what the system asks of it ({@link
 * dev.pollux.io.process.Signals}), and an orderly end ({@link
 * dev.pollux.io.process.GracefulShutdown}).
 *
 * <p>Pipes of this kind can only be read and written by calls that block. A thread of its own makes
 * those for each of them: {@code ThreadedInput}, {@code ThreadedOutput}.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.process;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
