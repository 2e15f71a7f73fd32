package dev.pollux.streams.rxjava;

import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.internal.schedulers.SchedulerMultiWorkerSupport;

/**
 * A scheduler that can also be asked for several workers at a time. A class of its own, as it can't
 * be loaded where RxJava is a module: that hides the interface.
 *
 * @threading any thread
 */
final class MultiWorkerScheduler extends PolluxRxScheduler implements SchedulerMultiWorkerSupport {

  private MultiWorkerScheduler(PolluxRuntime runtime, Kind kind) {
    super(runtime, kind);
  }

  /**
   * Makes one. Not a constructor call at the caller: to verify that, the JVM would load this class.
   *
   * @throws IllegalAccessError where RxJava hides the interface
   */
  static PolluxRxScheduler make(PolluxRuntime runtime, Kind kind) {
    return new MultiWorkerScheduler(runtime, kind);
  }

  @Override
  public void createWorkers(int number, WorkerCallback callback) {
    if (number <= 0) {
      throw new IllegalArgumentException("number > 0 required but it was " + number);
    }
    for (int i = 0; i < number; i++) {
      callback.onWorker(i, createWorker()); // each has a queue: none waits for another
    }
  }
}
