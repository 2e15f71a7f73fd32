package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.io.AsyncByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection of a source and a sink that know nothing of each other. */
record ScriptedStream(ScriptedRead read, ScriptedWrite write) implements AsyncByteStream {

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    return read.pollRead(cx, dst);
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return write.pollWrite(cx, src);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return write.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return write.pollShutdown(cx);
  }

  @Override
  public void close() {
    read.close();
    write.close();
  }
}
