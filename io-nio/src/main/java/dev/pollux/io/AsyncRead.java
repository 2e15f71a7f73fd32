package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source of bytes that is read by polling.
 *
 * <p>One reader at a time: a second one that waits takes the place of the first.
 *
 * <p>Source: {@code AsyncRead} of Tokio and futures-rs. The answer is an {@code int} and the buffer
 * is the caller's, so that a read allocates nothing.
 *
 * @threading polled by one task at a time; {@link #close()} may be called from any thread
 */
public interface AsyncRead extends Closeable {

  /** What {@link #pollRead} answers at the end of the bytes. */
  int EOF = -1;

  /** What {@link #pollRead} answers when it has stored the waker and nothing else was done. */
  int NOT_READY = -2;

  /**
   * Reads some bytes into {@code dst}, if there are any.
   *
   * @param cx whose waker is stored if there is nothing to read
   * @param dst takes the bytes at its position, which moves on; the bytes belong to the caller when
   *     this returns, and {@code dst} is not kept
   * @return the number of bytes, at least 1; {@link #EOF}, then and ever after; or {@link
   *     #NOT_READY}. Never 0
   * @throws IllegalArgumentException if {@code dst} has no room
   * @throws java.nio.channels.ClosedChannelException if this was closed, also while a reader waits
   * @throws IOException if reading fails; nothing was read
   */
  int pollRead(Context cx, ByteBuffer dst) throws IOException;

  /**
   * Lets go of what this holds, at once: who waits here fails with a {@link
   * java.nio.channels.ClosedChannelException}. Idempotent; never blocks.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  void close() throws IOException;
}
