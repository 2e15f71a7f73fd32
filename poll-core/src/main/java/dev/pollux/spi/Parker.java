package dev.pollux.spi;

/**
 * How a thread of an executor sleeps when it has nothing to run, and how it is woken.
 *
 * <p>There is one permit: an {@code unpark} before or during {@code park} makes that {@code park}
 * return, and several of them count as one.
 *
 * @threading {@code park} by one thread at a time, {@code unpark} by any
 */
public interface Parker {

  /** A time-out that does not end. */
  long FOREVER = -1;

  /**
   * Sleeps until {@link #unpark()}, until {@code timeoutNanos} have passed, or for no reason at
   * all.
   *
   * @param timeoutNanos nanoseconds; 0 does not sleep, but does what is due; {@link #FOREVER} has
   *     no limit
   * @threading called by the thread that holds the parker, one at a time
   */
  void park(long timeoutNanos);

  /**
   * Makes the current or the next {@link #park} return.
   *
   * @threading any thread
   */
  void unpark();
}
