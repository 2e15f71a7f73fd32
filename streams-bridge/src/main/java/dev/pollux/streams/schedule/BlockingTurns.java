package dev.pollux.streams.schedule;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Jobs run on threads that may block, so many at a time. A queue that waits for its time holds no
 * thread, only a task; one that has something to do while all threads are taken waits in line, and
 * goes to the end of it after {@value #JOBS_PER_TURN} jobs.
 */
public final class BlockingTurns implements Turns {
  /*
   * Drains stand in line, and pool jobs take them from there. The lock is held for a few stores, never while something is
   * called.
   *
   *  taken    pool jobs that were spawned and have not ended, at most `most`
   *  waking   those of them that have not begun, at most 1
   *
   * To wake a thread costs more than most jobs. So while one is being woken no other is; it takes the first in line, and
   * if somebody stands behind that, wakes the next before it goes to work. A thread that is done with a turn takes
   * whoever is first then, and ends if nobody is.
   *
   * Invariant: while somebody stands in line, a pool job is waking, or `most` are taken, or the pool has refused one and
   * others are at work; in each case a thread will come by. Whoever adds to the line, or takes from it, looks whether it
   * has to wake. Who stands in line when the pool refuses a thread, or takes it back, and none is at work, is given up.
   */
  static final int JOBS_PER_TURN = 256;

  /** To look at a handle takes none. */
  private static final Services NO_SERVICES = new Services() {};

  private final Spawner spawner;
  private final Blocking pool;
  private final String name;
  private final int most;

  // ---- guarded by this

  private final ArrayDeque<BlockingDrain> line = new ArrayDeque<>();
  private int taken;
  private int waking;

  /**
   * Makes the turns of pool jobs.
   *
   * @param spawner where tasks are spawned that wait for the time of a job
   * @param pool where jobs run
   * @param name the name of tasks and pool jobs
   * @param most how many threads may be taken at a time, at least 1
   */
  public BlockingTurns(Spawner spawner, Blocking pool, String name, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("most must be at least 1, was " + most);
    }
    this.spawner = requireNonNull(spawner, "spawner");
    this.pool = requireNonNull(pool, "pool");
    this.name = requireNonNull(name, "name");
    this.most = most;
  }

  @Override
  public void begin(SerialQueue queue, LiveSet live) {
    BlockingDrain drain = new BlockingDrain(queue, this);
    drain.enter(live);
    try {
      enqueue(drain);
    } catch (Throwable refused) {
      drain.leave();
      throw refused;
    }
  }

  /** Has {@code drain} get a turn. */
  void enqueue(BlockingDrain drain) {
    synchronized (this) {
      line.add(drain);
      if (!reservesThread()) {
        return;
      }
    }
    try {
      new PoolJob().spawn();
    } catch (Throwable refused) {
      List<BlockingDrain> stranded = giveBack();
      boolean isMine = stranded.remove(drain);
      stranded.forEach(BlockingDrain::giveUp); // they had relied on this thread
      if (isMine) {
        throw refused;
      }
    }
  }

  /** Whether a thread is to be woken, which is accounted for then. Under the lock. */
  private boolean reservesThread() {
    if (line.isEmpty() || waking > 0 || taken == most) {
      return false;
    }
    taken++;
    waking++;
    return true;
  }

  /** Accounts for a thread that can't be had. Takes out of the line who would get no other. */
  private synchronized List<BlockingDrain> giveBack() {
    taken--;
    waking--;
    if (taken > 0) {
      return new ArrayList<>(); // a thread that is at work will take them
    }
    List<BlockingDrain> stranded = new ArrayList<>(line);
    line.clear();
    return stranded;
  }

  private void work() {
    for (boolean begins = true; ; begins = false) {
      BlockingDrain drain;
      boolean wakes;
      synchronized (this) {
        if (begins) {
          waking--;
        }
        drain = line.poll();
        if (drain == null) {
          taken--;
          return;
        }
        wakes = reservesThread();
      }
      if (wakes) {
        wakeAnother();
      }
      try {
        drain.turn();
      } catch (Throwable failure) { // no memory, say: the thread goes on with others
        Discard.closing().uncaught(failure, "a scheduler on the blocking pool");
        drain.end();
      }
    }
  }

  private void wakeAnother() {
    try {
      new PoolJob().spawn();
    } catch (Throwable refused) {
      List<BlockingDrain> none = giveBack(); // this thread is at work
      assert none.isEmpty() : none;
    }
  }

  /** How many pool jobs are queued or running. */
  public synchronized int taken() {
    return taken;
  }

  synchronized boolean hasLine() {
    return !line.isEmpty();
  }

  /** To the end of the line, by one that has a turn: others stand there. */
  synchronized void stepBack(BlockingDrain drain) {
    line.add(drain);
  }

  /** Has the task wait that will {@link #enqueue} the drain at its time, or when it is woken. */
  void await(BlockingDrain drain) {
    Alarm alarm = new Alarm(drain, this);
    alarm.spawnedBy(() -> spawner.spawn(name, alarm).detach());
  }

  /**
   * Whether a refusal is for now only, so that a queue may go on without what was to be run. Tells
   * of those that the end of the runtime does not explain.
   */
  static boolean isFull(Throwable refusal) {
    if (refusal instanceof RuntimeShutdownException) {
      return false;
    }
    Discard.closing().uncaught(refusal, "a scheduler on the blocking pool");
    return refusal instanceof RejectedExecutionException;
  }

  /**
   * A job of the pool. One that the pool takes back before it has begun, as it does at the end of
   * the runtime, or when no thread can be had, hears of it as who waits for its handle.
   */
  private final class PoolJob extends AtomicBoolean implements Callable<@Nullable Void>, Waker {

    private static final long serialVersionUID = 1L;

    // Set by its run, or by the wake-up of one that won't run.

    void spawn() {
      JoinHandle<@Nullable Void> handle = pool.spawnBlocking(name, this);
      try {
        if (new Poller(NO_SERVICES, 0, false).poll(handle, this).isPending()) {
          return;
        }
      } catch (Exception takenBack) {
        // a run does not throw
      }
      wake();
    }

    @Override
    public @Nullable Void call() {
      if (compareAndSet(false, true)) {
        work();
      }
      return null;
    }

    /** The job is over. */
    @Override
    public void wake() {
      if (compareAndSet(false, true)) {
        giveBack().forEach(BlockingDrain::giveUp);
      }
    }
  }
}
