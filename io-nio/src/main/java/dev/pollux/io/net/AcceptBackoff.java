package dev.pollux.io.net;

import java.util.concurrent.TimeUnit;

/**
 * How long those who accept at one listener rest after the system had no descriptor, or no memory,
 * for another connection: 5 ms, and twice as long each time it fails again, up to a second. They
 * rest together, and the first connection ends it.
 *
 * @threading any thread; guarded by its monitor
 */
final class AcceptBackoff {

  static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A failure is reported if none was in so long a time before. */
  static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private volatile long failures;

  /** The length of the last rest; 0 if a connection was accepted since. */
  private volatile long restNanos;

  private long restUntilNanos;
  private boolean reported;
  private long reportedNanos;

  /**
   * Hears that an accept has failed.
   *
   * @param nowNanos on the clock of the timer
   * @return how long to rest from now
   */
  synchronized long failed(long nowNanos) {
    failures++;
    long rest = restNanos;
    if (rest != 0 && restUntilNanos - nowNanos > 0) {
      return restUntilNanos - nowNanos; // another has found out before
    }
    rest = rest == 0 ? FIRST_NANOS : Math.min(2 * rest, LONGEST_NANOS);
    restNanos = rest;
    restUntilNanos = nowNanos + rest;
    return rest;
  }

  /** Whether a failure of now is to be reported, which it is counted as from now on. */
  synchronized boolean mayReport(long nowNanos) {
    if (reported && nowNanos - reportedNanos < REPORT_NANOS) {
      return false;
    }
    reported = true;
    reportedNanos = nowNanos;
    return true;
  }

  /** Hears that a connection was accepted. */
  void succeeded() {
    if (restNanos != 0) {
      forgetRest();
    }
  }

  private synchronized void forgetRest() {
    restNanos = 0;
  }

  /** How often an accept has failed. */
  long failures() {
    return failures;
  }
}
