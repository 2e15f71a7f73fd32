package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A sink that takes as many bytes as a test has made room for. */
public final class RoomWrite implements AsyncWrite {

  private final AtomicWaker waker = new AtomicWaker();
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private long room;
  private int most = Integer.MAX_VALUE;
  private @Nullable IOException failure;
  private boolean slowFlush;
  private boolean shutDown;
  private boolean closed;
  private int flushes;
  private int writes;

  /** Makes room for {@code count} more bytes. */
  @CanIgnoreReturnValue
  public RoomWrite room(long count) {
    synchronized (this) {
      room += count;
    }
    waker.wake();
    return this;
  }

  /** Takes no more than that in a write. */
  @CanIgnoreReturnValue
  public synchronized RoomWrite atMost(int count) {
    most = count;
    return this;
  }

  /** The next write or flush fails. */
  @CanIgnoreReturnValue
  public RoomWrite fail(IOException failure) {
    synchronized (this) {
      this.failure = failure;
    }
    waker.wake();
    return this;
  }

  /** Whether a flush waits. */
  @CanIgnoreReturnValue
  public RoomWrite slowFlush(boolean slow) {
    synchronized (this) {
      slowFlush = slow;
    }
    waker.wake();
    return this;
  }

  @Override
  public synchronized int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    check(cx);
    if (shutDown) {
      throw new ClosedChannelException();
    }
    if (room == 0) {
      cx.budget().giveBack();
      return NOT_READY;
    }
    int count = (int) Math.min(Math.min(room, most), src.remaining());
    byte[] bytes = new byte[count];
    src.get(bytes);
    taken.write(bytes, 0, count);
    room -= count;
    writes++;
    return count;
  }

  /** Takes of all of them, as a socket does. */
  @Override
  public synchronized long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length)
      throws IOException {
    long count = 0;
    for (int i = offset; i < offset + length && (count == 0 || room > 0); i++) {
      if (srcs[i].hasRemaining()) {
        int taken = pollWrite(cx, srcs[i]);
        if (taken == NOT_READY) {
          break;
        }
        count += taken;
        if (srcs[i].hasRemaining()) {
          break;
        }
      }
    }
    return count == 0 ? NOT_READY : count;
  }

  @Override
  public synchronized boolean pollFlush(Context cx) throws IOException {
    check(cx);
    if (slowFlush) {
      return false;
    }
    flushes++;
    return true;
  }

  @Override
  public synchronized boolean pollShutdown(Context cx) throws IOException {
    check(cx);
    if (slowFlush) {
      return false;
    }
    shutDown = true;
    return true;
  }

  private void check(Context cx) throws IOException {
    waker.register(cx.waker());
    if (closed) {
      throw new ClosedChannelException();
    }
    IOException failure = this.failure;
    if (failure != null) {
      this.failure = null;
      throw failure;
    }
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

  public synchronized boolean isShutDown() {
    return shutDown;
  }

  public synchronized int flushes() {
    return flushes;
  }

  public synchronized int writes() {
    return writes;
  }

  /** All that was taken. */
  public synchronized String taken() {
    return taken.toString(StandardCharsets.UTF_8);
  }

  /** All that was taken. */
  public synchronized byte[] takenBytes() {
    return taken.toByteArray();
  }

  @Override
  public String toString() {
    return "RoomWrite";
  }
}
