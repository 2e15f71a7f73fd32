package dev.pollux.streams.rxjava;

import dev.pollux.streams.schedule.SerialQueue;

/**
 * A job without a worker.
 *
 * @threading as {@link dev.pollux.streams.schedule.Job}
 */
final class DirectJob extends RxJob {

  private final long periodNanos;

  DirectJob(Runnable body, SerialQueue queue, long periodNanos) {
    super(body, queue);
    this.periodNanos = periodNanos;
  }

  @Override
  protected long periodNanos() {
    return periodNanos;
  }

  @Override
  protected boolean onFailure(Throwable failure) {
    dispose(); // whoever hears of the failure finds that the job is over
    return super.onFailure(failure);
  }
}
