/**
 * The runtime that polls tasks: how one is built and closed, how futures are spawned on it, and the
 * handles that their results come back through. Runtimes and handles may be used from any thread;
 * the future of a task is polled by one thread at a time.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
