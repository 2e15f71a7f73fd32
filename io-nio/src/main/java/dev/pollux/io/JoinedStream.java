package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source and a sink as one: see {@link Io#join}.
 *
 * @threading as {@link AsyncByteStream}
 */
final class JoinedStream implements AsyncByteStream {

  private final AsyncRead reader;
  private final AsyncWrite writer;

  JoinedStream(AsyncRead reader, AsyncWrite writer) {
    this.reader = reader;
    this.writer = writer;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    return reader.pollRead(cx, dst);
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return writer.pollWrite(cx, src);
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    return writer.pollWrite(cx, srcs, offset, length);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return writer.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return writer.pollShutdown(cx);
  }

  @Override
  public void close() throws IOException {
    try (writer) {
      reader.close();
    }
  }

  @Override
  public String toString() {
    return "[" + reader + ", " + writer + "]";
  }
}
