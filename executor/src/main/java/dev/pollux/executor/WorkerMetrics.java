package dev.pollux.executor;

import java.time.Duration;

/**
 * What one worker of a runtime has counted: see {@link RuntimeMetrics}. A current-thread runtime
 * has one worker, which is whatever thread drives it.
 *
 * @param busyTime how long the worker was awake: polling, or looking for something to poll
 * @param polls polls of tasks
 * @param lifoPolls those of them whose task came from the LIFO slot
 * @param steals times that the worker took tasks from another
 * @param stolenTasks tasks that it took that way
 * @param injectedTasks tasks that it took from the queue that the workers share
 * @param overflows times that its queue was full, and half of it was moved
 * @param rescues times that it took tasks or timers over from a worker that was stuck in a poll
 * @param parks times that it went to sleep
 * @param idleWakes times that it woke and found nothing to do
 * @param budgetForcedYields times that a future gave way because its budget was used up; those of a
 *     poll that has given its worker away by {@code blockInPlace} are not counted from then on
 * @param queueDepth tasks in its own queues
 * @param timersPending timers in its wheel; one that was armed or disarmed by another thread may
 *     not be seen yet
 */
public record WorkerMetrics(
    Duration busyTime,
    long polls,
    long lifoPolls,
    long steals,
    long stolenTasks,
    long injectedTasks,
    long overflows,
    long rescues,
    long parks,
    long idleWakes,
    long budgetForcedYields,
    int queueDepth,
    int timersPending) {}
