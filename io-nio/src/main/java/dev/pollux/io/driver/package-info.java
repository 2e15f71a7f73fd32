/**
 * The NIO driver of a runtime: one selector, and what futures leave there. Not exported.
 *
 * <p>Read {@link dev.pollux.io.driver.Registration} for what one channel does, and {@link
 * dev.pollux.io.driver.NioDriver} for how a thread sleeps in the selector.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.driver;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
