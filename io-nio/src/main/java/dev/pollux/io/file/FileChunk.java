package dev.pollux.io.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer between a thread that may block and a poll: what a call has read, or is to write.
 * So a call never touches the buffer of a caller, who may have gone away.
 *
 * <p>Closed by whoever has it last, which may be {@link dev.pollux.core.Discard}; one that is lost
 * is garbage.
 *
 * @threading handed over from one thread to the next by the job that it belongs to
 */
final class FileChunk implements AutoCloseable {

  /** The most bytes of one call. */
  static final int SIZE = 128 << 10;

  /** So many buffers are kept for the next calls, in the whole process. */
  private static final int MOST_KEPT = 16;

  /** Guarded by itself. */
  private static final Deque<ByteBuffer> KEPT = new ArrayDeque<>(MOST_KEPT);

  /** Null once closed. */
  private @Nullable ByteBuffer buffer;

  private FileChunk(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /**
   * Takes a buffer.
   *
   * @param limit how many bytes of it are used at most; more than {@link #SIZE} is as much as that
   */
  static FileChunk take(int limit) {
    ByteBuffer buffer;
    synchronized (KEPT) {
      buffer = KEPT.pollLast();
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(SIZE);
    }
    buffer.clear().limit(Math.min(limit, SIZE));
    return new FileChunk(buffer);
  }

  /** One with as many of the bytes of {@code src} as there is room for; does not move it. */
  static FileChunk copyOf(ByteBuffer src) {
    FileChunk chunk = take(src.remaining());
    ByteBuffer buffer = chunk.bytes();
    buffer.put(0, src, src.position(), buffer.limit());
    return chunk;
  }

  /** The bytes, between position and limit. */
  ByteBuffer bytes() {
    ByteBuffer buffer = this.buffer;
    if (buffer == null) {
      throw new IllegalStateException("a chunk was used after its close");
    }
    return buffer;
  }

  /** Moves as many bytes to {@code dst} as there are, and it has room for; answers how many. */
  int moveTo(ByteBuffer dst) {
    ByteBuffer from = bytes();
    int count = Math.min(from.remaining(), dst.remaining());
    dst.put(dst.position(), from, from.position(), count);
    dst.position(dst.position() + count);
    from.position(from.position() + count);
    return count;
  }

  @Override
  public void close() {
    ByteBuffer buffer = this.buffer;
    this.buffer = null;
    if (buffer != null) {
      synchronized (KEPT) {
        if (KEPT.size() < MOST_KEPT) {
          KEPT.addLast(buffer);
        }
      }
    }
  }

  @Override
  public String toString() {
    return "FileChunk[" + buffer + "]";
  }
}
