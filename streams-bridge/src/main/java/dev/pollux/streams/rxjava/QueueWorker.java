package dev.pollux.streams.rxjava;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.streams.schedule.SerialQueue;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.concurrent.TimeUnit;

/**
 * A worker that has a queue to itself.
 *
 * @threading any thread
 */
final class QueueWorker extends Scheduler.Worker {

  private final PolluxRxScheduler scheduler;
  private final SerialQueue queue;

  /** Apart from the queue's being closed, which the end of the scheduler does as well. */
  private volatile boolean disposed;

  QueueWorker(PolluxRxScheduler scheduler, SerialQueue queue) {
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
    if (disposed) {
      return Disposable.disposed();
    }
    RxJob job = new RxJob(RxJavaPlugins.onSchedule(run), queue);
    try {
      if (scheduler.offer(queue, job, delay, unit)) {
        return job;
      }
    } catch (RuntimeException refused) {
      return scheduler.rejected(refused);
    }
    return disposed ? Disposable.disposed() : scheduler.rejected(null);
  }

  @Override
  public long now(TimeUnit unit) {
    return scheduler.now(unit);
  }

  @Override
  public void dispose() {
    disposed = true; // first: whoever is refused looks whether it was for that
    queue.close();
  }

  @Override
  public boolean isDisposed() {
    return disposed;
  }

  @Override
  public String toString() {
    return "Worker of " + scheduler + (disposed ? ", disposed" : "");
  }
}
