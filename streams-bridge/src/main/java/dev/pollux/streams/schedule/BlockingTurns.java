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
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Jobs run on threads that may block, so many at a time. A queue that waits for its time holds no
 * thread, only a task; one that has something to do while all threads are taken waits in line, and
 * goes to the end of it after {@value #JOBS_PER_TURN} jobs.
 */
public final class BlockingTurns implements Turns {
  /*
   * The lock is held for a few stores, never while something is called. `taken` is the number of pool jobs that are
   * queued or running; each takes the next queue in line when it is done with one, and ends when there is none. So if
   * somebody stands in line, `taken` is `most`.
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
      if (taken == most) {
        line.add(drain);
        return;
      }
      taken++;
    }
    try {
      new PoolJob(drain).spawn();
    } catch (Throwable refused) {
      synchronized (this) {
        taken--;
      }
      throw refused;
    }
  }

  private void work(BlockingDrain first) {
    for (BlockingDrain drain = first; drain != null; drain = next()) {
      drain.turn();
    }
  }

  private synchronized @Nullable BlockingDrain next() {
    BlockingDrain drain = line.poll();
    if (drain == null) {
      taken--;
    }
    return drain;
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
  private final class PoolJob implements Callable<@Nullable Void>, Waker {

    /** Where it begins; taken by its run, or by the wake-up of one that won't run. */
    private final AtomicReference<@Nullable BlockingDrain> first;

    PoolJob(BlockingDrain first) {
      this.first = new AtomicReference<>(first);
    }

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
      BlockingDrain drain = first.getAndSet(null);
      if (drain != null) {
        work(drain);
      }
      return null;
    }

    /** The job is over. */
    @Override
    public void wake() {
      for (BlockingDrain drain = first.getAndSet(null); drain != null; drain = next()) {
        drain.giveUp();
      }
    }
  }
}
