package dev.pollux.executor.task;

import dev.pollux.core.Discard;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a task needs of whatever runs it. */
public interface Scheduler {

  /**
   * Queues a task that owes a poll. Never throws; a task that comes after shutdown is over is
   * ignored.
   *
   * @threading any thread
   */
  void schedule(Task<?> task);

  /**
   * As {@link #schedule}, but says whether the task was taken.
   *
   * @return false if the runtime has stopped: then the end of the task is up to the caller
   */
  default boolean trySchedule(Task<?> task) {
    schedule(task);
    return true;
  }

  /**
   * As {@link #schedule}, for a task that waited for another to end. It goes behind the others:
   * next in turn, it would alternate with each of those that it waits for, on one thread.
   *
   * @threading any thread
   */
  default void scheduleJoiner(Task<?> task) {
    schedule(task);
  }

  /** Numbers the pages of all registries of one runtime, and with them its tasks. */
  default AtomicLong pageNumbers() {
    return new AtomicLong();
  }

  /**
   * About the time of {@link System#nanoTime()}, for the age of tasks; cheaper where that matters.
   */
  default long roughNanoTime() {
    return System.nanoTime();
  }

  /** Hears that a task is about to be complete: another may take its place. Never throws. */
  default void makeRoom() {}

  /**
   * Whether the calling thread runs work that a shutdown spares: then it spares what that work
   * spawns as well.
   */
  default boolean isInSparedWork() {
    return false;
  }

  /** Gives what is spawned the context of whoever spawns it; null if nothing does. */
  default @Nullable Propagation propagation() {
    return null;
  }

  /**
   * Hears that a task is about to end, on the thread that has its last turn. Nobody can see that
   * end yet: the task is not complete, and in the registry. Never throws.
   */
  void ending(Task<?> task, Outcome outcome);

  /**
   * Hears that a task {@linkplain Task#shield shielded} is complete, and out of the registry. Never
   * throws.
   */
  default void shieldEnded() {}

  /** Hears that the first request to cancel {@code task} has come. Never throws. */
  default void cancelRequested(Task<?> task) {}

  /** Hears that {@code job} is about to be handed to a thread, or queued. Never throws. */
  default void jobQueued(BlockingJob<?> job) {}

  /** Hears that the calling thread begins to run {@code job}. Never throws. */
  default void jobStarted(BlockingJob<?> job) {}

  /** Hears that {@code job} is about to end, as {@link #ending} does of a task. Never throws. */
  default void jobEnding(BlockingJob<?> job, Outcome outcome) {}

  /**
   * Hears that the calling thread is about to sleep in a join of {@code task}, before each sleep.
   * What it throws ends the join; the task and its handle stay as they are.
   *
   * @threading the joiner, with no lock held
   */
  default void joinParks(Task<?> task) {}

  /** Hears that the calling thread slept, once for each {@link #joinParks} that returned. */
  default void joinUnparked(Task<?> task) {}

  /** Takes a failure of {@code task} that nobody will join. Never throws. */
  void uncaught(TaskInfo task, Throwable failure);

  /** Where outputs go that nobody takes. */
  Discard discard();

  /** The name of the runtime, for messages. */
  String runtimeName();
}
