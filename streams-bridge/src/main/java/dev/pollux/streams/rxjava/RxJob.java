package dev.pollux.streams.rxjava;

import dev.pollux.streams.schedule.Job;
import dev.pollux.streams.schedule.SerialQueue;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;

/**
 * A job of a worker: what that answers.
 *
 * @threading as {@link Job}
 */
class RxJob extends Job implements Disposable {

  RxJob(Runnable body, SerialQueue queue) {
    super(body, queue);
  }

  @Override
  protected long periodNanos() {
    return -1;
  }

  @Override
  protected boolean onFailure(Throwable failure) {
    RxJavaPlugins.onError(failure);
    return false;
  }
}
