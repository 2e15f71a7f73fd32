package dev.pollux.executor;

/**
 * The metrics and the dump of a runtime, for JConsole, {@code jcmd} and monitoring agents.
 * Registered by {@link RuntimeBuilder#mxBean} as {@code
 * dev.pollux:type=PolluxRuntime,name="<name>"}, until the runtime is closed.
 *
 * <p>Each attribute is a part of {@link RuntimeMetrics}, which says more of it. Durations are in
 * nanoseconds.
 *
 * @threading any thread
 */
public interface PolluxRuntimeMXBean {

  /** The name of the runtime. */
  String getName();

  /**
   * What live tasks and blocking jobs are doing and waiting for, as text: {@link
   * PolluxRuntime#dump(int)}.
   *
   * @param mostTasks how many are described at most, at least 1
   */
  String dump(int mostTasks);

  /** The number of workers. */
  int getWorkers();

  /** Tasks that have not ended. */
  int getLiveTasks();

  /** Tasks in the queue that the workers share. */
  int getInjectQueueDepth();

  /** Tasks in the workers' own queues. */
  int getLocalQueueDepth();

  /** Timers that are armed. */
  int getTimersPending();

  /** Threads that run workers or stand by for it. */
  int getWorkerThreads();

  /** Threads of the blocking pool. */
  int getBlockingThreads();

  /** Those of them that wait for a job. */
  int getIdleBlockingThreads();

  /** Blocking jobs that wait for a thread. */
  int getBlockingQueueDepth();

  /** Tasks that were accepted. */
  long getSpawnedTasks();

  /** Tasks that ended with a value. */
  long getCompletedTasks();

  /** Tasks that ended with a failure. */
  long getFailedTasks();

  /** Tasks that were cancelled. */
  long getCancelledTasks();

  /** Polls of tasks. */
  long getPolls();

  /** Polls whose task came from the LIFO slot of its worker. */
  long getLifoPolls();

  /** Times that a worker took tasks from another. */
  long getSteals();

  /** Tasks that were taken that way. */
  long getStolenTasks();

  /** Tasks that a worker took from the queue that the workers share. */
  long getInjectedTasks();

  /** Times that the queue of a worker was full. */
  long getOverflows();

  /** Times that something was taken over from a worker that was stuck. */
  long getRescues();

  /** Times that a worker went to sleep. */
  long getParks();

  /** Times that a worker woke and found nothing to do. */
  long getIdleWakes();

  /** Times that a sleeping worker was woken by another thread. */
  long getUnparks();

  /** Times that a future gave way because its budget was used up. */
  long getBudgetForcedYields();

  /** How long the workers were awake, added up. */
  long getBusyTimeNanos();

  /** The median of how long polls take. */
  long getPollTimeP50Nanos();

  /** What 99 of 100 do not exceed, of how long polls take. */
  long getPollTimeP99Nanos();

  /** The most that was measured of how long polls take. */
  long getPollTimeMaxNanos();

  /**
   * The whole histogram of how long polls take: from, to and count of each bucket that is not
   * empty.
   */
  long[][] getPollTimeBuckets();

  /** The median of how long tasks are queued before a poll. */
  long getScheduleLatencyP50Nanos();

  /** What 99 of 100 do not exceed, of how long tasks are queued before a poll. */
  long getScheduleLatencyP99Nanos();

  /** The most that was measured of how long tasks are queued before a poll. */
  long getScheduleLatencyMaxNanos();

  /**
   * The whole histogram of how long tasks are queued before a poll: from, to and count of each
   * bucket that is not empty.
   */
  long[][] getScheduleLatencyBuckets();
}
