package dev.pollux.time;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import dev.pollux.spi.Unpolled;
import java.time.Duration;

/**
 * Completes once a deadline has passed: never early, and late by less than a tick of the timer (1
 * ms in a runtime) and what the thread is busy with.
 *
 * <p>Made by {@link Time#sleep} and {@link Time#sleepUntil}. It does nothing before its first poll,
 * from which a duration is counted, and is itself the timer's entry: one object of 40 bytes.
 *
 * <p>It can be {@linkplain #reset used again}, which makes an idle time-out cheap:
 *
 * <pre>{@code
 * Sleep idle = Time.sleep(Duration.ofSeconds(30));
 * // in poll, whenever something came in:
 * idle.reset(Duration.ofSeconds(30));
 * // and at its end:
 * if (idle.poll(cx).isReady()) { ... }
 * }</pre>
 *
 * @cancellation nothing is lost; {@link #reset} makes a sleep that is over a new one
 * @threading owned by one task; it may be polled, reset and cancelled on another thread than the
 *     one it was first polled on, as the task moves
 */
public final class Sleep extends TimerEntry implements Future<Void> {
  // No fields: see TimerEntry, which counts every byte.

  /** A sleep of {@code delayNanos} from its first poll. */
  Sleep(long delayNanos) {
    super(delayNanos);
  }

  /**
   * Answers {@code Ready} once the deadline has passed. Takes a unit of budget only then.
   *
   * @throws RuntimeShutdownException if the timer's runtime was shut down
   */
  @Override
  public Poll<Void> poll(Context cx) {
    if (!elapsed(cx) || !cx.tryProceed()) {
      return Poll.pending();
    }
    cancel(); // over, by its end
    return Poll.done();
  }

  /** Looks whether the deadline has passed, outside the budget; else the waker is registered. */
  boolean elapsed(Context cx) {
    Unpolled.used(this);
    return hasElapsed(cx);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    disarm();
  }

  /**
   * Sets the time again: the sleep completes {@code duration} after this call if it was polled and
   * is not over, else {@code duration} after its next poll. So a sleep that has completed or was
   * cancelled is as good as new, and one that is waited for goes on, and wakes the waker of its
   * last poll at the new time.
   *
   * <p>Cheapest if it postpones: a look at the clock and a store.
   *
   * @param duration the new time; as for {@link Time#sleep}
   * @threading the owner, as {@code poll}
   */
  public void reset(Duration duration) {
    reset(Time.saturatedNanos(duration));
  }

  /**
   * Sets the time again, to a moment: as {@link #reset(Duration)}.
   *
   * @param deadlineNanos as for {@link Time#sleepUntil}
   * @threading the owner, as {@code poll}
   */
  public void resetUntil(long deadlineNanos) {
    resetAt(Math.max(0, deadlineNanos));
  }

  /** As {@link #reset(Duration)}, of a delay that is at least 0. */
  void resetNanos(long delayNanos) {
    reset(delayNanos);
  }

  @Override
  public void describe(Description description) {
    description.name("sleep");
    Timer timer = timer();
    if (isArmed() && timer != null) {
      long deadline = deadlineNanos();
      description.waitsFor(
          deadline == Long.MAX_VALUE
              ? "a deadline that never comes"
              : "a deadline in " + Duration.ofNanos(Math.max(0, deadline - timer.nanoTime())));
    } else {
      description.with("state", isOver() ? "over" : "not waiting");
    }
  }
}
