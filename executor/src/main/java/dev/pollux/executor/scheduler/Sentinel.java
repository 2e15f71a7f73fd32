package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Keep;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks after workers that are stuck in a long poll: a sleeping worker that wakes every millisecond
 * as long as others run tasks, takes over the LIFO slot and the due timers of one that has been in
 * the same poll for {@value #STUCK_MICROS} µs, and looks whether a task lies in a queue that nobody
 * noticed.
 *
 * @threading as each method says
 */
final class Sentinel {
  /*
   * Invariants
   *  I1  At most one worker is the `holder`. It is asleep (see Idle); it gives the role up when it begins to run tasks.
   *      Those who are awake look after the others too, each time they look at timers and events, if nobody has for a while.
   *  I2  The holder is AWAKE_EACH_MILLI, or, once all workers sleep and nothing was polled for QUIET_LOOKS of its looks,
   *      DORMANT: it sleeps without a limit, and an idle runtime makes no wake-up.
   *  I3  Who wakes from a sleep calls `arm`: if the holder is dormant, or there is none although workers sleep, one of them
   *      is unparked. That costs at most one unpark in each time without work of QUIET_LOOKS ms.
   *  I4  The samples are guarded by `looking`.
   *
   * Ordering
   *  I2 and I3 are Dekker's handshake again: the holder writes DORMANT and then reads whether all sleep (the word of Idle);
   *  who wakes writes that word, by a read-modify-write, and then reads the state in `arm`.
   *
   * Source: Go's sysmon (runtime/proc.go), without a thread of its own.
   */
  private static final long STUCK_MICROS = 500;
  private static final long STUCK_NANOS = STUCK_MICROS * 1000;
  private static final long LOOK_NANOS = 1_000_000;
  private static final long SHORTEST_NANOS = 20_000;

  /** How many looks without any poll make the holder dormant: 10 ms. */
  private static final int QUIET_LOOKS = 10;

  private static final int NONE = 0;
  private static final int AWAKE_EACH_MILLI = 1;
  private static final int DORMANT = 2;

  private static final VarHandle HOLDER =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "holder", VarHandle.class, Sentinel.class, Worker.class);
  private static final VarHandle LOOKING =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "looking", VarHandle.class, Sentinel.class, boolean.class);

  private final MultiThreadScheduler scheduler;
  private final List<Worker> workers;

  @Keep private volatile @Nullable Worker holder;
  private volatile int state = NONE;
  @Keep private volatile boolean looking;

  /** The poll count of each worker at the last look at which it was another, and the time of it. */
  private long[] seenPolls = {};

  private long[] seenAtNanos = {};

  /** When anybody looked last. Written under {@code looking}. */
  private volatile long lookedAtNanos;

  /** After how long the holder should look again. Written under {@code looking}. */
  private volatile long nextLookNanos = LOOK_NANOS;

  /** Whether a worker was stuck at the last look. Written under {@code looking}. */
  private volatile boolean anyStuck;

  /** Owned by the holder. */
  private int quietLooks;

  Sentinel(MultiThreadScheduler scheduler, List<Worker> workers) {
    this.scheduler = scheduler;
    this.workers = workers;
  }

  /** Hears that all workers are in the list. */
  void start() {
    seenPolls = new long[workers.size()];
    seenAtNanos = new long[workers.size()];
    lookedAtNanos = System.nanoTime(); // which may be negative
  }

  // ---- the role

  /** Makes a worker that is asleep the sentinel, unless there is one. */
  boolean tryBecome(Worker worker) {
    if (workers.size() == 1 || holder != null || !HOLDER.compareAndSet(this, null, worker)) {
      return false;
    }
    quietLooks = 0;
    state = AWAKE_EACH_MILLI;
    return true;
  }

  boolean isHeldBy(Worker worker) {
    return holder == worker;
  }

  /** The holder gives the role up. */
  void resign() {
    state = NONE;
    holder = null;
  }

  /**
   * Sees to it that somebody looks after the caller, which begins to run tasks, if anybody sleeps.
   */
  void arm() {
    if (state == AWAKE_EACH_MILLI || !scheduler.idle().anyAsleep()) {
      return;
    }
    Worker sleeper = holder;
    if (sleeper == null) {
      sleeper = scheduler.idle().anySleeper();
    }
    if (sleeper != null) {
      sleeper.unpark();
    }
  }

  /** How long the holder sleeps, at most; the time is also limited by its own timers. */
  long patienceNanos() {
    if (quietLooks >= QUIET_LOOKS) {
      return Long.MAX_VALUE;
    }
    return nextLookNanos;
  }

  /**
   * What the holder does each time it wakes. It takes nothing from workers that get on with what
   * they have, unless that is much.
   *
   * @return whether there is something to run
   */
  boolean stand(Worker worker, long nowNanos) {
    if (state == DORMANT) { // somebody has armed it
      quietLooks = 0;
      state = AWAKE_EACH_MILLI;
    }
    if (tryLook(worker, nowNanos)) {
      quietLooks = 0;
    } else if (++quietLooks == QUIET_LOOKS) {
      state = DORMANT;
      if (!scheduler.idle().allAsleep()) {
        quietLooks = 0;
        state = AWAKE_EACH_MILLI;
      }
    }
    return worker.hasTasks() || (anyStuck ? scheduler.hasStealableTasks() : scheduler.hasBacklog());
  }

  // ---- the looks

  /**
   * A worker that is awake looks after the others too, if nobody has done so for a while: there may
   * be no sentinel, because all run tasks, or because the one that was is woken again and again by
   * timers of its own.
   */
  void lookIfDue(Worker worker, long nowNanos) {
    if (workers.size() > 1 && nowNanos - lookedAtNanos >= STUCK_NANOS) {
      tryLook(worker, nowNanos);
    }
  }

  /**
   * Looks at all workers.
   *
   * @return whether anybody has polled since the last look; true if another thread is looking
   */
  @CanIgnoreReturnValue
  private boolean tryLook(Worker looker, long nowNanos) {
    if (!LOOKING.compareAndSet(this, false, true)) {
      return true;
    }
    try {
      if (nowNanos - lookedAtNanos < Math.min(STUCK_NANOS, nextLookNanos)) {
        return true;
      }
      lookedAtNanos = nowNanos;
      return look(looker, nowNanos);
    } finally {
      looking = false;
    }
  }

  private boolean look(Worker looker, long nowNanos) {
    boolean polls = false;
    boolean stuck = false;
    long nextLook = LOOK_NANOS;
    for (int i = 0; i < seenPolls.length; i++) {
      Worker worker = workers.get(i);
      if (worker == looker) {
        continue;
      }
      long count = worker.pollCount();
      if (count != seenPolls[i]) {
        seenPolls[i] = count;
        seenAtNanos[i] = nowNanos;
        polls = true;
        if (isInPoll(count)) {
          nextLook = Math.min(nextLook, STUCK_NANOS);
        }
      } else if (isInPoll(count)) {
        polls = true;
        if (nowNanos - seenAtNanos[i] >= STUCK_NANOS) {
          stuck = true;
          nextLook = Math.min(nextLook, Math.max(SHORTEST_NANOS, worker.rescue(looker)));
        }
      }
    }
    nextLookNanos = nextLook;
    anyStuck = stuck;
    return polls;
  }

  private static boolean isInPoll(long pollCount) {
    return (pollCount & 1) != 0;
  }
}
