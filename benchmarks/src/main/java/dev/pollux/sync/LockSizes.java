package dev.pollux.sync;

import dev.pollux.core.Future;
import org.openjdk.jol.info.ClassLayout;

/** What the locks take; an object and all that belongs to it alone. */
public final class LockSizes {

  private LockSizes() {}

  /** The bytes of a mutex. */
  public static long bytesPerMutex() {
    return bytes(AsyncMutex.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of a semaphore. */
  public static long bytesPerSemaphore() {
    return bytes(AsyncSemaphore.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of a read-write lock. */
  public static long bytesPerRwLock() {
    return bytes(AsyncRwLock.class) + bytes(WaiterQueue.class);
  }

  /** The bytes of one who waits for a mutex, with the guard that it will have. */
  public static long bytesPerMutexWaiter() {
    return bytesAndCancel(new AsyncMutex().lock()) + bytes(AsyncMutex.Guard.class);
  }

  /** The bytes of one who waits for permits. */
  public static long bytesPerSemaphoreWaiter() {
    return bytesAndCancel(new AsyncSemaphore(1).acquire());
  }

  /** The bytes of one who waits to read or write. */
  public static long bytesPerRwLockWaiter() {
    return bytesAndCancel(new AsyncRwLock().write());
  }

  /** The bytes of a permit. */
  public static long bytesPerPermit() {
    return bytes(AsyncSemaphore.Permit.class);
  }

  private static long bytesAndCancel(Future<?> future) {
    long size = bytes(future.getClass());
    future.cancel();
    return size;
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
