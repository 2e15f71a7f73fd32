package dev.pollux.samples.echo;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a connection reads. It comes to its end when the peer has ended it, or when the server
 * drains and there is nothing to read.
 *
 * @threading as {@link AsyncRead}; {@link #drain()} from any thread
 */
final class EchoSource implements AsyncRead {

  private final AsyncRead inner;
  private final AtomicWaker reader = new AtomicWaker();
  private volatile boolean draining;

  /** Owned by the task that polls. */
  private boolean peerEnded;

  EchoSource(AsyncRead inner) {
    this.inner = inner;
  }

  /** Has the reader come to the end as soon as nothing is there to be read. */
  void drain() {
    draining = true;
    reader.wake();
  }

  /** Whether it was the peer that came to the end. */
  boolean hasPeerEnded() {
    return peerEnded;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    boolean canLook = !cx.budget().isExhausted();
    int count = inner.pollRead(cx, dst);
    if (count >= 0) {
      return count;
    }
    if (count == EOF) {
      peerEnded = true;
      return EOF;
    }
    reader.register(cx.waker()); // once: the waker of a task stays the same
    return draining && canLook ? EOF : NOT_READY;
  }

  /** Lets go of who reads. */
  void end() {
    reader.clear();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }

  @Override
  public String toString() {
    return draining ? "draining" : "open";
  }
}
