package dev.pollux.sync;

import dev.pollux.core.AtomicWaker;
import java.lang.ref.WeakReference;
import org.openjdk.jol.info.ClassLayout;

/**
 * What an {@code Mpsc} takes; an object and all that belongs to it alone, but for the entry in the
 * list of the cleaner, which each receiver has.
 */
public final class MpscSizes {

  /** A lambda that holds one object. */
  private static final long LAMBDA = 16;

  private MpscSizes() {}

  /** The bytes of a bounded channel that nothing was sent to yet, with a sender and a receiver. */
  public static long bytesPerBounded(int capacity) {
    int chunks = (capacity + 63) / 64;
    int table = chunks == 1 ? 1 : Integer.highestOneBit(chunks) << 1;
    return bytes(BoundedMpsc.class)
        + ends()
        + 2 * bytes(WaiterQueue.class)
        + ClassLayout.parseInstance(new Object[table][]).instanceSize()
        + LAMBDA;
  }

  /** The bytes of a chunk of slots: a channel that is used holds one or two. */
  public static long bytesPerChunk() {
    return ClassLayout.parseInstance(new Object[64]).instanceSize();
  }

  /** The bytes of an unbounded channel, with its first chunk, a sender and a receiver. */
  public static long bytesPerUnbounded() {
    long nested = 0;
    for (Class<?> part : UnboundedMpsc.class.getDeclaredClasses()) {
      nested += bytes(part);
    }
    return bytes(UnboundedMpsc.class)
        + ends()
        + bytes(WaiterQueue.class)
        + nested
        + ClassLayout.parseInstance(new Object[32]).instanceSize();
  }

  /** The bytes of one more sender. */
  public static long bytesPerSender() {
    return bytes(Mpsc.Sender.class);
  }

  /** The bytes of a {@code send}; it takes no more while it waits. */
  public static long bytesPerSend() {
    return bytes(MpscSend.class);
  }

  /** The bytes of a {@code reserve}. */
  public static long bytesPerReserve() {
    return bytes(MpscReserve.class);
  }

  /** The handles, and what both kinds of channel have. */
  private static long ends() {
    return bytes(Mpsc.class)
        + bytes(Mpsc.Sender.class)
        + bytes(Mpsc.Receiver.class)
        + LAMBDA
        + bytes(MpscChannel.Leftovers.class)
        + bytes(WeakReference.class)
        + bytes(AtomicWaker.class);
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
