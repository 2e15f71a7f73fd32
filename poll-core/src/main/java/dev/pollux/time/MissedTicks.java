package dev.pollux.time;

/**
 * What an {@link Interval} does about ticks that were not asked for in time.
 *
 * <p>A tick is missed if it is delivered more than 5 ms late; up to that an interval keeps to its
 * schedule whatever was chosen, for timers and threads are never quite on time.
 *
 * <p>With a period of 20 ms and a tick that was due at 40 and is delivered at 90 ms:
 *
 * <pre>
 * schedule   0    20    40    60    80   100   120   140   160
 * BURST      0    20             (90, 90, 90)  100  120   140   160     ticks 40, 60, 80 at once
 * DELAY      0    20              90       110      130       150       20 ms after the late one
 * SKIP       0    20              90   100   120   140   160            60 and 80 are left out
 * </pre>
 *
 * <p>Source: {@code MissedTickBehavior} of Tokio, whose rules these are.
 */
public enum MissedTicks {

  /** Delivers every missed tick, one after the other without a pause, until it has caught up. */
  BURST {
    @Override
    long next(long scheduledNanos, long nowNanos, long periodNanos) {
      return Interval.saturatedSum(scheduledNanos, periodNanos);
    }
  },

  /** Counts the next period from the late tick, and so moves the whole schedule. */
  DELAY {
    @Override
    long next(long scheduledNanos, long nowNanos, long periodNanos) {
      return Interval.saturatedSum(nowNanos, periodNanos);
    }
  },

  /** Leaves missed ticks out: the next one is the next of the schedule that is still to come. */
  SKIP {
    @Override
    long next(long scheduledNanos, long nowNanos, long periodNanos) {
      long sinceATick = (nowNanos - scheduledNanos) % periodNanos;
      return Interval.saturatedSum(nowNanos - sinceATick, periodNanos);
    }
  };

  /**
   * When the next tick is scheduled.
   *
   * @param scheduledNanos when the late one was scheduled
   * @param nowNanos when it is delivered
   * @param periodNanos the period
   */
  abstract long next(long scheduledNanos, long nowNanos, long periodNanos);
}
