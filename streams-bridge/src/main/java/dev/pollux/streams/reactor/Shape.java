package dev.pollux.streams.reactor;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.schedule.BlockingTurns;
import dev.pollux.streams.schedule.Turns;
import dev.pollux.streams.schedule.WorkerTurns;

/**
 * What a scheduler stands for.
 *
 * @param label how it names itself, such as {@code parallel(2,"pollux")}
 * @param capacity how many jobs run at a time, at most
 * @param lanes how many queues all workers share; 0 if each has one of its own
 * @param isOnPool whether its jobs run on the blocking pool
 * @param queuedTaskCap how many jobs may wait for each thread; {@link Integer#MAX_VALUE} for any
 *     number
 */
record Shape(String label, int capacity, int lanes, boolean isOnPool, int queuedTaskCap) {

  static Shape parallel(int parallelism, Origin origin, int workers) {
    if (parallelism <= 0) {
      throw new IllegalArgumentException("n > 0 required but it was " + parallelism);
    }
    boolean onPool = origin.mayBlock();
    // Fewer at a time than the runtime has workers: as with threads, some workers share one.
    int lanes = parallelism == 1 || (!onPool && parallelism < workers) ? parallelism : 0;
    String label = "parallel(" + parallelism + origin.quoted(",", "") + ")";
    return new Shape(label, parallelism, lanes, onPool, Integer.MAX_VALUE);
  }

  static Shape single(Origin origin) {
    String label = "single(" + origin.quoted("", "") + ")";
    return new Shape(label, 1, 1, origin.mayBlock(), Integer.MAX_VALUE);
  }

  static Shape boundedElastic(int threadCap, int queuedTaskCap, Origin origin, String more) {
    if (threadCap <= 0) {
      throw new IllegalArgumentException("threadCap must be strictly positive, was " + threadCap);
    }
    if (queuedTaskCap <= 0) {
      throw new IllegalArgumentException(
          "queuedTaskCap must be strictly positive, was " + queuedTaskCap);
    }
    String label =
        "boundedElastic("
            + origin.quoted("", ",")
            + "maxThreads="
            + threadCap
            + ",maxTaskQueuedPerThread="
            + (queuedTaskCap == Integer.MAX_VALUE ? "unbounded" : queuedTaskCap)
            + more
            + ")";
    return new Shape(label, threadCap, 0, true, queuedTaskCap);
  }

  Turns turns(PolluxRuntime runtime) {
    return isOnPool
        ? new BlockingTurns(runtime, runtime, label, capacity)
        : new WorkerTurns(runtime, label);
  }

  boolean limitsWaiting() {
    return queuedTaskCap != Integer.MAX_VALUE;
  }

  /** How many jobs may wait in all. */
  int mostWaiting() {
    return (int) Math.min(Integer.MAX_VALUE, (long) capacity * queuedTaskCap);
  }
}
