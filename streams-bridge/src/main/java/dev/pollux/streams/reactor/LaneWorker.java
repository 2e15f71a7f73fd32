package dev.pollux.streams.reactor;

import dev.pollux.streams.schedule.SerialQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;

/** A worker that shares its queue with others, and so disposes its jobs one by one. */
final class LaneWorker implements Scheduler.Worker, JobOwner, Scannable {

  private final Started started;
  private final SerialQueue lane;
  private final Disposable.Composite jobs = Disposables.composite();

  LaneWorker(Started started) {
    this.started = started;
    this.lane = started.chooseLane();
  }

  @Override
  public Disposable schedule(Runnable task) {
    return schedule(task, 0, -1);
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return schedule(task, unit.toNanos(delay), -1);
  }

  @Override
  public Disposable schedulePeriodically(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return schedule(task, unit.toNanos(initialDelay), Math.max(0, unit.toNanos(period)));
  }

  private Disposable schedule(Runnable task, long delayNanos, long periodNanos) {
    Runnable decorated = PolluxScheduler.decorated(task);
    ScheduledJob job = started.newJob(decorated, lane, periodNanos, this, null);
    if (!jobs.add(job)) {
      throw Exceptions.failWithRejected();
    }
    started.offer(job, lane, delayNanos);
    return job;
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
  public PolluxScheduler scheduler() {
    return started.scheduler();
  }

  @Override
  public Scannable shown() {
    return this;
  }

  @Override
  public void ended(ScheduledJob job) {
    boolean unused = jobs.remove(job); // not there any more if the worker was disposed
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    return started.scheduler().scanWorker(key, isDisposed(), jobs.size());
  }

  @Override
  public String toString() {
    return name();
  }
}
