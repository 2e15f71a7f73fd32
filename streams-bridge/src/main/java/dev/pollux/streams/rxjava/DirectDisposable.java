package dev.pollux.streams.rxjava;

import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.schedulers.SchedulerRunnableIntrospection;

/**
 * What a scheduler answers for a job without a worker. It is not the job itself, so that it can
 * show the runnable for ever, and the scheduler lets go of it when the job is over.
 *
 * @threading any thread
 */
final class DirectDisposable implements Disposable, SchedulerRunnableIntrospection {

  private final DirectJob job;
  private final Runnable runnable;

  DirectDisposable(DirectJob job, Runnable runnable) {
    this.job = job;
    this.runnable = runnable;
  }

  @Override
  public void dispose() {
    job.dispose();
  }

  @Override
  public boolean isDisposed() {
    return job.isDisposed();
  }

  @Override
  public Runnable getWrappedRunnable() {
    return runnable;
  }

  @Override
  public String toString() {
    return job.toString();
  }
}
