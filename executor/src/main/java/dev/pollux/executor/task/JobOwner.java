package dev.pollux.executor.task;

/**
 * What a blocking job needs of the pool that queued it, beyond what every task needs.
 *
 * @threading any thread, with no lock held
 */
public interface JobOwner extends Scheduler {

  /**
   * Hears that {@code job} was taken back: no thread will run it, and it must leave the queue.
   * Called once, before its joiner is woken.
   */
  void takenBack(BlockingJob<?> job);

  /**
   * Hears that {@code job} is over: it ran or was taken back, and its joiner was woken. Called once
   * for each job, by whoever had its turn.
   */
  void over(BlockingJob<?> job);
}
