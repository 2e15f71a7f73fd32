package dev.pollux.executor.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Something that polls tasks, as the watchdog sees it.
 *
 * @threading any thread
 */
interface Watched {

  /** Odd while a poll lasts, and never the same in another poll. */
  long pollCount();

  /**
   * Takes a look at the poll that lasts now, if one does. Who finds the same {@link #pollCount}
   * before and after has seen that poll.
   */
  @Nullable StuckPoll sample();
}
