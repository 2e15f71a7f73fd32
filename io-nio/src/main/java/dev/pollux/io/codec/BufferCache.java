package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a few buffers for each thread, so that a reader or a writer needs one only while bytes are
 * in it. Whoever takes one owns it; it may be given back by another thread, or not at all.
 *
 * @threading any thread
 */
final class BufferCache {

  /** Larger buffers are of the heap, and are not kept. */
  static final int LARGEST = 64 * 1024;

  /** So many are kept for a thread: one to read, one to write, and two that are nested in them. */
  private static final int KEPT = 4;

  private static final ThreadLocal<BufferCache> OF_THREAD =
      ThreadLocal.withInitial(BufferCache::new);

  private final @Nullable ByteBuffer[] kept;

  /** Where the next one is put if all places are taken. */
  private int next;

  private BufferCache() {
    kept = new ByteBuffer[KEPT];
  }

  /** An empty buffer with a capacity of exactly {@code capacity} bytes. */
  static ByteBuffer take(int capacity) {
    if (capacity > LARGEST) {
      return ByteBuffer.allocate(capacity);
    }
    @Nullable ByteBuffer[] kept = OF_THREAD.get().kept;
    for (int i = 0; i < KEPT; i++) {
      ByteBuffer buffer = kept[i];
      if (buffer != null && buffer.capacity() == capacity) {
        kept[i] = null;
        return buffer.clear();
      }
    }
    return ByteBuffer.allocateDirect(capacity);
  }

  /** Takes a buffer that is not used any more. */
  static void giveBack(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      return;
    }
    BufferCache cache = OF_THREAD.get();
    @Nullable ByteBuffer[] kept = cache.kept;
    for (int i = 0; i < KEPT; i++) {
      if (kept[i] == null) {
        kept[i] = buffer;
        return;
      }
    }
    kept[cache.next] = buffer;
    cache.next = (cache.next + 1) % KEPT;
  }
}
