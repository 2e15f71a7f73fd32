package dev.pollux.executor.scheduler;

import dev.pollux.spi.RuntimeListener.Outcome;
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

  /** Tasks that were spawned by this worker. */
  static final int SPAWNED = PADDING + 8;

  /** Tasks that ended on this worker, with a value. */
  static final int COMPLETED = PADDING + 9;

  /** Tasks that ended on this worker, with a failure. */
  static final int FAILED = PADDING + 10;

  /** Tasks that were cancelled on this worker. */
  static final int CANCELLED = PADDING + 11;

  /** Nanoseconds that the worker slept, but for the sleep that it may be in. */
  static final int ASLEEP_NANOS = PADDING + 12;

  /** When the sleep began that the worker is in, or 0 if it is awake. */
  static final int ASLEEP_SINCE = PADDING + 13;

  /** Times that a future gave way because its budget was used up, under owners before this one. */
  static final int BUDGET_YIELDS = PADDING + 14;

  /** Nanoseconds that a runtime of the current thread was driven, but for the present time. */
  static final int DRIVEN_NANOS = PADDING + 15;

  /** Since when it is driven, or 0. */
  static final int DRIVEN_SINCE = PADDING + 16;

  private static final int LAST = DRIVEN_SINCE;

  /** In place of a time, which is odd, while a span is added up. */
  private static final long ENDING = 2;

  private final long[] values = new long[LAST + 1 + PADDING];

  void increment(int counter) {
    add(counter, 1);
  }

  void set(int counter, long value) {
    VALUE.setOpaque(values, counter, value);
  }

  /** Notes in {@code since} that something begins that will be added up. */
  void beginSpan(int since, long nowNanos) {
    set(since, nowNanos | 1); // 0 is for none
  }

  /** Adds what has begun at {@code since} to {@code sum}. */
  void endSpan(int sum, int since, long nowNanos) {
    long begun = values[since];
    VALUE.setVolatile(values, since, ENDING);
    add(sum, nowNanos - begun);
    VALUE.setVolatile(values, since, 0L);
  }

  /** The sum of what has ended, and of what has begun at {@code since} and not ended. */
  long lasted(int sum, int since, long nowNanos) {
    while (true) {
      long begun = (long) VALUE.getVolatile(values, since);
      long ended = (long) VALUE.getVolatile(values, sum);
      if (begun != ENDING && begun == (long) VALUE.getVolatile(values, since)) {
        return ended + (begun == 0 ? 0 : Math.max(0, nowNanos - begun));
      }
      Thread.onSpinWait(); // it is being added up
    }
  }

  /** Counts the end of a task. */
  void countEnd(Outcome outcome) {
    increment(
        switch (outcome) {
          case COMPLETED -> COMPLETED;
          case FAILED -> FAILED;
          case CANCELLED -> CANCELLED;
        });
  }

  void add(int counter, long count) {
    VALUE.setOpaque(values, counter, values[counter] + count); // this worker alone writes
  }

  long get(int counter) {
    return (long) VALUE.getOpaque(values, counter);
  }
}
