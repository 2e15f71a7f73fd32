package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who of the workers sleeps and who looks for work, so that a push knows whether to wake somebody.
 *
 * @param <W> the workers
 * @threading any thread
 */
public final class Idle<W extends Idle.Sleeper> {
  /*
   * One word counts the workers that are awake and, of those, the ones that are searching: awake, without a task, and
   * looking through the queues of the others. The list of sleepers is under a lock, taken once a sleep and once a wake.
   *
   * Invariants
   *  I1  A worker is in `sleepers` if and only if it does not count as awake, and its isAsleep says so. It puts itself
   *      there; who wakes it for work takes it out, and counts it as awake and searching from then on; else it takes
   *      itself out.
   *  I2  A push wakes somebody only if nobody is searching. Whoever stops searching because it found a task, and was the
   *      last, looks whether there is more, and wakes somebody then: one wake-up follows another as long as there is work.
   *  I3  Whoever goes to sleep looks through all queues once more afterwards, unless others are searching: one of them
   *      is the last, and does. Also one that was not searching itself, since half the others were: they may have found
   *      tasks meanwhile, and a push that saw everybody awake woke nobody.
   *
   * Ordering
   *  This is Dekker's handshake over the queues and the word. A push from outside writes the queue by a read-modify-write
   *  and then reads the word; the last searcher changes the word by a read-modify-write and then reads the queues. So
   *  either the pusher sees that nobody searches, and wakes somebody, or the searcher sees the task. Were the searcher to
   *  look first and to go to sleep second, a push could fall between the two, find it still searching, and be lost.
   *  `isAsleep` is cleared after the word was changed: a worker that sees so without the lock counts as searching already.
   *  A worker that pushes to its own ring writes the tail with release only: its read of the word may be older than its
   *  write. Then both may miss the other; but that worker is awake and runs the task itself, so this costs parallelism
   *  and no task, and it looks again at its next turn; if it is stuck in a poll, the sentinel does.
   *
   * Progress: the check of a push is one read. The rest is under the lock.
   * Source: Tokio, multi_thread/idle.rs.
   */
  private static final int SEARCHING = 1;
  private static final int AWAKE = 1 << 16;
  private static final int SEARCHING_MASK = AWAKE - 1;

  /** The most workers that can be counted. */
  public static final int MOST_WORKERS = (AWAKE - 1) >>> 1;

  private static final VarHandle WORD =
      ConstantBootstraps.fieldVarHandle(lookup(), "word", VarHandle.class, Idle.class, int.class);

  /** A worker as far as its sleep is concerned. */
  public interface Sleeper {

    /** Whether the worker is in the list. Written under the lock, by {@link #setAsleep}. */
    boolean isAsleep();

    /** Sets {@link #isAsleep}. */
    void setAsleep(boolean asleep);

    /** Whether the worker should be woken for work only if there is no other. */
    boolean isLastChoice();
  }

  private final int workers;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock; the first {@code count} are asleep, the last of them the shortest. */
  private final @Nullable Object[] sleepers;

  private int count;

  @Keep private volatile int word;

  /** Makes the state in which all workers are awake and none is searching. */
  public Idle(int workers) {
    this.workers = workers;
    this.sleepers = new @Nullable Object[workers];
    this.word = workers * AWAKE;
  }

  /**
   * Whether a push should call {@link #wakeForWork}: somebody sleeps, and nobody is searching.
   * After a push from outside this is exact, see above.
   */
  public boolean wantsSearcher() {
    int seen = word;
    return (seen & SEARCHING_MASK) == 0 && seen < workers * AWAKE;
  }

  /** Whether a worker sleeps. */
  public boolean anyAsleep() {
    return word >>> 16 < workers;
  }

  /** Whether all workers sleep. */
  public boolean allAsleep() {
    return word >>> 16 == 0;
  }

  /** How many workers are searching. */
  int searching() {
    return word & SEARCHING_MASK;
  }

  /**
   * Takes a sleeper out of the list, as searching, if a searcher is wanted.
   *
   * @return the worker, which the caller unparks; null if there is no need
   */
  @SuppressWarnings("unchecked")
  public @Nullable W wakeForWork() {
    if (!wantsSearcher()) {
      return null;
    }
    lock.lock();
    try {
      if (!wantsSearcher()) {
        return null;
      }
      int chosen = count - 1;
      if (chosen > 0 && ((W) sleeper(chosen)).isLastChoice()) {
        chosen--;
      }
      W worker = (W) sleeper(chosen);
      remove(chosen);
      WORD.getAndAdd(this, AWAKE + SEARCHING);
      worker.setAsleep(false); // last: it may see that at once, and stop searching
      return worker;
    } finally {
      lock.unlock();
    }
  }

  /** Some sleeper, the longest, which stays asleep; null if there is none. */
  @SuppressWarnings("unchecked")
  public @Nullable W anySleeper() {
    lock.lock();
    try {
      return count == 0 ? null : (W) sleeper(0);
    } finally {
      lock.unlock();
    }
  }

  private Object sleeper(int index) {
    Object sleeper = sleepers[index];
    assert sleeper != null;
    return sleeper;
  }

  private void remove(int index) {
    count--;
    System.arraycopy(sleepers, index + 1, sleepers, index, count - index);
    sleepers[count] = null;
  }

  /** Counts the caller as searching, unless half the workers are. */
  public boolean tryStartSearching() {
    if (2 * searching() >= workers) {
      return false;
    }
    WORD.getAndAdd(this, SEARCHING); // two at once may make it one too many, which does no harm
    return true;
  }

  /**
   * The caller has found a task.
   *
   * @return whether it was the last searcher, and must look whether there is more (I2)
   */
  public boolean stopSearching() {
    int before = (int) WORD.getAndAdd(this, -SEARCHING);
    assert (before & SEARCHING_MASK) > 0 : describe(before);
    return (before & SEARCHING_MASK) == SEARCHING;
  }

  /**
   * Puts the caller into the list.
   *
   * @param searching whether it was searching
   * @return whether nobody is searching now, and it must look through the queues once more (I3)
   */
  public boolean fallAsleep(W worker, boolean searching) {
    lock.lock();
    try {
      worker.setAsleep(true);
      sleepers[count++] = worker;
      int before = (int) WORD.getAndAdd(this, -AWAKE - (searching ? SEARCHING : 0));
      return (before & SEARCHING_MASK) == (searching ? SEARCHING : 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the caller out of the list.
   *
   * @return false if somebody else has done so: the caller is searching then
   */
  public boolean wakeUp(W worker) {
    if (!worker.isAsleep()) {
      return false;
    }
    lock.lock();
    try {
      if (!worker.isAsleep()) {
        return false;
      }
      for (int i = count - 1; ; i--) {
        if (sleepers[i] == worker) {
          remove(i);
          break;
        }
      }
      worker.setAsleep(false);
      WORD.getAndAdd(this, AWAKE);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static String describe(int word) {
    return (word >>> 16) + " awake, " + (word & SEARCHING_MASK) + " searching";
  }

  @Override
  public String toString() {
    return "Idle[" + describe(word) + "]";
  }
}
