package dev.pollux.sync;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jol.info.ClassLayout;

/**
 * What channels of many receivers take; an object and all that belongs to it alone, but for the
 * entry in the list of the cleaner, which each receiver has.
 */
public final class SharedChannelSizes {

  private SharedChannelSizes() {}

  /** The bytes of an empty {@code Mpmc} with a sender and a receiver. */
  public static long bytesPerMpmc() {
    ArrayDeque<Object> queue = new ArrayDeque<>();
    return bytes(Mpmc.class)
        + bytes(Exchange.class)
        + 2 * bytes(WaiterQueue.class)
        + bytes(FifoValues.class)
        + ClassLayout.parseInstance(queue).instanceSize()
        + ClassLayout.parseInstance(new Object[17]).instanceSize()
        + bytesPerMpmcSender()
        + bytesPerMpmcReceiver();
  }

  /** The bytes of one more sender of an {@code Mpmc}. */
  public static long bytesPerMpmcSender() {
    return bytes(Mpmc.Sender.class) + bytes(AtomicBoolean.class);
  }

  /** The bytes of one more receiver of an {@code Mpmc}. */
  public static long bytesPerMpmcReceiver() {
    return bytes(Mpmc.Receiver.class) + nested(SharedReceiver.class) + bytes(WeakReference.class);
  }

  /** The bytes of a {@code send} that waits, and of a {@code recv}. */
  public static long bytesPerWaitingSend() {
    return bytes(ExchangeSend.class);
  }

  /** The bytes of a {@code recv} that waits; a receiver that waits as an iterator takes no more. */
  public static long bytesPerWaitingReceive() {
    return bytes(ExchangeReceive.class);
  }

  /** The bytes of a {@code Broadcast} for {@code capacity} values, with a sender. */
  public static long bytesPerBroadcast(int capacity) {
    return bytes(Broadcast.class)
        + bytes(BroadcastRing.class)
        + bytes(WaiterQueue.class)
        + ClassLayout.parseInstance(new Object[capacity + 1]).instanceSize()
        + bytes(Broadcast.Sender.class)
        + bytes(AtomicBoolean.class);
  }

  /** The bytes of a receiver of a {@code Broadcast}. */
  public static long bytesPerBroadcastReceiver() {
    return bytes(Broadcast.Receiver.class)
        + nested(Broadcast.Receiver.class)
        + bytes(WeakReference.class);
  }

  /** The bytes of a {@code recv} of a {@code Broadcast} that waits. */
  public static long bytesPerBroadcastReceive() {
    return bytes(BroadcastReceive.class);
  }

  /** The parts that a receiver keeps for itself, one of each. */
  private static long nested(Class<?> receiver) {
    long bytes = 0;
    for (Class<?> part : receiver.getDeclaredClasses()) {
      bytes += bytes(part);
    }
    return bytes;
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
