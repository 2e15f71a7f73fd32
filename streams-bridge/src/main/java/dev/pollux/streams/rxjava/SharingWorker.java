package dev.pollux.streams.rxjava;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.streams.schedule.SerialQueue;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.CompositeDisposable;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.concurrent.TimeUnit;

/**
 * A worker that shares its queue with others, and so knows its own jobs one by one.
 *
 * @threading any thread
 */
final class SharingWorker extends Scheduler.Worker {

  private final PolluxRxScheduler scheduler;
  private final SerialQueue queue;
  private final CompositeDisposable jobs = new CompositeDisposable();

  SharingWorker(PolluxRxScheduler scheduler, SerialQueue queue) {
    this.scheduler = scheduler;
    this.queue = queue;
  }

  @Override
  @CanIgnoreReturnValue
  public Disposable schedule(Runnable run) {
    return schedule(run, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  @CanIgnoreReturnValue
  public Disposable schedule(Runnable run, long delay, TimeUnit unit) {
    if (jobs.isDisposed()) {
      return Disposable.disposed();
    }
    SharedJob job = new SharedJob(RxJavaPlugins.onSchedule(run), queue, jobs);
    if (!jobs.add(job)) {
      return Disposable.disposed();
    }
    try {
      if (scheduler.offer(queue, job, delay, unit)) {
        return job;
      }
    } catch (RuntimeException refused) {
      return scheduler.rejected(refused);
    }
    return scheduler.rejected(null);
  }

  @Override
  public long now(TimeUnit unit) {
    return scheduler.now(unit);
  }

  @Override
  public void dispose() {
    jobs.dispose();
  }

  @Override
  public boolean isDisposed() {
    return jobs.isDisposed();
  }

  @Override
  public String toString() {
    return "Worker of " + scheduler + (isDisposed() ? ", disposed" : "");
  }

  /** A job that its worker knows until it is over. */
  private static final class SharedJob extends RxJob {
    private final CompositeDisposable jobs;

    SharedJob(Runnable body, SerialQueue queue, CompositeDisposable jobs) {
      super(body, queue);
      this.jobs = jobs;
    }

    @Override
    protected void onEnd() {
      boolean unused = jobs.delete(this);
    }
  }
}
