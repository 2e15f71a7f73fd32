package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * Takes bytes and drops them: see {@link Io#sink}.
 *
 * @threading as {@link AsyncWrite}
 */
final class SinkWrite implements AsyncWrite {

  private boolean shutDown;
  private volatile boolean closed;

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    int count = src.remaining();
    if (count == 0) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    checkOpen();
    if (shutDown) {
      throw new ClosedChannelException();
    }
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    src.position(src.limit());
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    checkOpen();
    return true;
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    checkOpen();
    shutDown = true;
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "a sink";
  }
}
