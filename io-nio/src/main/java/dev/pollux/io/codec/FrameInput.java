package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a reader has read and its decoder has not taken.
 *
 * @threading confined to the task that reads
 */
final class FrameInput {
  /*
   * Between its position and its limit the buffer has what is left. No buffer if nothing is left, and a small one while a
   * reader waits with little left.
   *
   * Bytes are moved to the front when at least as many were taken before them, or when there is no other way to have room:
   * then at the beginning of one frame, for a decoder that needs more leaves the beginning where it is. So a byte is moved
   * a few times at most, however many reads bring its frame.
   */
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int initialBytes;
  private @Nullable ByteBuffer buffer;

  FrameInput(int initialBytes) {
    this.initialBytes = initialBytes;
  }

  int initialBytes() {
    return initialBytes;
  }

  /** How many bytes are left. */
  int size() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.remaining();
  }

  /** How large the buffer is. */
  int capacity() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? 0 : buffer.capacity();
  }

  /** What is left, for a decoder to take from. */
  ByteBuffer bytes() {
    ByteBuffer buffer = this.buffer;
    return buffer == null ? NOTHING : buffer.order(ByteOrder.BIG_ENDIAN);
  }

  /** What {@link AsyncRead#pollRead} answers, with the bytes behind those that are left. */
  int pollFill(Context cx, AsyncRead from, int mostBytes) throws IOException {
    ByteBuffer buffer = withRoom(mostBytes);
    int first = buffer.position();
    int end = buffer.limit();
    // The JDK copies what it reads into a buffer that is not direct from one that is, as large as
    // there is room.
    int room = Math.min(buffer.capacity() - end, BufferCache.LARGEST);
    buffer.limit(end + room).position(end);
    try {
      return from.pollRead(cx, buffer);
    } finally {
      buffer.limit(buffer.position()).position(first);
      if (buffer.limit() == end) { // nothing has come
        settle();
      }
    }
  }

  /** A buffer with room behind its limit; {@code mostBytes} are more than are left. */
  private ByteBuffer withRoom(int mostBytes) {
    ByteBuffer buffer = this.buffer;
    if (buffer == null) {
      buffer = BufferCache.take(initialBytes).limit(0);
      this.buffer = buffer;
      return buffer;
    }
    int taken = buffer.position();
    boolean isFull = buffer.limit() == buffer.capacity();
    if (taken > 0 && (isFull || taken >= buffer.remaining())) {
      return buffer.compact().flip();
    }
    if (!isFull) {
      return buffer;
    }
    long doubled = Math.min(2L * buffer.capacity(), mostBytes);
    ByteBuffer larger = BufferCache.take((int) Math.max(doubled, initialBytes));
    larger.put(buffer).flip();
    BufferCache.giveBack(buffer);
    this.buffer = larger;
    return larger;
  }

  /** Lets go of the buffer if nothing is left in it. */
  void letGoIfEmpty() {
    ByteBuffer buffer = this.buffer;
    if (buffer != null && !buffer.hasRemaining()) {
      clear();
    }
  }

  /** Keeps no more than it must, for it may be long until there is more. */
  private void settle() {
    letGoIfEmpty();
    ByteBuffer buffer = this.buffer;
    if (buffer != null && buffer.remaining() <= buffer.capacity() / 4) {
      ByteBuffer small = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
      BufferCache.giveBack(buffer);
      this.buffer = small;
    }
  }

  /** Drops what is left. */
  void clear() {
    ByteBuffer buffer = this.buffer;
    this.buffer = null;
    if (buffer != null) {
      BufferCache.giveBack(buffer);
    }
  }
}
