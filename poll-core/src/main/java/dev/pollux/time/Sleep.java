package dev.pollux.time;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.TimerEntry;

/** Completes once a deadline has passed, never before. */
public final class Sleep extends TimerEntry implements Future<Void> {

  private static final byte NEW = 0;
  private static final byte WAITING = 1;
  private static final byte OVER = 2;

  private final long durationNanos;
  private byte phase = NEW;

  Sleep(long durationNanos) {
    this.durationNanos = durationNanos;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (!hasElapsed(cx) || !cx.tryProceed()) {
      return Poll.pending();
    }
    phase = OVER;
    return Poll.done();
  }

  /** Looks whether the deadline has passed, outside the budget. */
  boolean hasElapsed(Context cx) {
    switch (phase) {
      case NEW -> {
        long deadline = cx.timer().nanoTime() + durationNanos;
        boolean elapsed = arm(cx, deadline < 0 ? Long.MAX_VALUE : deadline);
        phase = WAITING;
        return elapsed;
      }
      case WAITING -> {
        return pollArmed(cx);
      }
      default -> throw new PollAfterEndException("sleep");
    }
  }

  @Override
  public void cancel() {
    phase = OVER;
    disarm();
  }

  @Override
  public void describe(Description description) {
    description.name("sleep");
  }
}
