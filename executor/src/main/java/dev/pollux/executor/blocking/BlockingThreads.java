package dev.pollux.executor.blocking;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.BlockingPoolExhaustedException;
import dev.pollux.executor.BlockingQueueFullException;
import dev.pollux.executor.blocking.BlockingThread.AwaitedCall;
import dev.pollux.executor.task.BlockingJob;
import dev.pollux.executor.task.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a blocking pool, and the queue that they empty.
 *
 * @threading any thread; user code (jobs, the thread factory, the handler) runs with no lock held
 */
final class BlockingThreads {
  /*
   * Invariants, all under `lock`
   *  I1  A job that nobody has begun or taken back is in `queue`, or is the `job` of exactly one thread, which will run it.
   *  I2  If a thread is idle, the queue is empty: a thread goes idle only when it finds no job, and a new job is handed to an
   *      idle thread, the one idle for the shortest time, before it is queued or a thread is started. The rest time out.
   *  I3  `threads` counts a thread from the decision to start it to the decision that it leaves. Each decision that takes the
   *      queue for empty, or a thread for coming, is made together with that count, so no job is left between two of them.
   *  I4  While a job is queued, some thread that is not in `waiting` will look at the queue (when its job is over, or when it
   *      has started); else the pool stands still, and whoever brought that about has it seen to: the thread that begins to
   *      wait, the one that queues a job, or the one that failed to start a thread.
   *
   * Standstill: all threads are in `waiting`, none of them for a job that is over (that one is about to wake up), and a job
   * is queued. If all wait for jobs of this pool it is proven: each such job is queued, or run by a thread that waits. If some
   * wait for tasks of the runtime it is only possible. (A wait for a call is one for the job that makes it, which is looked
   * for then: until it is queued, somebody else has the call.) The remedy is a thread beyond the maximum, or that a join throws: the
   * newest one of a queued job, or else (the threads join one another, and some other job is queued) the newest of all. If
   * that is not the calling thread's, its thread is unparked, and finds the standstill itself on its way back to sleep.
   *
   * A thread beyond the maximum leaves in place of taking a job, unless all the others wait.
   *
   * Threads are made and started outside the lock, by whoever needs one. If that fails the count is taken back, and with it
   * the trust of those who queued a job meanwhile: `rescue` makes up for that.
   */
  private final String runtime;
  private final BlockingOptions options;
  private final ThreadFactory factory;
  private final BiConsumer<TaskInfo, Throwable> report;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition threadLeft = lock.newCondition();

  /** The jobs that no thread has. */
  private final JobQueue queue = new JobQueue();

  /** The threads without a job, the newest first. */
  private final Deque<BlockingThread> idle = new ArrayDeque<>();

  /** The threads whose job blocks on other work of the runtime, the newest last. */
  private final Set<BlockingThread> waiting = new LinkedHashSet<>();

  /** The threads whose job closes the pool: they don't wait for one another. */
  private final List<BlockingThread> closers = new ArrayList<>();

  private int threads;
  private boolean closed;

