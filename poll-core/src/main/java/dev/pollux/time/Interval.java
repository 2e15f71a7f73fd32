package dev.pollux.time;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.time.Duration;

/**
 * Ticks again and again, a period apart, without end. The first tick comes with the first poll,
 * which sets the schedule; an element is the number of its tick, from 0.
 *
 * <p>It holds no ticks: one that nobody asks for is late, and {@link MissedTicks} says what comes
 * of that. Under {@link MissedTicks#SKIP} the ticks left out are counted all the same, so that a
 * gap shows in the numbers and tick {@code n} is due {@code n} periods after the first.
 *
 * <p>Made by {@link Time#interval(Duration)}.
 *
 * @cancellation nothing is lost: a tick is taken by the poll that answers it
 * @threading confined to the polling task
 */
public final class Interval implements AsyncIterator<Long> {

  /** How late a tick may be before it is missed. */
  private static final long TOLERANCE_NANOS = 5_000_000;

  private final long periodNanos;
  private final MissedTicks missedTicks;
  private final Sleep sleep = new Sleep(0);

  /** When the coming tick is scheduled, on the clock of the timer. */
  private long scheduledNanos;

  private long number;
  private boolean started;
  private boolean over;

  Interval(Duration period, MissedTicks missedTicks) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period must be more than 0, was " + period);
    }
    this.periodNanos = Time.saturatedNanos(period);
    this.missedTicks = requireNonNull(missedTicks, "missedTicks");
  }

  @Override
  public Next<Long> pollNext(Context cx) {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException("interval");
    }
    try {
      if (!sleep.elapsed(cx) || !cx.tryProceed()) {
        return Next.pending();
      }
      return Next.item(tick(cx.timer().nanoTime()));
    } catch (Throwable failure) {
      over = true;
      throw failure;
    }
  }

  /** The number of the tick that has come; schedules the next. */
  private long tick(long now) {
    if (!started) {
      started = true;
      scheduledNanos = now;
    }
    long tick = number;
    long next =
        now - scheduledNanos > TOLERANCE_NANOS
            ? missedTicks.next(scheduledNanos, now, periodNanos)
            : saturatedSum(scheduledNanos, periodNanos);
    number +=
        missedTicks == MissedTicks.SKIP ? Math.max(1, (next - scheduledNanos) / periodNanos) : 1;
    scheduledNanos = next;
    sleep.resetUntil(next);
    return tick;
  }

  static long saturatedSum(long nanos, long moreNanos) {
    long sum = nanos + moreNanos;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
    sleep.cancel();
  }

  @Override
  public void describe(Description description) {
    description
        .name("interval")
        .with("period", Duration.ofNanos(periodNanos))
        .with("missed", missedTicks)
        .with("tick", number)
        .child("sleep", over ? null : sleep);
  }
}
