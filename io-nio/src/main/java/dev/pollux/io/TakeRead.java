package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * The first bytes of a source: see {@link AsyncRead#take}.
 *
 * @threading as {@link AsyncRead}
 */
final class TakeRead implements AsyncRead {

  private final AsyncRead source;
  private long left;
  private volatile boolean closed;

  TakeRead(AsyncRead source, long limit) {
    this.source = source;
    this.left = limit;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    if (closed) {
      throw new ClosedChannelException();
    }
    if (left == 0) {
      return EOF;
    }
    int limit = dst.limit();
    if (dst.remaining() > left) {
      dst.limit(dst.position() + (int) left);
    }
    int count;
    try {
      count = source.pollRead(cx, dst);
    } finally {
      dst.limit(limit);
    }
    if (count > 0) {
      left -= count;
    } else if (count == EOF) {
      left = 0;
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    source.close();
  }

  @Override
  public String toString() {
    return "the next " + left + " bytes of " + source;
  }
}
