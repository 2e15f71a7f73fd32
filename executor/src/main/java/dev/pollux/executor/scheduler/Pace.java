package dev.pollux.executor.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/**
 * After how many polls a busy worker looks at what comes from outside, and at timers and events:
 * learnt from how long its polls take, so that short polls aren't held up by looks, and long ones
 * don't hold up what is looked for.
 *
 * <p>Source: the self-tuned global queue interval of Tokio, multi_thread/stats.rs.
 *
 * @threading confined to the owner of the worker
 */
final class Pace {

  private static final long INJECT_TARGET_NANOS = 200_000;
  private static final int LEAST_INJECT = 2;
  private static final int MOST_INJECT = 127;
  private static final int INITIAL_INJECT = 61;

  /** A look at timers and events should not come later than this after the one before. */
  private static final long EVENTS_TARGET_NANOS = 500_000;

  /** The weight of the newest sample in the mean. */
  private static final double WEIGHT = 0.1;

  private final boolean injectIsFixed;
  private final int mostToEvents;
  private int pollsToInject;
  private int pollsToEvents;
  private double meanNanos = (double) INJECT_TARGET_NANOS / INITIAL_INJECT;
  private long lastNanos;

  /**
   * Makes a pace for polls of unknown length.
   *
   * @param injectInterval polls between two looks at what comes from outside, or 0 to learn it
   * @param eventInterval the most polls between two looks at timers and events
   */
  Pace(int injectInterval, int eventInterval) {
    this.injectIsFixed = injectInterval > 0;
    this.pollsToInject = injectIsFixed ? injectInterval : INITIAL_INJECT;
    this.mostToEvents = eventInterval;
    this.pollsToEvents = eventInterval;
  }

  /** How long polls take at present, with what is between them. */
  double meanNanos() {
    return meanNanos;
  }

  int pollsToInject() {
    return pollsToInject;
  }

  int pollsToEvents() {
    return pollsToEvents;
  }

  /**
   * Hears that {@code count} polls were made in a row.
   *
   * @param nowNanos the time
   * @return how long they took, in nanoseconds
   */
  @CanIgnoreReturnValue
  long learn(long nowNanos, int count) {
    long took = Math.max(1, nowNanos - lastNanos);
    lastNanos = nowNanos;
    if (count == 0) {
      return took;
    }
    // At once when polls get longer, by doubling when they get shorter.
    long fitting = Math.max(1, EVENTS_TARGET_NANOS * count / took);
    pollsToEvents = (int) Math.min(Math.min(mostToEvents, 2L * pollsToEvents), fitting);
    meanNanos += WEIGHT * ((double) took / count - meanNanos);
    if (!injectIsFixed) {
      pollsToInject =
          (int)
              Math.max(
                  LEAST_INJECT,
                  Math.min(MOST_INJECT, INJECT_TARGET_NANOS / Math.max(1.0, meanNanos)));
    }
    return took;
  }

  /** How long ago the last look, or the end of a time without polls, was. */
  long sinceLook(long nowNanos) {
    return nowNanos - lastNanos;
  }

  /** Hears that the time until {@code nowNanos} was not spent polling. */
  void skip(long nowNanos) {
    lastNanos = nowNanos;
  }
}
