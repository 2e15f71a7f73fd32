package dev.pollux.streams.rxjava;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import java.util.concurrent.TimeUnit;

/**
 * A worker of a scheduler that was shut down.
 *
 * @threading any thread
 */
final class DisposedWorker extends Scheduler.Worker {

  private final PolluxRxScheduler scheduler;

  DisposedWorker(PolluxRxScheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  @CanIgnoreReturnValue
  public Disposable schedule(Runnable run, long delay, TimeUnit unit) {
    return Disposable.disposed();
  }

  @Override
  public long now(TimeUnit unit) {
    return scheduler.now(unit);
  }

  @Override
  public void dispose() {
    // it is
  }

  @Override
  public boolean isDisposed() {
    return true;
  }

  @Override
  public String toString() {
    return "Worker of " + scheduler + ", disposed";
  }
}
