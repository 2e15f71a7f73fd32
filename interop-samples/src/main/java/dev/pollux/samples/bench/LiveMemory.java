package dev.pollux.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process holds. */
public final class LiveMemory {

  private static final int PAGE_BYTES = 4096;
  private static final Path STATM = Path.of("/proc/self/statm");

  private LiveMemory() {}

  /** The heap in use after a collection: the least of three. */
  public static long heapBytes() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
      least = Math.min(least, usedBytes());
    }
    return least;
  }

  /** The heap in use, with what a collection would free. */
  static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Whether this system says how much memory is resident. */
  public static boolean isResidentKnown() {
    return Files.exists(STATM);
  }

  /** The resident memory of the process; 0 if that is not known. */
  public static long residentBytes() throws IOException {
    return isResidentKnown()
        ? Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * PAGE_BYTES
        : 0;
  }
}
