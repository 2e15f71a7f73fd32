/**
 * Bridges to and from RxJava 3, and a runtime as its schedulers. Needs {@code rxjava}, and the
 * schedulers the module {@code dev.pollux.executor}; both are optional for the rest of the library.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams.rxjava;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
