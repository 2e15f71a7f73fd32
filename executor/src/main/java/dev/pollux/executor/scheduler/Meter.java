package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Task;

/**
 * Measures how long the polls of one worker take, and how long tasks are queued before: of all if
 * polls are long, else of some, chosen at random, so that the clock is read for a hundredth of the
 * time at most.
 *
 * <p>A poll that was chosen counts for those that were not since the one before. A long one among
 * many short ones is seen even if it was not chosen, by the time between two looks at timers.
 *
 * @threading confined to the owner of the worker, but for the counts
 */
final class Meter {

  /** What it costs to measure one poll, and the wait of one task. */
  private static final int COST_NANOS = 150;

  private static final int SHARE = 100;

  /** So that not only the first of many that one poll wakes is measured. */
  private static final int MOST_WAITS_PASSED = 128;

  /** So much longer than the mean a poll is that is taken for long. */
  private static final long LONG_NANOS = 1_000_000;

  /** How often, at most, a task from outside is measured for each worker. */
  private static final long OUTSIDE_NANOS = 100_000;

  private final Probes probes;
  private final DurationCounts polls = new DurationCounts();
  private final DurationCounts waits = new DurationCounts();
  private long random;

  /** The polls that are accounted for. */
  private long pollsCounted;

  /** Whether a long poll was measured since the last look. */
  private boolean measuredLong;

  private long askedAtNanos;

  Meter(Probes probes, long seed) {
    this.probes = probes;
    this.random = seed;
  }

  // ---- polls

  /**
   * Counts a poll that was measured, as the last of {@code count} so far.
   *
   * @param meanNanos how long polls take at present
   * @return which one of the next polls is to be measured: 1 for the very next
   */
  int poll(long nanos, long count, double meanNanos) {
    polls.add(nanos, Math.max(1, count - pollsCounted));
    pollsCounted = count;
    measuredLong |= nanos >= LONG_NANOS;
    return choose(meanNanos);
  }

  /**
   * Hears that {@code nanos} have passed since the last look, for {@code count} polls, and counts a
   * long one among them that was not measured.
   */
  void look(long nanos, int count, double meanNanos) {
    if (nanos >= LONG_NANOS && !measuredLong && count > 0) {
      long others = (long) (Math.min(meanNanos, (double) nanos / count) * (count - 1));
      if (nanos - others >= LONG_NANOS) {
        polls.add(nanos - others, 1);
        pollsCounted++;
      }
    }
    measuredLong = false;
  }

  // ---- waits

  /** Which one of the next tasks to be queued is to be measured: 1 for the very next. */
  int chooseWait() {
    return 1 + next(MOST_WAITS_PASSED);
  }

  /** Begins to measure how long {@code task}, which is about to be queued, waits. */
  void beginWait(Task<?> task) {
    probes.begin(task);
  }

  /** Counts the wait of a marked task that was taken out of its queue. */
  void endWait(Task<?> task) {
    long nanos = probes.end(task);
    if (nanos >= 0) {
      waits.add(nanos, 1);
    }
  }

  /** Asks for a task from outside to be measured, now and then. */
  void askOutside(long nowNanos) {
    if (nowNanos - askedAtNanos >= OUTSIDE_NANOS) {
      askedAtNanos = nowNanos;
      probes.ask();
    }
  }

  private int choose(double meanNanos) {
    int every = (int) (SHARE * COST_NANOS / Math.max(1.0, meanNanos));
    if (every <= 1) {
      return 1;
    }
    return 1 + next(2 * every - 1);
  }

  private int next(int bound) {
    random = random * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    return (int) ((random >>> 33) % bound);
  }

  // ---- any thread

  /** Adds the durations of the polls to {@code sums}. */
  void addPollsTo(long[] sums) {
    polls.addTo(sums);
  }

  /** Adds how long the tasks were queued to {@code sums}. */
  void addWaitsTo(long[] sums) {
    waits.addTo(sums);
  }
}
