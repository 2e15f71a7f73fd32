package dev.pollux.executor.scheduler;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Poller;
import dev.pollux.spi.ContextThread;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run workers. There are as many as workers, and more while calls block in place:
 * each such call leaves its worker to another thread, and its own thread, when it is done, stands
 * by for the next one.
 *
 * @threading any thread
 */
final class WorkerThreads {

  private final String name;
  private final @Nullable ThreadFactory factory;
  private final int mostSpare;
  private final long keepAliveNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  /** Guarded by the lock. */
  private final Deque<Spare> spares = new ArrayDeque<>();

  private int threads;
  private int regular;
  private int numbers;
  private boolean closed;

  /**
   * Makes no thread yet.
   *
   * @param name of the runtime
   * @param factory makes the threads, or null for daemon threads
   * @param mostSpare how many there may be beyond those of the workers
   * @param keepAliveNanos how long a thread stands by
   */
  WorkerThreads(String name, @Nullable ThreadFactory factory, int mostSpare, long keepAliveNanos) {
    this.name = name;
    this.factory = factory;
    this.mostSpare = mostSpare;
    this.keepAliveNanos = keepAliveNanos;
  }

  /**
   * Makes the threads of the workers, and starts them when all are made.
   *
   * @throws IllegalStateException if the factory makes none
   */
  void start(List<Worker> workers) {
    List<NewThread> made = new ArrayList<>();
    for (Worker worker : workers) {
      made.add(new NewThread(worker));
    }
    regular = workers.size();
    for (NewThread thread : made) {
      thread.start();
    }
  }

  /**
   * Gives {@code worker}, which the calling thread owns, to another thread.
   *
   * @return false if there is none; the worker still belongs to the caller, and waits for it
   */
  boolean giveAway(Worker worker) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      Spare spare = spares.pollLast();
      if (spare != null) {
        worker.giveAway();
        spare.worker = worker;
        spare.changed.signal();
        return true;
      }
      if (threads >= regular + mostSpare) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    return giveToNewThread(worker);
  }

  private boolean giveToNewThread(Worker worker) {
    Poller mine = requireNonNull(worker.poller()); // the calling thread's
    NewThread thread;
    try {
      thread = new NewThread(worker);
    } catch (Throwable noThread) {
      return false;
    }
    worker.giveAway();
    try {
      thread.start();
      return true;
    } catch (Throwable noThread) { // then the call blocks the worker, which the sentinel knows
      worker.takeBack(mine);
      return false;
    }
  }

  private void runWorkers(Worker first) {
    try {
      @Nullable Worker worker = first;
      while (worker != null && worker.run()) {
        worker = standBy();
      }
    } finally {
      leave();
    }
  }

  /** Waits for a worker that another thread gives away. Returns null when the thread is to end. */
  private @Nullable Worker standBy() {
    Spare spare = new Spare(lock.newCondition());
    long left = keepAliveNanos;
    lock.lock();
    try {
      spares.addLast(spare);
      while (spare.worker == null && !closed && left > 0) {
        try {
          left = spare.changed.awaitNanos(left);
        } catch (InterruptedException ignored) {
          // somebody's interrupt of the call that blocked in place: it comes too late
        }
      }
      if (spare.worker == null) {
        spares.remove(spare);
      }
      return spare.worker;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      threads--;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many threads there are. */
  int count() {
    lock.lock();
    try {
      return threads;
    } finally {
      lock.unlock();
    }
  }

  /** Lets the threads go that stand by. No worker is given away from here on. */
  void close() {
    lock.lock();
    try {
      closed = true;
      spares.forEach(spare -> spare.changed.signal());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no thread is left.
   *
   * @param patienceNanos how long
   * @return false if the time was over first, or the calling thread was interrupted, which it still
   *     is
   */
  boolean awaitEnd(long patienceNanos) {
    long left = patienceNanos;
    lock.lock();
    try {
      while (threads > 0) {
        if (left <= 0) {
          return false;
        }
        left = ended.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** A thread that counts, and does nothing before {@link #start} has returned. */
  private final class NewThread {

    private final Worker first;
    private final Thread thread;

    /** A factory may have started its thread by itself, when the worker was not yet free. */
    private final CountDownLatch mayBegin = new CountDownLatch(1);

    /** Written before the latch is opened. */
    private boolean refused;

    NewThread(Worker first) {
      this.first = first;
      int number;
      lock.lock();
      try {
        number = ++numbers;
        threads++;
      } finally {
        lock.unlock();
      }
      @Nullable Thread made = null;
      try {
        made = make(name + "-worker-" + number);
      } finally {
        if (made == null) {
          leave();
        }
      }
      if (made == null) {
        throw new IllegalStateException(
            "the thread factory of runtime \"" + name + "\" made no thread");
      }
      this.thread = made;
    }

    private @Nullable Thread make(String threadName) {
      if (factory != null) {
        return factory.newThread(this::begin);
      }
      Thread daemon = new ContextThread(this::begin, threadName);
      daemon.setDaemon(true);
      return daemon;
    }

    void start() {
      try {
        thread.start();
      } catch (Throwable noThread) {
        refused = true;
        leave();
        throw noThread;
      } finally {
        mayBegin.countDown();
      }
    }

    private void begin() {
      boolean interrupted = false;
      while (true) {
        try {
          mayBegin.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (!refused) {
        runWorkers(first);
      }
    }
  }

  /** A thread that stands by. Guarded by the lock. */
  private static final class Spare {
    final Condition changed;
    @Nullable Worker worker;

    Spare(Condition changed) {
      this.changed = changed;
    }
  }
}
