package dev.pollux.streams.reactor;

import dev.pollux.spi.Timer;
import java.util.concurrent.TimeUnit;

/** The clock of a runtime as time of day: what it showed when this was made, and from there on. */
final class EpochClock {

  private final Timer timer;
  private final long millisAtZero;

  EpochClock(Timer timer) {
    this.timer = timer;
    this.millisAtZero =
        System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(timer.nanoTime());
  }

  Timer timer() {
    return timer;
  }

  /** As the built-in schedulers: of the epoch from milliseconds on, else of some moment. */
  long now(TimeUnit unit) {
    long nanos = timer.nanoTime();
    return unit.compareTo(TimeUnit.MILLISECONDS) >= 0
        ? unit.convert(millisAtZero + TimeUnit.NANOSECONDS.toMillis(nanos), TimeUnit.MILLISECONDS)
        : unit.convert(nanos, TimeUnit.NANOSECONDS);
  }
}
