package dev.pollux.spi;

/**
 * A clock, and the queue of deadlines that are waited for on it.
 *
 * <p>The clock is monotonic and counts nanoseconds from a moment in the past of this timer: it is
 * never negative. A deadline further away than {@link Long#MAX_VALUE} nanoseconds (292 years) is
 * written as that value and never comes.
 *
 * @threading every method may be called from any thread; {@code arm} and {@code disarm} are
 *     cheapest on the thread that owns the timer
 */
public interface Timer {

  /** Nanoseconds since this timer's own start; never negative, never decreasing. */
  long nanoTime();

  /**
   * Takes {@code entry} in, to {@linkplain TimerEntry#fire() fire} it once its deadline has passed,
   * never before. O(1).
   *
   * <p>Called by {@link TimerEntry}, once between two calls of {@code disarm}, with the waker
   * already stored.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the timer takes no more entries
   */
  void arm(TimerEntry entry);

  /**
   * Forgets {@code entry}, which has been cancelled. O(1). An empty husk, holding no waker, may
   * stay until the owner of this timer next turns to it, at most a tick later. Without effect on an
   * entry that has fired.
   */
  void disarm(TimerEntry entry);
}
