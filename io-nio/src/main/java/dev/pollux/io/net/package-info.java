/**
 * TCP, UDP and Unix domain sockets, and the look-up of names.
 *
 * <p>A socket tries first and waits for the selector second; it belongs to the runtime in which it
 * first has to wait, and is closed when that runtime is.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.net;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
