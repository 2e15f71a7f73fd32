package dev.pollux.samples.echo;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connection that comes to its end when its peer has ended it, or when the server drains and
 * there is nothing to read; and that counts what is sent back.
 *
 * @threading as {@link AsyncByteStream}; {@link #drain()} from any thread
 */
final class EchoStream implements AsyncByteStream {

  private final AsyncByteStream inner;
  private final AtomicWaker reader = new AtomicWaker();
  private volatile boolean draining;

  // Owned by the task that polls.
  private long writtenBytes;
  private boolean peerEnded;

  EchoStream(AsyncByteStream inner) {
    this.inner = inner;
  }

  /** Has the reader come to the end as soon as nothing is there to be read. */
  void drain() {
    draining = true;
    reader.wake();
  }

  long writtenBytes() {
    return writtenBytes;
  }

  /** Whether it was the peer that came to the end. */
  boolean hasPeerEnded() {
    return peerEnded;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    int count = inner.pollRead(cx, dst);
    if (count >= 0) {
      return count;
    }
    if (count == EOF) {
      peerEnded = true;
      return EOF;
    }
    reader.register(cx.waker()); // once: the waker of a task stays the same
    if (!draining) {
      return AsyncRead.NOT_READY;
    }
    if (cx.budget().isExhausted()) { // perhaps nobody has looked
      cx.wakeSelf();
      return AsyncRead.NOT_READY;
    }
    return EOF;
  }

  /** Reads what comes although this has come to its end. */
  int pollReadLate(Context cx, ByteBuffer dst) throws IOException {
    return inner.pollRead(cx, dst);
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    int count = inner.pollWrite(cx, src);
    if (count > 0) {
      writtenBytes += count;
    }
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return inner.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return inner.pollShutdown(cx);
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }

  @Override
  public String toString() {
    return "EchoStream[" + inner + (draining ? ", draining]" : "]");
  }
}
