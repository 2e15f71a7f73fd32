package dev.pollux.executor.scheduler;

/**
 * After how many polls a worker looks at the shared inject queue although it has tasks of its own:
 * fixed, or such that it does so every {@value #TARGET_NANOS} ns, by what its polls have taken
 * lately.
 *
 * <p>Source: Tokio, multi_thread/stats.rs.
 *
 * @threading confined to the owner of the worker
 */
final class InjectInterval {

  private static final long TARGET_NANOS = 200_000;
  private static final int LEAST = 2;
  private static final int MOST = 127;
  private static final int INITIAL = 61;

  /** The weight of the newest sample in the mean. */
  private static final double WEIGHT = 0.1;

  private final boolean fixed;
  private int polls;
  private double meanNanos = (double) TARGET_NANOS / INITIAL;
  private long lastNanos;

  /**
   * Makes an interval.
   *
   * @param polls the fixed interval, or 0 to learn it
   */
  InjectInterval(int polls) {
    this.fixed = polls > 0;
    this.polls = fixed ? polls : INITIAL;
  }

  int polls() {
    return polls;
  }

  /**
   * Hears that {@code count} polls were made in a row.
   *
   * @param nowNanos the time
   */
  void learn(long nowNanos, int count) {
    if (fixed) {
      return;
    }
    long took = nowNanos - lastNanos;
    lastNanos = nowNanos;
    if (count > 0) {
      meanNanos += WEIGHT * ((double) took / count - meanNanos);
      polls = (int) Math.max(LEAST, Math.min(MOST, TARGET_NANOS / Math.max(1.0, meanNanos)));
    }
  }

  /** Hears that the time until {@code nowNanos} was not spent polling. */
  void skip(long nowNanos) {
    lastNanos = nowNanos;
  }
}
