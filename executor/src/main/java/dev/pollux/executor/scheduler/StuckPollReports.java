package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.executor.events.Recordings;
import dev.pollux.executor.events.RuntimeEvents;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the reports of a watchdog go: to the listeners and, not too many of them, to the log; or to
 * the recordings.
 *
 * @threading the watchdog
 */
final class StuckPollReports implements Watchdog.Reports {

  static final int MOST_PER_MINUTE = 10;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String runtime;
  private final Listeners listeners;
  private final System.Logger logger;

  private long minuteBeganNanos;
  private int loggedInMinute;
  private long suppressed;

  /**
   * Reports of one runtime.
   *
   * @param listeners hear of each
   * @param logger is told at level {@code WARNING}
   */
  StuckPollReports(String runtime, Listeners listeners, System.Logger logger) {
    this.runtime = runtime;
    this.listeners = listeners;
    this.logger = logger;
  }

  @Override
  public void tell(StuckPoll poll, long ranNanos, long nowNanos) {
    listeners.pollStuck(poll.task(), Duration.ofNanos(ranNanos), poll.frames());
    if (mayLog(nowNanos)) {
      String text = inWords(poll, ranNanos);
      suppressed = 0;
      logger.log(System.Logger.Level.WARNING, text);
    } else {
      suppressed++;
    }
  }

  private boolean mayLog(long nowNanos) {
    if (loggedInMinute == 0 || nowNanos - minuteBeganNanos >= MINUTE_NANOS) {
      minuteBeganNanos = nowNanos;
      loggedInMinute = 0;
    }
    if (loggedInMinute == MOST_PER_MINUTE) {
      return false;
    }
    loggedInMinute++;
    return true;
  }

  private String inWords(StuckPoll poll, long ranNanos) {
    StringBuilder text =
        new StringBuilder(TaskInfo.describe(poll.task()))
            .append(" of runtime \"")
            .append(runtime)
            .append("\" has not come back from a poll for ")
            .append(TimeUnit.NANOSECONDS.toMillis(ranNanos))
            .append(" ms, and holds up thread ")
            .append(poll.thread().getName());
    if (suppressed > 0) {
      text.append(" (")
          .append(suppressed)
          .append(" such reports before this one were not logged, as there were too many)");
    }
    for (StackTraceElement frame : poll.frames()) {
      text.append(System.lineSeparator()).append("\tat ").append(frame);
    }
    return text.toString();
  }

  // ---- recordings

  @Override
  public @Nullable Object seen() {
    RuntimeEvents events = Recordings.state().events();
    return events == null ? null : events.pollSeen();
  }

  @Override
  public boolean isDue(Object seen) {
    RuntimeEvents events = Recordings.state().events();
    return events != null && events.isLong(seen);
  }

  @Override
  public void record(Object seen, StuckPoll poll, long ranNanos) {
    RuntimeEvents events = Recordings.state().events();
    if (events != null) {
      events.longPoll(seen, runtime, poll.task(), poll.thread(), ranNanos, poll.frames());
    }
  }
}
