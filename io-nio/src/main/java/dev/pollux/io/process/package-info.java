/**
 * Other processes and this one: children with pipes to them ({@link
 * dev.pollux.io.process.ChildCommand}), and the streams that this process was started with ({@link
 * dev.pollux.io.process.StandardStreams}).
 *
 * <p>Pipes of this kind can only be read and written by calls that block. A thread of its own makes
 * those for each of them: {@code ThreadedInput}, {@code ThreadedOutput}.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.process;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
