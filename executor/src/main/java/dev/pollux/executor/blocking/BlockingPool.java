package dev.pollux.executor.blocking;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs that block on one daemon thread, started by the first job and gone after ten idle
 * seconds. It never keeps a process alive.
 *
 * @threading any thread
 */
public final class BlockingPool implements Blocking, Scheduler {

  private static final long KEEP_ALIVE_SECONDS = 10;

  private final Scheduler runtime;
  private final Supplier<@Nullable StackTraceElement> spawnSites;
  private final Runnable onIdle;
  private final LiveTasks jobs = new LiveTasks(this);
  private final ThreadPoolExecutor threads;

  /**
   * Jobs whose thread is not done with them: the joiner of a job that left this count has been
   * woken.
   */
  private final AtomicInteger inFlight = new AtomicInteger();

  /** The thread, while it runs a job. */
  private volatile @Nullable Thread running;

  /**
   * Makes a pool without a thread yet.
   *
   * @param runtime where failures and outputs without an owner go
   * @param spawnSites captures the frame that queues a job, or answers null
   * @param onIdle called by the pool's thread when no job is left
   */
  public BlockingPool(
      Scheduler runtime, Supplier<@Nullable StackTraceElement> spawnSites, Runnable onIdle) {
    this.runtime = runtime;
    this.spawnSites = spawnSites;
    this.onIdle = onIdle;
    this.threads =
        new ThreadPoolExecutor(
            1,
            1,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            body -> {
              Thread thread = new Thread(body, runtime.runtimeName() + "-blocking");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(Callable<T> job) {
    return submit(null, job);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
    return submit(requireNonNull(name, "name"), job);
  }

  private <T extends @Nullable Object> JoinHandle<T> submit(
      @Nullable String name, Callable<T> callable) {
    BlockingJob<T> job = new BlockingJob<>(requireNonNull(callable, "job"), name, spawnSites.get());
    jobs.register(job);
    inFlight.incrementAndGet();
    try {
      threads.execute(() -> runOn(job));
    } catch (RejectedExecutionException closed) {
      job.requestCancel();
      leave();
      throw new RuntimeShutdownException(
          "runtime \"" + runtimeName() + "\" was shut down and takes no blocking jobs");
    } catch (Throwable noThread) {
      job.requestCancel();
      leave();
      throw noThread;
    }
    return job;
  }

  private void runOn(BlockingJob<?> job) {
    running = Thread.currentThread();
    try {
      job.run();
      Thread.interrupted(); // a job's interrupt is not the next one's
    } finally {
      running = null;
      leave();
    }
  }

  private void leave() {
    if (inFlight.decrementAndGet() == 0) {
      onIdle.run();
    }
  }

  /** Whether the calling thread is the one that runs the jobs. */
  public boolean isOnItsThread() {
    return running == Thread.currentThread();
  }

  /** Whether no job is queued or running, and every joiner of an ended one has been woken. */
  public boolean isIdle() {
    return inFlight.get() == 0;
  }

  /**
   * Takes back the jobs that have not begun, and waits for the one that has, unless it is itself
   * the caller.
   *
   * @param patienceNanos how long to wait
   * @return the jobs that still run, without that of the caller
   */
  public List<TaskInfo> shutdown(long patienceNanos) {
    threads.shutdown();
    jobs.forEach(Task::requestCancel);
    List<TaskInfo> left = new ArrayList<>();
    if (running != Thread.currentThread() && !awaitThreads(System.nanoTime() + patienceNanos)) {
      jobs.forEach(left::add);
    }
    return left;
  }

  private boolean awaitThreads(long deadline) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return threads.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted =
              true; // closing is not given up half-way; the caller learns of it afterwards
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- what a job needs of its scheduler

  @Override
  public void schedule(Task<?> job) {
    throw new IllegalStateException("a blocking job is queued once: " + job);
  }

  @Override
  public void ended(Task<?> job, Outcome outcome) {}

  @Override
  public void uncaught(TaskInfo job, Throwable failure) {
    runtime.uncaught(job, failure);
  }

  @Override
  public Discard discard() {
    return runtime.discard();
  }

  @Override
  public String runtimeName() {
    return runtime.runtimeName();
  }
}
