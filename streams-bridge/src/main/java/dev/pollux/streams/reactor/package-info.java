/**
 * Bridges to and from Reactor, and a runtime as its schedulers. Needs {@code reactor-core}, and the
 * schedulers the module {@code dev.pollux.executor}; both are optional for the rest of the library.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams.reactor;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
