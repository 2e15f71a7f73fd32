package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.buffer.Scratch;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A source with a buffer in front of it. There is a buffer only while there are bytes in it that
 * nobody has taken.
 *
 * <p>It owns the source: {@link #close()} closes that as well.
 *
 * @threading polled by one task at a time; {@link #close()} may be called from any thread
 */
public final class BufReader implements AsyncBufRead {
  /*
   * Bytes are read into the scratch buffer of the thread and copied from there, so that nothing is held while the source has
   * none. The virtual machine would do the same for a heap buffer, so that costs nothing for a socket.
   *
   * The buffer is made for what is there, and grows: to `size`, and by powers of two if more is asked for. Then `size` bytes
   * are read at once all the same: a long line is asked for byte by byte.
   */
  private static final int LEAST_CAPACITY = 256;

  private final AsyncRead source;
  private final int size;

  /** The bytes from its position to its limit; null if there are none, but for a while. */
  private @Nullable ByteBuffer buffer;

  /** What is shown of {@link #buffer}; null together with it. */
  private @Nullable ByteBuffer view;

  private boolean ended;
  private volatile boolean closed;

  BufReader(AsyncRead source, int size) {
    this.source = source;
    this.size = Checks.positive("size", size);
  }

  /** How many bytes are in the buffer. */
  public int bufferedBytes() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.remaining();
  }

  /**
   * Waits until {@code count} bytes are in the buffer, and shows what is in there. It fails with an
   * {@link EarlyEndException} if the bytes end before.
   *
   * <pre>{@code
   * reader.peek(4).map(bytes -> {
   *   int length = bytes.getInt();
   *   reader.consume(4);
   *   return length;
   * });
   * }</pre>
   *
   * @param count how many, at least 1; so many are held, whatever the size of the buffer
   * @return a future of a read-only view of the bytes, valid until this is used again
   * @throws IllegalArgumentException if {@code count} is less than 1
   * @cancellation nothing was taken: what was read is still in the buffer
   */
  public Future<ByteBuffer> peek(int count) {
    return Unpolled.made(new Peek(this, Checks.positive("count", count)));
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    int room = dst.remaining();
    if (room == 0) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    checkOpen();
    if (bufferedBytes() == 0) {
      if (ended) {
        return EOF;
      }
      if (room >= size) {
        int count = source.pollRead(cx, dst);
        settle(count);
        return count;
      }
      int count = fill(cx, 1);
      if (count < 0) {
        return count;
      }
    } else if (!cx.tryProceed()) {
      return NOT_READY;
    }
    ByteBuffer from = requireNonNull(buffer, "buffer");
    int count = Math.min(room, from.remaining());
    dst.put(dst.position(), from, from.position(), count);
    dst.position(dst.position() + count);
    consume(count);
    return count;
  }

  @Override
  public @Nullable ByteBuffer pollFill(Context cx, int atLeast) throws IOException {
    Checks.positive("atLeast", atLeast);
    checkOpen();
    while (bufferedBytes() < atLeast && !ended) {
      if (fill(cx, atLeast) == NOT_READY) {
        return null;
      }
    }
    ByteBuffer buffer = this.buffer;
    ByteBuffer view = this.view;
    if (buffer == null || view == null) {
      return Nothing.BYTES;
    }
    return view.order(ByteOrder.BIG_ENDIAN).limit(buffer.limit()).position(buffer.position());
  }

  /** Reads more. Answers as {@link #pollRead} does. */
  private int fill(Context cx, int atLeast) throws IOException {
    Scratch scratch = Scratch.ofThread();
    int held = bufferedBytes();
    int wanted = Math.max(held < size ? size - held : size, atLeast - held);
    ByteBuffer read = scratch.borrow(Math.min(wanted, Scratch.LARGEST_KEPT));
    try {
      int count = source.pollRead(cx, read);
      settle(count);
      if (count > 0) {
        append(read.flip());
      }
      return count;
    } finally {
      scratch.giveBack();
    }
  }

  private void settle(int count) {
    if (count < 0 && bufferedBytes() == 0) {
      release();
    }
    if (count == EOF) {
      ended = true;
    }
  }

  private void append(ByteBuffer read) {
    int held = bufferedBytes();
    int needed = held + read.remaining();
    ByteBuffer into = buffer;
    if (into == null || into.capacity() < needed) {
      long roomy = Math.max(LEAST_CAPACITY, Integer.highestOneBit(needed) * 2L);
      long most = needed <= size ? size : Integer.MAX_VALUE - 8;
      ByteBuffer larger = ByteBuffer.allocate((int) Math.max(needed, Math.min(roomy, most)));
      if (into != null) {
        larger.put(into);
      }
      larger.flip();
      into = larger;
      buffer = larger;
      view = larger.asReadOnlyBuffer();
    } else if (into.capacity() - into.limit() < read.remaining()) {
      into.compact().flip();
    }
    int start = into.position();
    into.limit(start + needed).position(start + held);
    into.put(read).position(start);
  }

  private void release() {
    buffer = null;
    view = null;
  }

  @Override
  public void consume(int count) {
    int there = bufferedBytes();
    if (count < 0 || count > there) {
      throw new IllegalArgumentException("count must be from 0 to " + there + ", was " + count);
    }
    ByteBuffer buffer = this.buffer;
    if (buffer != null) {
      buffer.position(buffer.position() + count);
      if (count == there) {
        if (ended) {
          release();
        } else {
          buffer.clear().limit(0);
        }
      }
    }
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    source.close();
  }

  @Override
  public String toString() {
    return "BufReader[" + bufferedBytes() + " bytes of " + source + "]";
  }
}
