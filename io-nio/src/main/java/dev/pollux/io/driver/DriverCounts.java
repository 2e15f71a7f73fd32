package dev.pollux.io.driver;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a driver has asked of the system: the selector's part of the system calls of a runtime.
 *
 * @threading any thread
 */
public final class DriverCounts {
  final LongAdder selects = new LongAdder();
  final LongAdder interestChanges = new LongAdder();
  final LongAdder wakeups = new LongAdder();
  final LongAdder rebuilds = new LongAdder();

  DriverCounts() {}

  /** Calls of {@code select} in any form: {@code epoll_wait} on Linux. */
  public long selects() {
    return selects.sum();
  }

  /** Registrations and changes of interest: {@code epoll_ctl} on Linux. */
  public long interestChanges() {
    return interestChanges.sum();
  }

  /** Sleeps in the selector that were ended from another thread: a {@code write}, on Linux. */
  public long wakeups() {
    return wakeups.sum();
  }

  /** Selectors that were replaced because they returned for no reason. */
  public long rebuilds() {
    return rebuilds.sum();
  }

  @Override
  public String toString() {
    return "DriverCounts[selects="
        + selects
        + ", interest changes="
        + interestChanges
        + ", wake-ups="
        + wakeups
        + ", rebuilds="
        + rebuilds
        + "]";
  }
}
