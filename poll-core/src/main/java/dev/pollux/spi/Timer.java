package dev.pollux.spi;

/**
 * A clock, and the queue of deadlines that are waited for on it.
 *
 * <p>The clock is monotonic and counts nanoseconds from a moment in the past of this timer: it is
 * never negative. A deadline further away than {@link Long#MAX_VALUE} nanoseconds (292 years) is
 * written as that value and never comes. All timers of one runtime show the same clock.
 *
 * <p>An implementation extends {@link AbstractTimer}, which gives it the timer's side of an entry.
 *
 * @threading every method may be called from any thread; {@code arm} and {@code disarm} are
 *     cheapest on the thread that owns the timer
 */
public interface Timer {

  /** Nanoseconds since this timer's own start; never negative, never decreasing. */
  long nanoTime();

  /**
   * Takes {@code entry} in, to {@linkplain AbstractTimer#fire fire} it once its {@linkplain
   * TimerEntry#deadlineNanos() deadline} has passed, never before. O(1).
   *
   * <p>Called by {@link TimerEntry}, once between two calls of {@code disarm}, with the waker
   * already stored. The deadline may have passed. While the entry is armed its deadline may be
   * moved to a later one, of which this timer is not told: it fires the entry when the earlier one
   * comes, or looks again and goes on waiting.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the timer takes no more entries
   */
  void arm(TimerEntry entry);

  /**
   * Forgets {@code entry}, which is over. O(1). On return this timer will not touch the entry
   * again, unless it is in its queue ({@link AbstractTimer#enterQueueToDisarm}): then a husk that
   * holds no waker stays until the owner of this timer next turns to it. Without effect on an entry
   * that has fired, or is just being fired.
   */
  void disarm(TimerEntry entry);
}
