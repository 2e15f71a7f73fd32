package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A source that gives what a test has fed it with, each piece by itself. */
public final class FedRead implements AsyncRead {

  private final AtomicWaker waker = new AtomicWaker();
  private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
  private @Nullable IOException failure;
  private boolean ended;
  private boolean closed;
  private int polls;

  /** Adds a piece. */
  @CanIgnoreReturnValue
  public FedRead feed(String text) {
    return feed(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a piece. */
  @CanIgnoreReturnValue
  public FedRead feed(byte[] bytes) {
    synchronized (this) {
      pieces.add(ByteBuffer.wrap(bytes.clone()));
    }
    waker.wake();
    return this;
  }

  /** After what was fed comes the end. */
  @CanIgnoreReturnValue
  public FedRead end() {
    synchronized (this) {
      ended = true;
    }
    waker.wake();
    return this;
  }

  /** The next poll after what was fed fails; those after it don't. */
  @CanIgnoreReturnValue
  public FedRead fail(IOException failure) {
    synchronized (this) {
      this.failure = failure;
    }
    waker.wake();
    return this;
  }

  @Override
  public synchronized int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    polls++;
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    waker.register(cx.waker());
    if (closed) {
      throw new ClosedChannelException();
    }
    ByteBuffer piece = pieces.peek();
    if (piece != null) {
      int count = Math.min(piece.remaining(), dst.remaining());
      dst.put(piece.slice(piece.position(), count));
      piece.position(piece.position() + count);
      if (!piece.hasRemaining()) {
        pieces.remove();
      }
      return count;
    }
    IOException failure = this.failure;
    if (failure != null) {
      this.failure = null;
      throw failure;
    }
    if (ended) {
      return EOF;
    }
    cx.budget().giveBack();
    return NOT_READY;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    waker.wake();
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  public synchronized int polls() {
    return polls;
  }

  /** What was fed and not read. */
  public synchronized String left() {
    StringBuilder left = new StringBuilder();
    for (ByteBuffer piece : pieces) {
      left.append(StandardCharsets.UTF_8.decode(piece.duplicate()));
    }
    return left.toString();
  }

  @Override
  public String toString() {
    return "FedRead";
  }
}
