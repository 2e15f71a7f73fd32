package dev.pollux.executor.events;

import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runtimes tell the flight recorder while one of our events is recorded. What begins and ends
 * is told in two calls: the first answers an object for the second, or null if there need not be
 * one.
 *
 * <p>Knows nothing of the recorder, so that it can be named where there is none.
 *
 * @threading any thread; an object that a call answers is given to one thread at a time
 */
public interface RuntimeEvents {

  /** A task was spawned, by the calling thread. */
  void taskSpawned(String runtime, TaskInfo task);

  /** A task has ended, on the calling thread. */
  void taskEnded(String runtime, TaskInfo task, Outcome outcome);

  /** Somebody asked for the first time, on the calling thread, that a task or job be cancelled. */
  void cancelRequested(String runtime, TaskInfo task);

  /** A poll on the calling thread gave way because its budget was used up. */
  void budgetYielded(String runtime, TaskInfo task);

  /** A poll begins on the calling thread. */
  @Nullable Object pollStarted();

  /** The poll is over that began with the answer of {@link #pollStarted}. */
  void pollEnded(Object begun, String runtime, TaskInfo task);

  /** The calling thread goes to sleep. */
  @Nullable Object threadParked();

  /** The sleep is over that began with the answer of {@link #threadParked}. */
  void threadUnparked(Object begun, String runtime);

  /** A job is queued. */
  @Nullable Object jobQueued();

  /**
   * The job begins, on the calling thread, that was queued with the answer of {@code jobQueued}.
   */
  void jobStarted(Object queued);

  /** The job is over that was queued with the answer of {@code jobQueued}. */
  void jobEnded(Object queued, String runtime, TaskInfo job, Outcome outcome);

  /** The watchdog sees a poll for the first time. */
  @Nullable Object pollSeen();

  /** Whether the poll has lasted for as long as the recordings want it to, to be worth a word. */
  boolean isLong(Object seen);

  /**
   * The poll is a long one that was first seen with the answer of {@link #pollSeen}; may be told
   * again, later.
   *
   * @param seen the answer of {@code pollSeen}
   * @param runtime the name of the runtime
   * @param task what is being polled
   * @param thread where
   * @param ranNanos how long it has been running, at least
   * @param frames what the thread is doing
   */
  void longPoll(
      Object seen,
      String runtime,
      TaskInfo task,
      Thread thread,
      long ranNanos,
      List<StackTraceElement> frames);
}
