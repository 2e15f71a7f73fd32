package dev.pollux.samples.bench;

/** Starts more and more units of something, until no more fit. */
public final class Filling {

  /** The rest is what the collector needs to go on. */
  private static final double FULL = 0.85;

  private Filling() {}

  /** Starts units. */
  @FunctionalInterface
  public interface Start {
    /**
     * Starts that many, and returns when each holds what it will hold.
     *
     * @throws OutOfMemoryError if one can't be started
     */
    void start(int count) throws Exception;
  }

  /**
   * Starts units until 85 % of the greatest heap is used after a collection, one can't be started,
   * or there are {@code most}.
   *
   * @param batch how many at once, at least 1
   * @param most the greatest number that is tried
   * @param units starts them
   * @return how many were started, without those of a batch that failed
   */
  public static int most(int batch, int most, Start units) throws Exception {
    int started = 0;
    while (started < most && !isFull()) {
      int count = Math.min(batch, most - started);
      try {
        units.start(count);
      } catch (OutOfMemoryError full) {
        return started;
      }
      started += count;
    }
    return started;
  }

  private static boolean isFull() {
    double full = FULL * Runtime.getRuntime().maxMemory();
    if (LiveMemory.usedBytes() < full) {
      return false;
    }
    System.gc();
    return LiveMemory.usedBytes() >= full;
  }
}
