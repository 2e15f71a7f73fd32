package dev.pollux.streams.reactor;

import dev.pollux.streams.schedule.SerialQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;

/** A worker with a queue of its own: to dispose it is to close the queue. */
final class QueueWorker implements Scheduler.Worker, JobOwner, Scannable {

  private final Started started;
  private final SerialQueue queue;
  private final Place.@Nullable Room room;
  private final AtomicInteger jobs = new AtomicInteger();
  private volatile boolean disposed;

  QueueWorker(Started started) {
    this.started = started;
    this.queue = started.newQueue();
    this.room = started.newRoom();
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
    if (disposed) {
      throw Exceptions.failWithRejected();
    }
    ScheduledJob job = started.newJob(decorated, queue, periodNanos, this, room);
    jobs.incrementAndGet();
    try {
      started.offer(job, queue, delayNanos);
    } catch (RejectedExecutionException refused) {
      throw disposed ? Exceptions.failWithRejected() : refused;
    }
    return job;
  }

  @Override
  public void dispose() {
    disposed = true;
    queue.close();
  }

  @Override
  public boolean isDisposed() {
    return disposed;
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
    jobs.decrementAndGet();
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    return started.scheduler().scanWorker(key, disposed, disposed ? 0 : jobs.get());
  }

  @Override
  public String toString() {
    return name();
  }
}
