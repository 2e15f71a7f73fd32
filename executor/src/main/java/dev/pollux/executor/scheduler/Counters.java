package dev.pollux.executor.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one worker counts. Padded, for each worker writes its own all the time.
 *
 * @threading {@link #add}: the worker; {@link #get}: any thread, a moment late
 */
final class Counters {

  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

  /** Longs on either side that nobody writes. */
  private static final int PADDING = 16;

  /** Polls of tasks from the LIFO slot. */
  static final int LIFO_POLLS = PADDING;

  /** Successful steals. */
  static final int STEALS = PADDING + 1;

  /** Tasks that came by them. */
  static final int STOLEN = PADDING + 2;

  /** Tasks that came from the shared inject queue. */
  static final int INJECTED = PADDING + 3;

  /** Times that the ring was full. */
  static final int OVERFLOWS = PADDING + 4;

  /** Sleeps. */
  static final int PARKS = PADDING + 5;

  /** Sleeps that ended without anything to do. */
  static final int IDLE_WAKES = PADDING + 6;

  /** Times that tasks or timers were taken over from a worker that was stuck in a poll. */
  static final int RESCUES = PADDING + 7;

  private static final int LAST = RESCUES;

  private final long[] values = new long[LAST + 1 + PADDING];

  void increment(int counter) {
    add(counter, 1);
  }

  void add(int counter, long count) {
    VALUE.setOpaque(values, counter, values[counter] + count); // this worker alone writes
  }

  long get(int counter) {
    return (long) VALUE.getOpaque(values, counter);
  }
}
