package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * No bytes at all: see {@link Io#empty()}.
 *
 * @threading as {@link AsyncRead}
 */
final class Nothing implements AsyncBufRead {

  /** A view of no bytes. It has no state that could be changed. */
  static final ByteBuffer BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private volatile boolean closed;

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    checkOpen();
    return EOF;
  }

  @Override
  public ByteBuffer pollFill(Context cx, int atLeast) throws IOException {
    Checks.positive("atLeast", atLeast);
    checkOpen();
    return BYTES;
  }

  @Override
  public void consume(int count) {
    if (count != 0) {
      throw new IllegalArgumentException("count must be 0, was " + count);
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "no bytes";
  }
}
