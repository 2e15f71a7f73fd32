package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One of the two ends of a {@link Duplex}.
 *
 * @threading as {@link AsyncByteStream}
 */
final class DuplexEnd implements AsyncByteStream {

  private final Pipe in;
  private final Pipe out;

  DuplexEnd(Pipe in, Pipe out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    return in.pollRead(cx, dst);
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return out.pollWrite(cx, src);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    out.checkWriter();
    return true;
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    out.endWriting();
    return true;
  }

  @Override
  public void close() {
    in.closeReader();
    out.closeWriter();
  }

  @Override
  public String toString() {
    return "Duplex[" + in + " to read, " + out + " written]";
  }
}
