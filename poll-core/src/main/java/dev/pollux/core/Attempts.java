package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.stream.Backoff;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What both kinds of {@code retry} share: the schedule, and the wait before the next attempt.
 *
 * @threading confined to the polling task
 */
final class Attempts {

  private final Backoff backoff;

  /** Made at the first failure. */
  private Backoff.@Nullable Schedule schedule;

  /** Null if none is waited for. */
  private @Nullable Sleep pause;

  Attempts(Backoff backoff) {
    this.backoff = backoff;
  }

  /** Whether an attempt may go on; else the wait before it has the waker. */
  boolean mayGoOn(Context cx) {
    Sleep pause = this.pause;
    if (pause != null) {
      if (pause.poll(cx).isPending()) { // takes a unit of budget once it is over
        return false;
      }
      this.pause = null;
    }
    return true;
  }

  /**
   * Begins the wait for the next attempt, or throws {@code failure} if that is final. What goes
   * wrong here is thrown with the failure as a suppressed exception.
   */
  void pauseAfter(Exception failure, Context cx) {
    Backoff.Schedule schedule = this.schedule;
    try {
      if (schedule == null) {
        schedule = backoff.schedule(cx.nextInt(Integer.MAX_VALUE));
        this.schedule = schedule;
      }
      Optional<Duration> wait = schedule.next(failure);
      if (wait.isEmpty()) {
        throw Raise.unchecked(failure);
      }
      if (!wait.get().isZero()) {
        var unused = cx.timer(); // that there is none is found out here, while the failure is known
      }
      pause = Time.sleep(wait.get());
    } catch (Throwable thrown) {
      if (thrown != failure) {
        thrown.addSuppressed(failure);
      }
      throw thrown;
    }
  }

  /** Says that an attempt has brought something. */
  void succeeded() {
    if (schedule != null) {
      schedule.reset();
    }
  }

  void cancel(@Nullable Discard discard) {
    Sleep pause = this.pause;
    this.pause = null;
    Cancel.child(pause, discard);
  }

  void describe(Description description) {
    description.with("failures", schedule == null ? 0 : schedule.failures()).child("pause", pause);
  }
}
