package dev.pollux.executor.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds polls that last too long, by looking at the poll counts of all workers again and again.
 *
 * <p>A poll costs nothing for being watched: it is counted anyway, and a count that is odd, and the
 * same at two looks, says that one poll has lasted for the time between. Only then is the thread
 * asked what it does.
 *
 * <p><b>What the time is.</b> A poll is not to blame for the time in which the whole process stands
 * still: for garbage collection or another safepoint, or because the machine is suspended or has
 * used up its share of processor time. What stops the process stops the watchdog as well. So it
 * adds up its own sleeps in place of looking at the clock, and a sleep that lasted longer than it
 * should adds nothing. While it has a poll under observation it sleeps for a millisecond at a time,
 * so that little is lost with one sleep, and a stop of a few milliseconds is noticed. How much
 * longer than asked for a sleep takes is a matter of the operating system, and measured: the
 * shortest excess so far is the usual one. If the watchdog starves for processor time, it adds up
 * too little and reports late, or not at all; it never reports what was not.
 *
 * <p>Has no thread: {@link WatchdogThread} calls it, or a test.
 *
 * @threading one thread at a time
 */
final class Watchdog {
  /*
   * I1  `ranNanos` of a worker is a time for which the poll with its `seenPoll` has certainly lasted, less the sleeps that
   *     came to their end late. It is 0 again with each new count.
   * I2  A report is about that poll: the count is read again after the thread was asked, and was the same.
   *
   * Reports come when `ranNanos` has reached the threshold, ten times the threshold, and so on: those who have asked for a
   * watchdog and the recordings have each a threshold of their own.
   */

  /** Where reports go. */
  interface Reports {

    /** To those who asked for a watchdog. */
    void tell(StuckPoll poll, long ranNanos, long nowNanos);

    /** A poll is seen for the first time. Returns what the recordings want back, if anything. */
    @Nullable Object seen();

    /** Whether the recordings want to hear of the poll now that it has reached their threshold. */
    boolean isDue(Object seen);

    /** To the recordings. */
    void record(Object seen, StuckPoll poll, long ranNanos);
  }

  /** The thresholds, in nanoseconds; 0 where nobody wants a report. */
  record Thresholds(long toldNanos, long recordedNanos) {

    boolean isNone() {
      return toldNanos == 0 && recordedNanos == 0;
    }

    private long shortest() {
      long told = toldNanos == 0 ? Long.MAX_VALUE : toldNanos;
      return recordedNanos == 0 ? told : Math.min(told, recordedNanos);
    }

    /** The time between two looks while no poll lasts. */
    private long lookNanos() {
      return Math.min(
          LONGEST_LOOK_NANOS, Math.max(SHORTEST_LOOK_NANOS, shortest() / LOOKS_PER_THRESHOLD));
    }
  }

  /** The time between two looks at a poll under observation. */
  static final long TICK_NANOS = 1_000_000;

  /** A sleep with so much more excess than the usual one was no mere sleep. */
  static final long LATE_NANOS = 2_000_000;

  static final long SHORTEST_LOOK_NANOS = 5_000_000;
  private static final long LONGEST_LOOK_NANOS = 1_000_000_000;
  private static final int LOOKS_PER_THRESHOLD = 8;
  private static final int MORE_EACH_TIME = 10;

  private final List<Watch> watches;
  private final Reports reports;

  private long lookedAtNanos;
  private long askedNanos;

  /** The usual excess of a sleep. */
  private long excessNanos;

  Watchdog(List<? extends Watched> watched, Reports reports) {
    this.watches = watched.stream().map(Watch::new).toList();
    this.reports = reports;
  }

  /**
   * Forgets what it has seen: nobody has looked for a while.
   *
   * @param nowNanos the time
   * @param usualExcessNanos how much longer than asked for a sleep takes
   */
  void begin(long nowNanos, long usualExcessNanos) {
    excessNanos = usualExcessNanos;
    lookedAtNanos = nowNanos;
    askedNanos = 0;
    watches.forEach(Watch::forget);
  }

  /**
   * Takes a look.
   *
   * @param nowNanos the time
   * @param thresholds what to report
   * @return when to take the next, in nanoseconds from now
   */
  long look(long nowNanos, Thresholds thresholds) {
    long elapsed = nowNanos - lookedAtNanos;
    long excess = elapsed - askedNanos;
    if (excess >= 0 && askedNanos > 0) {
      excessNanos = Math.min(excessNanos, excess);
    }
    long ran = excess > excessNanos + LATE_NANOS ? 0 : elapsed;
    boolean observes = false;
    for (Watch watch : watches) {
      observes |= watch.look(ran, nowNanos, thresholds);
    }
    lookedAtNanos = nowNanos;
    askedNanos = observes ? TICK_NANOS : thresholds.lookNanos();
    return askedNanos;
  }

  /** One of those that are watched. */
  private final class Watch {

    private final Watched watched;
    private long seenPoll;
    private long ranNanos;

    /** What the recordings have answered when they heard of the poll. */
    private @Nullable Object seen;

    /** The next report is due at so many times the threshold. */
    private long toldNext;

    private long recordedNext;

    Watch(Watched watched) {
      this.watched = watched;
    }

    void forget() {
      seenPoll = 0;
      seen = null;
    }

    /** Returns whether there is a poll under observation that was not reported yet. */
    boolean look(long ran, long nowNanos, Thresholds thresholds) {
      long count = watched.pollCount();
      if ((count & 1) == 0) {
        forget();
        return false;
      }
      if (count != seenPoll) {
        seenPoll = count;
        ranNanos = 0;
        toldNext = 1;
        recordedNext = 1;
        seen = thresholds.recordedNanos() == 0 ? null : reports.seen();
        return true;
      }
      ranNanos += ran;
      boolean told = isReached(thresholds.toldNanos(), toldNext);
      Object recording = seen;
      boolean recorded =
          recording != null
              && isReached(thresholds.recordedNanos(), recordedNext)
              && reports.isDue(recording);
      if (told || recorded) {
        report(nowNanos, told, recorded ? recording : null);
      }
      boolean waitsToTell = thresholds.toldNanos() != 0 && toldNext == 1;
      boolean waitsToRecord = recording != null && recordedNext == 1;
      return waitsToTell || waitsToRecord;
    }

    private boolean isReached(long thresholdNanos, long times) {
      return thresholdNanos != 0 && ranNanos / thresholdNanos >= times;
    }

    private void report(long nowNanos, boolean told, @Nullable Object recording) {
      StuckPoll poll = watched.sample();
      if (poll == null || watched.pollCount() != seenPoll) {
        return; // it is over, or given away
      }
      if (told) {
        toldNext *= MORE_EACH_TIME;
        reports.tell(poll, ranNanos, nowNanos);
      }
      if (recording != null) {
        recordedNext *= MORE_EACH_TIME;
        reports.record(recording, poll, ranNanos);
      }
    }
  }
}
