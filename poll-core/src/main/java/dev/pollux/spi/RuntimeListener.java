package dev.pollux.spi;

import dev.pollux.core.TaskInfo;
import java.time.Duration;
import java.util.List;

/**
 * Sees the life of tasks, jobs and threads in a runtime: the seam for metrics, traces and events.
 *
 * <p>A listener that throws is reported to the runtime's handler and hurts nobody else. A listener
 * that keeps a {@link TaskInfo} keeps the task.
 *
 * <p>What is ordered:
 *
 * <ul>
 *   <li>A task is <em>spawned</em>, is polled any number of times, and <em>ends</em> once. Each
 *       {@link #pollStarted} is followed by its {@link #pollEnded} on the same thread. In between
 *       come the {@link #budgetYielded} of that poll, or the {@link #taskEnded}. A task that is
 *       woken as soon as a poll is over may be polled by another thread before the {@code
 *       pollEnded} of the one before is told: pair the calls by their thread. One that a shutdown
 *       refuses ends outside any poll.
 *   <li>The end of a task or job is told <em>before</em> anybody can see it: who has joined it, or
 *       found it finished or gone from the live tasks of the runtime, can rely on its {@link
 *       #taskEnded} or {@link #jobEnded} having returned. What comes after the end by its nature
 *       may be told later, on the thread that made it: the {@link #pollEnded} of the last poll, the
 *       {@link #threadParked} and {@link #threadStopped} that follow.
 *   <li>A job is <em>queued</em>, <em>starts</em> unless it is taken back first, and <em>ends</em>
 *       once, on whatever threads do so.
 *   <li>{@link #cancelRequested} comes before the end if the task was waiting when it was asked; if
 *       it was queued or being polled, its end may be told on another thread meanwhile.
 *   <li>A shutdown may find a task or job that is just being made: what it does to that may be told
 *       before the {@code taskSpawned} or {@code jobQueued}.
 *   <li>What a thread does for a runtime is told between a {@link #threadStarted} and the {@link
 *       #threadStopped} that follows it on that thread, and each {@link #threadParked} is followed
 *       by its {@link #threadUnparked}. Jobs have threads of their own, which are not told of.
 *   <li>{@link #pollStuck} is told while the poll goes on, as far as can be known: it may end
 *       during the call.
 * </ul>
 *
 * @threading called on the thread where the thing happens, inside the runtime: be quick, never
 *     block. Several threads call at once
 */
public interface RuntimeListener {

  /** How a task or a job ended. */
  enum Outcome {
    /** With a value. */
    COMPLETED,
    /** Its future, or its call, threw. */
    FAILED,
    /** It was cancelled first. */
    CANCELLED
  }

  // ---- tasks

  /**
   * A task was accepted by the runtime. One that meets a shutdown on its way into a queue ends at
   * once as {@link Outcome#CANCELLED}.
   */
  default void taskSpawned(TaskInfo task) {}

  /** A poll of the task begins on the calling thread. */
  default void pollStarted(TaskInfo task) {}

  /** The poll that began last on the calling thread is over. */
  default void pollEnded(TaskInfo task) {}

  /**
   * The poll that is just ending gave way although there was more to do, because its {@linkplain
   * dev.pollux.core.Budget budget} was used up. The task is queued again.
   */
  default void budgetYielded(TaskInfo task) {}

  /**
   * Somebody asked for the first time that the task or the job be cancelled: the holder of its
   * handle, or the shutdown of the runtime. It may complete all the same.
   */
  default void cancelRequested(TaskInfo task) {}

  /**
   * The task has ended and will not be polled again. Who waits for it learns of that after this
   * call, in which it still counts as live: don't wait for it here.
   */
  default void taskEnded(TaskInfo task, Outcome outcome) {}

  // ---- blocking jobs

  /**
   * A call was handed to the blocking pool. One that the pool refuses, because its queue is full or
   * no thread could be had, ends at once as {@link Outcome#CANCELLED}.
   */
  default void jobQueued(TaskInfo job) {}

  /** The calling thread begins to run the job. */
  default void jobStarted(TaskInfo job) {}

  /**
   * The job has ended. Who waits for it learns of that after this call: don't wait for it here. One
   * that did not start was taken back by a cancel, or no thread could be had for it.
   */
  default void jobEnded(TaskInfo job, Outcome outcome) {}

  // ---- threads

  /**
   * The calling thread begins to run tasks: as a worker, which it stays for long, or by driving a
   * current-thread runtime, which it does in each {@code blockOn} and each tick.
   */
  default void threadStarted() {}

  /**
   * The calling thread no longer runs tasks. A thread that gave its worker to another, to block in
   * place, says so when the poll that blocked is over.
   */
  default void threadStopped() {}

  /** The calling thread has nothing to run and goes to sleep. */
  default void threadParked() {}

  /** The calling thread woke up. */
  default void threadUnparked() {}

  // ---- the watchdog

  /**
   * A poll lasts too long, and holds up whatever its thread should run. Told by the watchdog of the
   * runtime, if that was asked for: once the poll has lasted for the threshold, and again at ten
   * times that, at a hundred times and so on.
   *
   * @param task what is being polled. Its id is 0 if the task has ended in this poll already, and
   *     what holds the thread is what comes after it: the {@code close} of an output that nobody
   *     takes, a waker, or a listener
   * @param soFar how long the poll has been running, at least. The time in which the whole process
   *     stood still is not part of it
   * @param frames what the thread was doing: the newest frame first, down to the {@code poll} of
   *     the task's future; unmodifiable
   * @threading called on the thread of the watchdog; the poll goes on meanwhile
   */
  default void pollStuck(TaskInfo task, Duration soFar, List<StackTraceElement> frames) {}
}