  /**
   * Makes a pool without a thread yet.
   *
   * @param runtime the name of the runtime
   * @param options what the pool was built with
   * @param report takes failures that no handle has; never throws
   */
  BlockingThreads(String runtime, BlockingOptions options, BiConsumer<TaskInfo, Throwable> report) {
    this.runtime = runtime;
    this.options = options;
    this.report = report;
    String prefix = runtime + "-blocking-";
    ThreadFactory given = options.threadFactory();
    if (options.virtualThreads()) {
      this.factory = VirtualThreads.named(prefix);
    } else if (given != null) {
      this.factory = given;
    } else {
      this.factory = daemons(prefix);
    }
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return body -> {
      Thread thread = new Thread(body, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  // ---- taking jobs in

  static RuntimeShutdownException closed(String runtime) {
    return new RuntimeShutdownException(
        "runtime \"" + runtime + "\" was shut down and takes no blocking jobs");
  }

  /**
   * Hands {@code job} to a thread, or queues it.
   *
   * @throws RuntimeShutdownException if the pool was closed
   * @throws BlockingQueueFullException if the queue is full
   * @throws RejectedExecutionException if no thread could be started
   */
  void submit(BlockingJob<?> job) {
    BlockingThread starting = null;
    Standstill found = null;
    lock.lock();
    try {
      if (closed) {
        throw closed(runtime);
      }
      BlockingThread taker = idle.pollFirst();
      if (taker != null) {
        taker.job = job;
        taker.handedOver.signal();
        return;
      }
      if (threads < options.maxThreads()) {
        starting = reserve(job);
      } else if (queue.size() >= options.queueLimit()) {
        throw new BlockingQueueFullException(runtime, options.queueLimit(), threads);
      } else {
        queue.addLast(job);
        found = standstill();
        if (found != null && grows()) {
          starting = reserve(null);
        }
      }
    } finally {
      lock.unlock();
    }
    if (starting == null) {
      recheck(found);
      return;
    }
    Throwable failure = tryStart(starting);
    if (failure == null) {
      if (found != null && found.proven) {
        reportGrowth(found);
      }
      return;
    }
    boolean waits = starting.job == job || remove(job); // else another thread has taken it
    rescue();
    if (waits) {
      throw noThread(TaskInfo.describe(job), failure);
    }
  }

  /** Takes {@code job} out of the queue. Returns false if it was not in. */
  @CanIgnoreReturnValue
  boolean remove(BlockingJob<?> job) {
    lock.lock();
    try {
      return queue.remove(job);
    } finally {
      lock.unlock();
    }
  }

  // ---- starting threads

  /** Counts a thread that the caller is about to start, with a job or to look for one. */
  private BlockingThread reserve(@Nullable BlockingJob<?> job) {
    threads++;
    return new BlockingThread(this, lock.newCondition(), job);
  }

  /** Starts a thread that was reserved. Returns why not, in which case it no longer counts. */
  private @Nullable Throwable tryStart(BlockingThread starting) {
    Throwable failure;
    try {
      Thread thread = factory.newThread(starting);
      if (thread != null) {
        thread.start();
        return null;
      }
      failure = new IllegalStateException("its thread factory returned null");
    } catch (Throwable thrown) {
      failure = thrown;
    }
    lock.lock();
    try {
      if (starting.thread != null) {
        return null; // the factory had started it already
      }
      leave(starting);
      return failure;
    } finally {
      lock.unlock();
    }
  }

  private RejectedExecutionException noThread(String what, Throwable failure) {
    return new RejectedExecutionException(
        "runtime \"" + runtime + "\" could not start a thread for " + what + ": " + failure,
        failure);
  }

  /** After a thread that others counted on did not start: sees to what they queued. */
  private void rescue() {
    while (true) {
      BlockingThread starting = null;
      Standstill found = null;
      lock.lock();
      try {
        if (closed || queue.isEmpty()) {
          return;
        }
        if (threads == 0) {
          starting = reserve(null);
        } else {
          found = standstill();
        }
      } finally {
        lock.unlock();
      }
      if (starting == null) {
        recheck(found);
        return;
      }
      Throwable failure = tryStart(starting);
      if (failure == null) {
        return;
      }
      BlockingJob<?> stranded;
      lock.lock();
      try {
        stranded = threads == 0 ? queue.pollFirst() : null;
      } finally {
        lock.unlock();
      }
      if (stranded != null) {
        stranded.refuse(noThread(TaskInfo.describe(stranded), failure));
      }
    }
  }

  // ---- the life of a thread

  /** Notes that {@code me} runs. Returns false if whoever started it has given up on it. */
  boolean begin(BlockingThread me) {
    lock.lock();
    try {
      if (!me.left) {
        me.thread = Thread.currentThread();
      }
      return !me.left;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next job of {@code me}. Returns false if the thread must end. */
  boolean awaitJob(BlockingThread me) {
    lock.lock();
    try {
      boolean beyondMaximum = threads > options.maxThreads();
      boolean needed = !beyondMaximum || waiting.size() == threads - 1;
      if (!closed && needed) {
        me.job = queue.pollFirst();
      }
      if (me.job != null) {
        return true;
      }
      if (!closed && !beyondMaximum && !options.virtualThreads()) {
        idle.addFirst(me);
        awaitHandOver(me);
      }
      if (me.job == null) {
        leave(me);
      }
      return me.job != null;
    } finally {
      lock.unlock();
    }
  }

  private void awaitHandOver(BlockingThread me) {
    long start = System.nanoTime();
    while (me.job == null) {
      long left = options.keepAliveNanos() - (System.nanoTime() - start);
      if (closed || left <= 0) {
        idle.remove(me);
        return;
      }
      try {
        long unused = me.handedOver.awaitNanos(left);
      } catch (InterruptedException ignored) {
        // the thread is between two jobs: whom the interrupt was meant for, it came too late
      }
    }
  }

  private void leave(BlockingThread me) {
    if (!me.left) {
      me.left = true;
      threads--;
      waiting.remove(me);
      closers.remove(me);
      threadLeft.signalAll();
    }
  }

  /** Hears that a thread is at its end, also if by an error of the JVM in the midst of things. */
  void ended(BlockingThread me) {
    lock.lock();
    try {
      if (me.left) {
        return;
      }
      idle.remove(me);
      leave(me);
    } finally {
      lock.unlock();
    }
    rescue();
  }

  /** Passes on a failure that no handle has. */
  void report(TaskInfo job, Throwable failure) {
    report.accept(job, failure);
  }

  // ---- waiting for other work of the runtime

  /**
   * Hears that the job of {@code me} is about to wait.
   *
   * @param me the calling thread
   * @param joined what it waits for, if that is a job of this pool
   * @param awaited what it waits for, if that is a call which may be made by a job of this pool
   * @throws BlockingPoolExhaustedException if the wait can't end; the thread does not count as
   *     waiting
   */
  void beginWait(BlockingThread me, @Nullable Task<?> joined, @Nullable AwaitedCall awaited) {
    while (true) {
      Standstill found;
      BlockingThread starting = null;
      boolean beyondMaximum;
      lock.lock();
      try {
        me.joined = joined;
        me.awaited = awaited;
        waiting.add(me);
        found = standstill();
        beyondMaximum = threads >= options.maxThreads();
        if (found == null) {
          return;
        }
        if (!beyondMaximum || grows()) {
          starting = reserve(null);
        } else if (!found.proven) {
          return;
        }
      } finally {
        lock.unlock();
      }
      Throwable failure = starting == null ? null : tryStart(starting);
      if (starting == null || (failure != null && found.proven)) {
        if (found.waiter != me) {
          recheck(found);
          return;
        }
        endWait(me);
        BlockingPoolExhaustedException exhausted = exhausted(found, failure);
        report.accept(me.running(), exhausted);
        throw exhausted;
      }
      if (failure != null) {
        report.accept(me.running(), noThread("the jobs that are queued", failure));
        return; // the wait may end by itself
      }
      if (found.proven && beyondMaximum) {
        reportGrowth(found);
      }
      // Look again: the factory and the handler are user code, which may have spent the unpark of
      // one who found a standstill meanwhile.
    }
  }

  /** Hears that the job of {@code me} no longer waits. */
  void endWait(BlockingThread me) {
    lock.lock();
    try {
      waiting.remove(me);
      me.joined = null;
      me.awaited = null;
    } finally {
      lock.unlock();
    }
  }

  private boolean grows() {
    return options.exhaustion() == BlockingExhaustion.GROW;
  }

  /** A moment in which no thread is left for the queue, and the thread whose join should fail. */
  private record Standstill(
      BlockingThread waiter,
      TaskInfo waitingJob,
      @Nullable TaskInfo joined,
      boolean proven,
      int threads,
      int queued) {}

  private @Nullable Standstill standstill() {
    if (closed || queue.isEmpty() || waiting.size() < threads) {
      return null;
    }
    boolean proven = true;
    BlockingThread newest = null;
    BlockingThread joinsQueued = null;
    for (BlockingThread thread : waiting) {
      newest = thread;
      if (isOver(thread)) {
        return null;
      }
      Task<?> joined = waitsFor(thread);
      if (joined == null) {
        proven = false;
      } else if (joined instanceof BlockingJob<?> job && queue.contains(job)) {
        joinsQueued = thread;
      }
    }
    BlockingThread waiter = joinsQueued != null ? joinsQueued : newest;
    return waiter == null
        ? null
        : new Standstill(waiter, waiter.running(), waitsFor(waiter), proven, threads, queue.size());
  }

  private static boolean isOver(BlockingThread thread) {
    Task<?> joined = thread.joined;
    AwaitedCall awaited = thread.awaited;
    return joined != null
        ? joined.isFinished()
        : awaited != null && awaited.isOver().getAsBoolean();
  }

  /** The job that a thread waits for, while all of them wait; null if it may wait for a task. */
  private @Nullable Task<?> waitsFor(BlockingThread thread) {
    AwaitedCall awaited = thread.awaited;
    if (awaited == null) {
      return thread.joined;
    }
    for (BlockingThread other : waiting) {
      BlockingJob<?> running = other.job;
      if (running != null && running.calls(awaited.call())) {
        return running;
      }
    }
    return queue.find(awaited.call());
  }

  /** Has the join that should fail find a proven standstill itself. */
  private static void recheck(@Nullable Standstill found) {
    if (found != null && found.proven) {
      LockSupport.unpark(found.waiter.thread);
    }
  }

  private void reportGrowth(Standstill found) {
    report.accept(found.waitingJob, exhausted(found, null));
  }

  private BlockingPoolExhaustedException exhausted(Standstill found, @Nullable Throwable noThread) {
    return new BlockingPoolExhaustedException(
        runtime,
        found.waitingJob,
        requireNonNull(found.joined),
        found.threads,
        found.queued,
        noThread);
  }

  // ---- closing

  /**
   * Takes no more jobs, and lets every thread end that has none. Idempotent.
   *
   * @param me the calling thread, if it is one of the pool
   */
  void close(@Nullable BlockingThread me) {
    lock.lock();
    try {
      closed = true;
      for (BlockingThread thread : idle) {
        thread.handedOver.signal();
      }
      if (me != null && !closers.contains(me)) {
        closers.add(me);
        threadLeft.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no thread is left that the caller waits for; not cut short by an interrupt. A
   * thread of the pool waits for none that closes the pool as well, for that one may wait for it.
   *
   * @param me the calling thread, if it is one of the pool
   * @param patienceNanos how long to wait
   * @return whether that is so
   */
  boolean awaitOthers(@Nullable BlockingThread me, long patienceNanos) {
    boolean interrupted = false;
    long start = System.nanoTime();
    lock.lock();
    try {
      while (threads > (me == null ? 0 : closers.size())) {
        long left = patienceNanos - (System.nanoTime() - start);
        if (left <= 0) {
          return false;
        }
        try {
          long unused = threadLeft.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted =
              true; // closing is not given up half-way; the caller learns of it afterwards
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether {@code job} closes the pool. */
  boolean isCloser(Task<?> job) {
    lock.lock();
    try {
      for (BlockingThread closer : closers) {
        if (closer.job == job) {
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  // ---- questions

  /** The threads that run, have been started, or are idle. */
  int count() {
    lock.lock();
    try {
      return threads;
    } finally {
      lock.unlock();
    }
  }

  /** The threads without a job. */
  int idleCount() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** The threads that wait for other work of the runtime. */
  int waitingCount() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** The jobs that wait for a thread. */
  int queueDepth() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }
}
