package dev.pollux.io.buffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The direct buffers of one thread, each of which is borrowed inside a poll and given back before
 * its end. So a connection that waits holds no memory for what it will read.
 *
 * <pre>{@code
 * Scratch scratch = Scratch.ofThread();
 * ByteBuffer bytes = scratch.borrow(size);
 * try {
 *   ...
 * } finally {
 *   scratch.giveBack();
 * }
 * }</pre>
 *
 * <p>Who borrows may call what borrows as well: each depth has a buffer of its own.
 *
 * @threading confined to the thread that asked for it
 */
public final class Scratch {
  /*
   * A buffer is as large as the largest that was asked for at its depth, rounded up to a power of two. Nothing is cleared: who
   * borrows reads only what it has written.
   */
  private static final int SMALLEST = 16 << 10;

  /**
   * The largest buffer that is kept, in bytes. What is larger is made for the one who asks, at each
   * call: so whoever need not have more asks for no more.
   */
  public static final int LARGEST_KEPT = 1 << 20;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** By depth; a hole where none was asked for that could be kept. */
  private @Nullable ByteBuffer[] kept;

  private int depth;

  private Scratch() {
    kept = new @Nullable ByteBuffer[2];
  }

  /** The one of the calling thread. */
  public static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Lends a buffer, up to the {@link #giveBack()} that pairs with this call.
   *
   * @param size its limit, in bytes, at least 1; its position is 0, and its order big-endian
   */
  public ByteBuffer borrow(int size) {
    ByteBuffer lent = depth < kept.length ? kept[depth] : null;
    if (lent == null || lent.capacity() < size) {
      lent = make(size);
    }
    depth++;
    return lent.clear().limit(size).order(ByteOrder.BIG_ENDIAN);
  }

  private ByteBuffer make(int size) {
    if (size > LARGEST_KEPT) {
      return ByteBuffer.allocateDirect(size);
    }
    if (depth == kept.length) {
      kept = Arrays.copyOf(kept, 2 * depth);
    }
    int capacity = Math.max(SMALLEST, Integer.highestOneBit(2 * size - 1));
    ByteBuffer made = ByteBuffer.allocateDirect(capacity);
    kept[depth] = made;
    return made;
  }

  /**
   * Ends the latest loan that has not ended.
   *
   * @throws IllegalStateException if nothing is lent
   */
  public void giveBack() {
    if (depth == 0) {
      throw new IllegalStateException("nothing is lent");
    }
    depth--;
  }

  @Override
  public String toString() {
    return "Scratch[" + depth + " lent]";
  }
}
