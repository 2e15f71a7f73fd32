/**
 * Bytes that arrive and leave without holding a thread: {@link dev.pollux.io.AsyncRead} and {@link
 * dev.pollux.io.AsyncWrite} over {@link java.nio.ByteBuffer}, what is built on them, and {@link
 * dev.pollux.io.Readiness}, by which any selectable channel can be awaited.
 *
 * <p>Sockets are in {@code dev.pollux.io.net}, files in {@code dev.pollux.io.file}, frames in
 * {@code dev.pollux.io.codec}.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
