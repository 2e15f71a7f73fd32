package dev.pollux.spi;

import dev.pollux.core.TaskInfo;

/**
 * A task that tells whether it waits: for those who look for tasks that leave something undone. An
 * executor whose tasks are not of this kind is not looked at.
 *
 * @threading every method may be called from any thread; the answers may be late
 */
public interface PolledTask extends TaskInfo {

  /**
   * Whether the task waits: no poll of it is under way, and every wake that has returned was
   * followed by a poll. A task that is over does not wait.
   */
  boolean isIdle();

  /** How many polls have begun, or fewer: it may stop to count, or count some together. */
  long polls();
}
