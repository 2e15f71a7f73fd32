package dev.pollux.executor;

/**
 * What a runtime has counted since it was built. The parts are read one after the other while the
 * runtime goes on, so they fit together only roughly; each for itself is exact, and a moment late.
 *
 * @param workers the number of workers
 * @param liveTasks tasks that have not ended
 * @param polls polls of tasks
 * @param lifoPolls those of them whose task came from the LIFO slot of its worker
 * @param steals times that a worker took tasks from another
 * @param stolenTasks tasks that were taken that way
 * @param injectedTasks tasks that a worker took from the queue that the workers share
 * @param overflows times that the queue of a worker was full, and half of it was moved
 * @param rescues times that tasks or timers were taken over from a worker that was stuck in a poll
 * @param parks times that a worker went to sleep
 * @param idleWakes times that a sleeping worker woke and found nothing to do
 * @param unparks times that a sleeping worker was woken by another thread
 * @param injectQueueDepth tasks in the queue that the workers share
 * @param workerThreads threads that run workers or stand by for it
 * @param blockingThreads threads of the blocking pool
 * @param idleBlockingThreads those of them that wait for a job
 * @param blockingQueueDepth blocking jobs that wait for a thread
 */
public record RuntimeMetrics(
    int workers,
    int liveTasks,
    long polls,
    long lifoPolls,
    long steals,
    long stolenTasks,
    long injectedTasks,
    long overflows,
    long rescues,
    long parks,
    long idleWakes,
    long unparks,
    int injectQueueDepth,
    int workerThreads,
    int blockingThreads,
    int idleBlockingThreads,
    int blockingQueueDepth) {}
