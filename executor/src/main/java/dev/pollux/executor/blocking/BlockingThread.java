package dev.pollux.executor.blocking;

import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.Task;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What one thread of a blocking pool runs: jobs, one after the other. */
final class BlockingThread implements Runnable {

  private static final ThreadLocal<BlockingThread> CURRENT = new ThreadLocal<>();

  /** The pool's threads, to which this one belongs. */
  final BlockingThreads pool;

  /** Signalled when an idle thread is handed a job, or the pool closes. */
  final Condition handedOver;

  /** The job to run or being run. Written by the thread, or under the lock while it has none. */
  @Nullable BlockingJob<?> job;

  /** What runs this. Guarded by the lock; null until it began. */
  @Nullable Thread thread;

  /** What the job waits for, if that is a job of this pool. Guarded by the lock. */
  @Nullable Task<?> joined;

  /**
   * The call that the job waits for, if one that may be made by a job of this pool. Guarded by the
   * lock.
   */
  @Nullable AwaitedCall awaited;

  /** Whether the thread no longer counts. Guarded by the lock. */
  boolean left;

  BlockingThread(BlockingThreads pool, Condition handedOver, @Nullable BlockingJob<?> firstJob) {
    this.pool = pool;
    this.handedOver = handedOver;
    this.job = firstJob;
  }

  /** What is waited for by who does not know the job, if there is one. */
  record AwaitedCall(Callable<?> call, BooleanSupplier isOver) {}

  /** The one that runs on the calling thread, if any does. */
  static @Nullable BlockingThread current() {
    return CURRENT.get();
  }

  @Override
  public void run() {
    if (!pool.begin(this)) {
      return;
    }
    CURRENT.set(this);
    try {
      // The job is in a field only: a local variable would keep it while the thread is idle.
      while (job != null || pool.awaitJob(this)) {
        runJob();
        job = null;
      }
    } finally {
      CURRENT.remove();
      pool.ended(this);
    }
  }

  private void runJob() {
    BlockingJob<?> current = job;
    if (current == null) {
      return;
    }
    Thread.interrupted(); // one that came while the thread was idle is nobody's
    try {
      current.run();
    } catch (Throwable failure) { // not of the job, which keeps its own: of what its end called
      pool.report(current, failure);
    }
    Thread.interrupted(); // a job's interrupt is not the next one's
  }

  /** What the thread does, for reports. */
  TaskInfo running() {
    BlockingJob<?> current = job;
    if (current == null) {
      throw new IllegalStateException("a thread without a job waits for one: " + thread);
    }
    return current;
  }
}
