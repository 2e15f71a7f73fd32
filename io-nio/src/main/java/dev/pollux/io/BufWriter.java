package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sink with a buffer in front of it: small writes are gathered there, until they no longer fit or
 * are flushed. There is a buffer only while there are bytes in it. What is as large as the buffer
 * goes past it, together with what is in it, in one vectored write.
 *
 * <p>It owns the sink: {@link #close()} closes that as well, and what is in the buffer is lost. Say
 * {@link #shutdown()} or {@link #flush()} before.
 *
 * @threading polled by one task at a time; {@link #close()} may be called from any thread
 */
public final class BufWriter implements AsyncWrite {

  private static final int LEAST_CAPACITY = 256;

  private final AsyncWrite to;
  private final int size;

  /** The bytes from {@link #start} to its position; null if there are none. */
  private @Nullable ByteBuffer buffer;

  /** How many of the first bytes of the buffer were passed on. */
  private int start;

  private boolean shutDown;
  private volatile boolean closed;

  BufWriter(AsyncWrite to, int size) {
    this.to = to;
    this.size = Checks.positive("size", size);
  }

  /** How many bytes are in the buffer. */
  public int bufferedBytes() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.position() - start;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    int count = src.remaining();
    if (count == 0) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    checkOpen();
    if (fits(count)) {
      if (!cx.tryProceed()) {
        return NOT_READY;
      }
      hold(src, count);
      return count;
    }
    return bufferedBytes() == 0
        ? to.pollWrite(cx, src)
        : (int) writeThrough(cx, new ByteBuffer[] {src}, 0, 1);
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, srcs.length);
    long count = 0;
    for (int i = offset; i < offset + length; i++) {
      count += srcs[i].remaining();
    }
    if (count == 0) {
      throw new IllegalArgumentException("srcs must not be empty, all of the " + length + " were");
    }
    checkOpen();
    if (fits(count)) {
      return cx.tryProceed() ? hold(srcs, offset, length) : NOT_READY;
    }
    return bufferedBytes() == 0
        ? to.pollWrite(cx, srcs, offset, length)
        : writeThrough(cx, srcs, offset, length);
  }

  /** Whether so many bytes are held back. What would fill the buffer alone is not. */
  private boolean fits(long count) {
    return count < size && count <= size - bufferedBytes();
  }

  /** Writes what is in the buffer, and {@code srcs} behind it. */
  private long writeThrough(Context cx, ByteBuffer[] srcs, int offset, int length)
      throws IOException {
    ByteBuffer[] all = new ByteBuffer[length + 1];
    all[0] = held();
    System.arraycopy(srcs, offset, all, 1, length);
    int held = bufferedBytes();
    long count = to.pollWrite(cx, all, 0, all.length);
    if (count > held) {
      passedOn(held);
      return count - held;
    }
    if (count > 0) {
      passedOn((int) count);
    }
    // Nothing of srcs was taken; but if there is room here, some of it is.
    return bufferedBytes() == size ? NOT_READY : hold(srcs, offset, length);
  }

  /** What is in the buffer, to be written. */
  private ByteBuffer held() {
    return requireNonNull(buffer, "buffer").duplicate().flip().position(start);
  }

  private void passedOn(int count) {
    start += count;
    if (bufferedBytes() == 0) {
      buffer = null;
      start = 0;
    }
  }

  /** Takes as much as there is room for. */
  private long hold(ByteBuffer[] srcs, int offset, int length) {
    long taken = 0;
    for (int i = offset; i < offset + length; i++) {
      int count = Math.min(srcs[i].remaining(), size - bufferedBytes());
      if (count > 0) {
        hold(srcs[i], count);
        taken += count;
      }
    }
    return taken;
  }

  private void hold(ByteBuffer src, int count) {
    ByteBuffer into = withRoom(count);
    into.put(into.position(), src, src.position(), count);
    into.position(into.position() + count);
    src.position(src.position() + count);
  }

  private ByteBuffer withRoom(int count) {
    ByteBuffer before = buffer;
    if (before != null && before.remaining() >= count) {
      return before;
    }
    int needed = bufferedBytes() + count;
    if (before != null && before.capacity() >= needed) {
      before.flip().position(start);
      before.compact();
      start = 0;
      return before;
    }
    long roomy = Math.max(LEAST_CAPACITY, Integer.highestOneBit(needed) * 2L);
    ByteBuffer after = ByteBuffer.allocate((int) Math.min(size, roomy));
    if (before != null) {
      after.put(held());
    }
    start = 0;
    buffer = after;
    return after;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    checkNotClosed();
    while (bufferedBytes() > 0) {
      int count = to.pollWrite(cx, held());
      if (count == NOT_READY) {
        return false;
      }
      passedOn(count);
    }
    return to.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    checkNotClosed();
    shutDown = true;
    return (bufferedBytes() == 0 || pollFlush(cx)) && to.pollShutdown(cx);
  }

  private void checkOpen() throws ClosedChannelException {
    if (shutDown) {
      throw new ClosedChannelException();
    }
    checkNotClosed();
  }

  private void checkNotClosed() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    to.close();
  }

  @Override
  public String toString() {
    return "BufWriter[" + bufferedBytes() + " bytes for " + to + "]";
  }
}
