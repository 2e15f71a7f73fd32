package dev.pollux.sync;

import org.openjdk.jol.info.ClassLayout;

/** What those who tell of events take; an object and all that belongs to it alone. */
public final class EventSizes {

  private EventSizes() {}

  /** The bytes of a oneshot: both handles, and the pair that they come in. */
  public static long bytesPerOneshot() {
    return bytes(Oneshot.class) + bytes(Oneshot.Sender.class) + bytes(Oneshot.Receiver.class);
  }

  /** The bytes of an idle Notify. */
  public static long bytesPerNotify() {
    return bytes(Notify.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of one who waits for a notification. */
  public static long bytesPerNotified() {
    return bytes(NotifyWaiter.class);
  }

  /** The bytes of a watch with one receiver, without the value. */
  public static long bytesPerWatch() {
    return bytes(Watch.class)
        + bytes(Watch.Sender.class)
        + bytes(Watch.Receiver.class)
        + bytes(WatchState.class)
        + bytes(WatchState.Version.class)
        + bytes(WaiterQueue.class);
  }

  /** The bytes of one more receiver of a watch. */
  public static long bytesPerWatchReceiver() {
    return bytes(Watch.Receiver.class);
  }

  /** The bytes of one who waits for another value of a watch. */
  public static long bytesPerWatchChanged() {
    return bytes(WatchChanged.class);
  }

  /** The bytes of an empty signal. */
  public static long bytesPerSignal() {
    return bytes(Signal.class);
  }

  /** The bytes of the one who waits for a signal. */
  public static long bytesPerSignalTake() {
    return bytes(SignalTake.class);
  }

  /** The bytes of a value to be set once. */
  public static long bytesPerSetOnce() {
    return bytes(SetOnce.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of an empty cell. */
  public static long bytesPerOnceCell() {
    return bytes(AsyncOnceCell.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of a barrier. */
  public static long bytesPerBarrier() {
    return bytes(Barrier.class) + bytes(WaiterQueue.class);
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
