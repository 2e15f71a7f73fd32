package dev.pollux.streams.schedule;

/**
 * Where the turns of serial queues are run: {@link WorkerTurns} or {@link BlockingTurns}.
 *
 * @threading any thread
 */
public sealed interface Turns permits WorkerTurns, BlockingTurns {

  /**
   * Has the jobs of {@code queue} run. Called once each time that it ceases to be idle.
   *
   * @throws java.util.concurrent.RejectedExecutionException if they won't be run
   */
  void begin(SerialQueue queue, LiveSet live);
}
