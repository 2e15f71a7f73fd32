package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.io.AsyncWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link Encoder} puts the bytes of its frames, and where they stay until they are
 * written.
 *
 * @threading confined to the task that writes
 */
public final class FrameOutput {
  /*
   * The bytes of the buffer: [0, start) are written, [start, position) are held, the rest is room. No buffer while nothing is
   * held, but for the time of a call of the encoder.
   */

  /** So much is written at once from a buffer that is not direct, for the JDK copies it all. */
  private static final int MOST_AT_ONCE = BufferCache.LARGEST;

  private final int initialBytes;
  private @Nullable ByteBuffer buffer;
  private int start;

  FrameOutput(int initialBytes) {
    this.initialBytes = initialBytes;
  }

  /**
   * Makes room for {@code count} bytes.
   *
   * @param count how many at least, at least 0
   * @return a big-endian buffer with so much room behind its position, and usually with more. What
   *     is put there is appended: no other call is needed. Valid until the next call, or the end of
   *     {@code encode}; neither limit nor mark may be used, and the position may not be moved back
   * @throws IllegalArgumentException if {@code count} is negative, or if there would be more than
   *     {@link Integer#MAX_VALUE} bytes
   */
  public ByteBuffer room(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must be at least 0, was " + count);
    }
    ByteBuffer buffer = this.buffer;
    if (buffer == null) {
      buffer = BufferCache.take(Math.max(initialBytes, count));
      start = 0;
      this.buffer = buffer;
    } else if (buffer.remaining() < count) {
      buffer = withRoom(buffer, count);
    }
    return buffer.order(ByteOrder.BIG_ENDIAN);
  }

  private ByteBuffer withRoom(ByteBuffer full, int count) {
    long needed = (long) heldBytes() + count;
    if (needed > Integer.MAX_VALUE - 8) { // the most that an array may have
      throw new IllegalArgumentException(
          "count must leave the bytes that are held below 2^31, was "
              + count
              + " with "
              + heldBytes()
              + " held");
    }
    full.limit(full.position()).position(start);
    ByteBuffer roomy;
    if (needed <= full.capacity() && start >= full.remaining()) {
      roomy = full.compact();
    } else {
      long doubled = Math.min(2L * full.capacity(), Integer.MAX_VALUE - 8);
      roomy = BufferCache.take((int) Math.max(needed, doubled));
      roomy.put(full);
      BufferCache.giveBack(full);
      buffer = roomy;
    }
    start = 0;
    return roomy;
  }

  /** How many bytes are held: put here, and not written. */
  int heldBytes() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.position() - start;
  }

  /** How large the buffer is. */
  int capacity() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.capacity();
  }

  /** Takes away all that was put here since {@code heldBytes} were held. */
  void shrinkTo(int heldBytes) {
    ByteBuffer buffer = this.buffer;
    if (buffer != null) {
      buffer.limit(buffer.capacity()).position(start + heldBytes);
    }
    letGoIfEmpty();
  }

  /** What is held, in a buffer of its own. */
  ByteBuffer copy() {
    ByteBuffer buffer = this.buffer;
    ByteBuffer copy = ByteBuffer.allocate(heldBytes());
    return buffer == null ? copy : copy.put(0, buffer, start, copy.capacity());
  }

  /** Whether all was written; else {@code to} has stored the waker. */
  boolean pollWriteTo(Context cx, AsyncWrite to) throws IOException {
    while (true) {
      ByteBuffer buffer = this.buffer;
      if (buffer == null) {
        return true;
      }
      int end = buffer.position();
      if (end == start) {
        letGoIfEmpty();
        return true;
      }
      boolean isLong = !buffer.isDirect() && end - start > MOST_AT_ONCE;
      buffer.limit(isLong ? start + MOST_AT_ONCE : end).position(start);
      try {
        if (to.pollWrite(cx, buffer) == AsyncWrite.NOT_READY) {
          return false;
        }
      } finally {
        start = buffer.position();
        buffer.limit(buffer.capacity()).position(end);
      }
    }
  }

  /** Lets go of the buffer if nothing is held. */
  void letGoIfEmpty() {
    ByteBuffer buffer = this.buffer;
    if (buffer != null && buffer.position() == start) {
      this.buffer = null;
      BufferCache.giveBack(buffer);
    }
  }

  /** Drops what is held. */
  void clear() {
    ByteBuffer buffer = this.buffer;
    this.buffer = null;
    if (buffer != null) {
      BufferCache.giveBack(buffer);
    }
  }

  @Override
  public String toString() {
    return "FrameOutput[" + heldBytes() + " bytes held]";
  }
}
