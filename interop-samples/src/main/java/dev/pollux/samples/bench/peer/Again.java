package dev.pollux.samples.bench.peer;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A task that has itself executed again and again: the nearest to a yield where there is none. */
final class Again implements Runnable {

  private final Executor executor;
  private final int times;
  private final AtomicLong yields;
  private final Runnable over;
  private int done;

  /**
   * Makes the task.
   *
   * @param executor executes it
   * @param times how often it is executed again
   * @param yields takes that number at the end
   * @param over is run then
   */
  Again(Executor executor, int times, AtomicLong yields, Runnable over) {
    this.executor = executor;
    this.times = times;
    this.yields = yields;
    this.over = over;
  }

  @Override
  public void run() {
    if (done == times) {
      yields.addAndGet(done);
      over.run();
      return;
    }
    done++;
    executor.execute(this);
  }
}
