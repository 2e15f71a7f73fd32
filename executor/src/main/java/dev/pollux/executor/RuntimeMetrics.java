package dev.pollux.executor;

import java.time.Duration;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * What a runtime has counted since it was built. Counting is always on; it takes one or two
 * nanoseconds of a poll.
 *
 * <p>The parts are read one after the other while the runtime goes on, so they fit together only
 * roughly, each a moment late; once the runtime is idle, {@code spawnedTasks} is the sum of {@code
 * liveTasks} and those that ended. A task is counted as ended, and no longer as live, before who
 * joins it can see its end. How long polls take, and how long tasks are queued, is measured for
 * some of them only if they are short: chosen at random, so that the shares are right.
 *
 * @param spawnedTasks tasks that were accepted, those of {@code blockOn} included
 * @param completedTasks tasks that ended with a value
 * @param failedTasks tasks that ended with a failure
 * @param cancelledTasks tasks that were cancelled
 * @param liveTasks tasks that have not ended
 * @param unparks times that a sleeping worker was woken by another thread
 * @param injectQueueDepth tasks in the queue that the workers share
 * @param workerThreads threads that run workers or stand by for it
 * @param blockingThreads threads of the blocking pool
 * @param idleBlockingThreads those of them that wait for a job
 * @param blockingQueueDepth blocking jobs that wait for a thread
 * @param pollTimes how long polls took; one that was measured counts for those since the one before
 * @param scheduleLatencies how long tasks were queued from their spawn or wake to their poll: one
 *     each for those that were measured; tasks pinned to a worker never are
 * @param perWorker what each worker has counted
 */
public record RuntimeMetrics(
    long spawnedTasks,
    long completedTasks,
    long failedTasks,
    long cancelledTasks,
    int liveTasks,
    long unparks,
    int injectQueueDepth,
    int workerThreads,
    int blockingThreads,
    int idleBlockingThreads,
    int blockingQueueDepth,
    DurationHistogram pollTimes,
    DurationHistogram scheduleLatencies,
    List<WorkerMetrics> perWorker) {

  /** Makes a snapshot. */
  public RuntimeMetrics {
    perWorker = List.copyOf(perWorker);
  }

  /** The number of workers. */
  public int workers() {
    return perWorker.size();
  }

  /** How long the workers were awake, added up. */
  public Duration busyTime() {
    return Duration.ofNanos(sum(worker -> worker.busyTime().toNanos()));
  }

  /** Polls of tasks. */
  public long polls() {
    return sum(WorkerMetrics::polls);
  }

  /** Those of the polls whose task came from the LIFO slot of its worker. */
  public long lifoPolls() {
    return sum(WorkerMetrics::lifoPolls);
  }

  /** Times that a worker took tasks from another. */
  public long steals() {
    return sum(WorkerMetrics::steals);
  }

  /** Tasks that were taken that way. */
  public long stolenTasks() {
    return sum(WorkerMetrics::stolenTasks);
  }

  /** Tasks that a worker took from the queue that the workers share. */
  public long injectedTasks() {
    return sum(WorkerMetrics::injectedTasks);
  }

  /** Times that the queue of a worker was full, and half of it was moved. */
  public long overflows() {
    return sum(WorkerMetrics::overflows);
  }

  /** Times that tasks or timers were taken over from a worker that was stuck in a poll. */
  public long rescues() {
    return sum(WorkerMetrics::rescues);
  }

  /** Times that a worker went to sleep. */
  public long parks() {
    return sum(WorkerMetrics::parks);
  }

  /** Times that a sleeping worker woke and found nothing to do. */
  public long idleWakes() {
    return sum(WorkerMetrics::idleWakes);
  }

  /** Times that a future gave way because its budget was used up. */
  public long budgetForcedYields() {
    return sum(WorkerMetrics::budgetForcedYields);
  }

  /** Tasks in the workers' own queues. */
  public int localQueueDepth() {
    return count(WorkerMetrics::queueDepth);
  }

  /** Timers in the wheels of the workers. */
  public int timersPending() {
    return count(WorkerMetrics::timersPending);
  }

  private long sum(ToLongFunction<WorkerMetrics> part) {
    return perWorker.stream().mapToLong(part).sum();
  }

  private int count(ToIntFunction<WorkerMetrics> part) {
    return perWorker.stream().mapToInt(part).sum();
  }
}
