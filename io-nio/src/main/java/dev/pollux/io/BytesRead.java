package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;

/**
 * Bytes that are in memory already: see {@link Io#of}.
 *
 * @threading as {@link AsyncRead}
 */
final class BytesRead implements AsyncBufRead {

  private final ByteBuffer bytes;

  /** What is shown of {@link #bytes}. */
  private final ByteBuffer view;

  private volatile boolean closed;

  BytesRead(ByteBuffer bytes) {
    this.bytes = bytes.slice();
    this.view = bytes.slice().asReadOnlyBuffer();
  }

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
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    if (!bytes.hasRemaining()) {
      return EOF;
    }
    int count = Math.min(dst.remaining(), bytes.remaining());
    dst.put(dst.position(), bytes, bytes.position(), count);
    dst.position(dst.position() + count);
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public ByteBuffer pollFill(Context cx, int atLeast) throws IOException {
    Checks.positive("atLeast", atLeast);
    checkOpen();
    return view.order(ByteOrder.BIG_ENDIAN).limit(bytes.limit()).position(bytes.position());
  }

  @Override
  public void consume(int count) {
    if (count < 0 || count > bytes.remaining()) {
      throw new IllegalArgumentException(
          "count must be from 0 to " + bytes.remaining() + ", was " + count);
    }
    bytes.position(bytes.position() + count);
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return bytes.remaining() + " bytes in memory";
  }
}
