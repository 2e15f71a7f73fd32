package dev.pollux.structure;

import dev.pollux.core.AtomicWaker;
import org.openjdk.jol.info.ClassLayout;

/** What the parts of this package take; an object and all that belongs to it alone. */
public final class StructureSizes {

  private StructureSizes() {}

  /** The bytes of a token that nobody waits on. */
  public static long bytesPerToken() {
    return bytes(CancellationToken.class) + bytes(Occurrence.class);
  }

  /** The bytes of a token with a waiter, the future included. */
  public static long bytesPerTokenWithWaiter() {
    return bytesPerToken() + bytes(WhenCancelled.class) + bytes(AtomicWaker.class);
  }

  /** The bytes of a tracker. */
  public static long bytesPerTracker() {
    return bytes(TaskTracker.class) + bytes(Occurrence.class);
  }

  /** The bytes that tracking adds to a future. */
  public static long bytesPerTracked() {
    return bytes(Tracked.class);
  }

  private static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
