package dev.pollux.executor.blocking;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.InterruptibleJob;
import dev.pollux.executor.task.JobOwner;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Propagation;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs that block, in the order in which they were queued, on threads that come with the work
 * and leave without it.
 *
 * <p>A job goes to an idle thread, else to a new one while there are fewer than the maximum, else
 * into the queue, which may be bounded. A pool whose threads all wait for queued jobs is found out:
 * see {@link dev.pollux.executor.BlockingExhaustion}. The threads are {@link BlockingThreads}'
 * concern; here is what a job is to the runtime.
 *
 * @threading any thread
 */
public final class BlockingPool implements Blocking, JobOwner, Waits {

  private final Scheduler runtime;
  private final UncaughtFailureHandler handler;
  private final Supplier<@Nullable StackTraceElement> spawnSites;
  private final Runnable onIdle;
  private final LiveTasks jobs;
  private final BlockingThreads threads;

  /** Whether only the jobs of shielded tasks are taken. */
  private volatile boolean refusing;

  /** Jobs that are not over: the joiner of a job that left this count has been woken. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * Makes a pool without a thread yet.
   *
   * @param runtime where failures and outputs of jobs go that have no owner
   * @param options what the pool was built with
   * @param handler takes the reports of the pool itself, which are not the failure of a job
   * @param spawnSites captures the frame that queues a job, or answers null
   * @param onIdle called when no job is left, by the thread that ended or took back the last
   */
  public BlockingPool(
      Scheduler runtime,
      BlockingOptions options,
      UncaughtFailureHandler handler,
      Supplier<@Nullable StackTraceElement> spawnSites,
      Runnable onIdle) {
    this.runtime = runtime;
    this.handler = handler;
    this.spawnSites = spawnSites;
    this.onIdle = onIdle;
    this.jobs = new LiveTasks(this);
    this.threads = new BlockingThreads(runtime.runtimeName(), options, this::report);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(Callable<T> job) {
    requireNonNull(job, "job");
    return submit(new BlockingJob<>(capture(job), null, spawnSites.get(), this));
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
    requireNonNull(name, "name");
    requireNonNull(job, "job");
    return submit(new BlockingJob<>(capture(job), name, spawnSites.get(), this));
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(Callable<T> job) {
    requireNonNull(job, "job");
    return submit(new InterruptibleJob<>(capture(job), null, spawnSites.get(), this));
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(
      String name, Callable<T> job) {
    requireNonNull(name, "name");
    requireNonNull(job, "job");
    return submit(new InterruptibleJob<>(capture(job), name, spawnSites.get(), this));
  }

  private <T extends @Nullable Object> Callable<T> capture(Callable<T> job) {
    Propagation propagation = runtime.propagation();
    return propagation == null ? job : propagation.capture(job);
  }

  private <T extends @Nullable Object> JoinHandle<T> submit(BlockingJob<T> job) {
    if (runtime.isInSparedWork()) {
      job.spare();
    } else if (refusing) {
      throw BlockingThreads.closed(runtimeName());
    }
    jobs.register(job);
    inFlight.incrementAndGet();
    runtime.jobQueued(job);
    try {
      threads.submit(job);
    } catch (Throwable refused) {
      job.takeBack(); // so that it leaves the registry and the count
      throw refused;
    }
    return job;
  }

  @Override
  public void takenBack(BlockingJob<?> job) {
    threads.remove(job);
  }

  @Override
  public void over(BlockingJob<?> job) {
    if (inFlight.decrementAndGet() == 0) {
      onIdle.run();
    }
  }

  /** Whether the calling thread is one of those that run the jobs. */
  public boolean isOnItsThread() {
    return calling() != null;
  }

  private @Nullable BlockingThread calling() {
    BlockingThread current = BlockingThread.current();
    return current != null && current.pool == threads ? current : null;
  }

  /** Whether no job is queued or running, and every joiner of an ended one has been woken. */
  public boolean isIdle() {
    return inFlight.get() == 0;
  }

  /**
   * The threads of the pool, with or without a job: at most the maximum, but for those that make up
   * for others that wait.
   */
  public int threads() {
    return threads.count();
  }

  /** The threads that have no job and wait for one. */
  public int idleThreads() {
    return threads.idleCount();
  }

  /** The threads whose job waits for other jobs, or tasks, of the runtime. */
  public int waitingThreads() {
    return threads.waitingCount();
  }

  /** The jobs that wait for a thread. */
  public int queueDepth() {
    return threads.queueDepth();
  }

  /** Calls {@code action} with each job that has not ended. */
  public void forEachJob(Consumer<? super Task<?>> action) {
    jobs.forEach(action);
  }

  /**
   * As the beginning of {@link #shutdown}, but spares the jobs of shielded tasks: they run, and new
   * ones are taken.
   */
  public void refuse() {
    refusing = true;
    BlockingThread me = calling();
    jobs.forEach(
        job -> {
          if (!job.isSpared() && (me == null || job != me.job)) {
            job.requestCancel();
          }
        });
  }

  /**
   * Refuses new jobs, takes back those that have not begun, interrupts those that run and are
   * interruptible, and waits for all that run. A job that closes its pool is not interrupted by
   * that, and waits neither for itself nor for others that do the same. Idempotent; the threads of
   * jobs that are left end with them.
   *
   * @param patienceNanos how long to wait
   * @return the jobs that still run, of those that were waited for
   */
  public List<TaskInfo> shutdown(long patienceNanos) {
    BlockingThread me = calling();
    threads.close(me);
    jobs.forEach(
        job -> {
          if (me == null || job != me.job) {
            job.requestCancel();
          }
        });
    List<TaskInfo> left = new ArrayList<>();
    if (!threads.awaitOthers(me, patienceNanos)) {
      jobs.forEach(
          job -> {
            if (me == null || !threads.isCloser(job)) {
              left.add(job);
            }
          });
    }
    return left;
  }

  // ---- jobs that wait for other work of the runtime

  @Override
  public void joinParks(Task<?> job) {
    BlockingThread me = calling();
    if (me != null) {
      threads.beginWait(me, job, null);
    }
  }

  @Override
  public void joinUnparked(Task<?> job) {
    BlockingThread me = calling();
    if (me != null) {
      threads.endWait(me);
    }
  }

  /**
   * Hears that the calling thread is about to wait for a task of the runtime, in {@code blockOn} or
   * in a join. If it is one of the pool, another may have to take its place.
   *
   * @threading any thread; those of other pools are none of this one's business
   */
  @Override
  public void taskWaitBegins() {
    BlockingThread me = calling();
    if (me != null) {
      threads.beginWait(me, null, null);
    }
  }

  @Override
  public void callWaitBegins(Callable<?> call, BooleanSupplier isOver) {
    BlockingThread me = calling();
    if (me != null) {
      threads.beginWait(me, null, new BlockingThread.AwaitedCall(call, isOver));
    }
  }

  /** Hears that the wait of the calling thread is over, as begun by {@link #taskWaitBegins}. */
  public void taskWaitEnds() {
    waitEnds();
  }

  @Override
  public void waitEnds() {
    BlockingThread me = calling();
    if (me != null) {
      threads.endWait(me);
    }
  }

  // ---- what a job needs of its scheduler

  @Override
  public void schedule(Task<?> job) {
    throw new IllegalStateException("a blocking job is queued once: " + job);
  }

  @Override
  public AtomicLong pageNumbers() {
    return runtime.pageNumbers();
  }

  @Override
  public void cancelRequested(Task<?> job) {
    runtime.cancelRequested(job);
  }

  @Override
  public void jobStarted(BlockingJob<?> job) {
    runtime.jobStarted(job);
  }

  @Override
  public void ending(Task<?> job, Outcome outcome) {
    runtime.jobEnding((BlockingJob<?>) job, outcome);
  }

  @Override
  public void uncaught(TaskInfo job, Throwable failure) {
    runtime.uncaught(job, failure);
  }

  private void report(TaskInfo job, Throwable failure) {
    handler.uncaught(failure, TaskInfo.describe(job) + " of runtime \"" + runtimeName() + "\"");
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
