package dev.pollux.executor.task;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sixty-four slots of the registry of live tasks. A task refers to its page instead of its runtime,
 * and keeps its slot in six bits of its state: so registering costs a task no field.
 *
 * @threading slots are filled by one lane (see {@link LiveTasks}), and emptied and read by any
 *     thread
 */
final class TaskPage {
  /*
   * A page is visited again and again by the lane that it belongs to; each visit looks at every slot once, in order, and
   * fills those that it finds empty.
   *
   * Invariants
   *  I1  A slot that is not null is emptied by the task in it, when it ends, and by nobody else.
   *  I2  Only the lane of the page fills slots: either a single thread, which needs no read-modify-write for it, or many,
   *      which draw their slots from `visited` and fill them by a CAS. For one of these may be late, and meet the thread
   *      that has drawn the same slot in a later visit.
   *
   * Ordering
   *  A slot is filled with release (or by a CAS) and read with acquire, so a reader that sees a task sees it fully made.
   *  It is emptied with release; that a lane sees this late costs a place until the next visit. The time of a task is
   *  written before its slot. A late thread may write it too, which makes it wrong by the time that this one was late.
   *
   * Progress: wait-free.
   */
  static final int SLOTS = 64;

  /** A time is kept in units of 2<sup>23</sup> ns, about 8 ms, and comes round after 400 days. */
  private static final int TIME_SHIFT = 23;

  /** The slots that fit in a line of the cache. */
  private static final int PART = 16;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Task[].class);
  private static final VarHandle VISITED =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "visited", VarHandle.class, TaskPage.class, int.class);

  final Scheduler scheduler;

  /** The id of the task in slot 0. */
  final long firstId;

  private final @Nullable Task<?>[] slots = new Task<?>[SLOTS];

  /** When the task in each slot was registered. */
  private final int[] times = new int[SLOTS];

  /** The slots drawn in this visit; may be more than there are. */
  @Keep private volatile int visited;

  TaskPage(Scheduler scheduler, long firstId) {
    this.scheduler = scheduler;
    this.firstId = firstId;
  }

  // ---- the lane

  /**
   * Starts again with the first slot. Nobody draws from the page meanwhile, but for late threads.
   */
  void beginVisit() {
    visited = 0;
  }

  /**
   * Fills the next empty slot, for a lane of one thread. Returns false if the visit is over.
   *
   * @param nanos about the time of {@link System#nanoTime()}
   */
  boolean tryAdd(Task<?> task, long nanos) {
    int slot = (int) VISITED.get(this);
    while (slot < SLOTS && SLOT.getOpaque(slots, slot) != null) {
      slot++;
    }
    if (slot == SLOTS) {
      VISITED.set(this, slot);
      return false;
    }
    VISITED.set(this, slot + 1);
    task.setPlace(this, slot);
    times[slot] = (int) (nanos >>> TIME_SHIFT);
    SLOT.setRelease(slots, slot, task);
    return true;
  }

  /** As {@link #tryAdd}, for a lane of many threads. */
  boolean tryAddShared(Task<?> task, long nanos) {
    while (true) {
      int slot = (int) VISITED.getAndAdd(this, 1);
      if (slot >= SLOTS) {
        return false;
      }
      if (SLOT.getOpaque(slots, slot) == null) {
        task.setPlace(this, slot);
        times[slot] = (int) (nanos >>> TIME_SHIFT);
        if (SLOT.compareAndSet(slots, slot, null, task)) {
          return true;
        }
      }
    }
  }

  /**
   * Whether a quarter of the slots in a part of the page (a line of the cache, so that a look is
   * cheap) is empty.
   *
   * @param which which part; any number
   */
  boolean seemsToHaveRoom(int which) {
    int from = which % (SLOTS / PART) * PART;
    int empty = 0;
    for (int slot = from; slot < from + PART; slot++) {
      if (SLOT.getOpaque(slots, slot) == null) {
        empty++;
      }
    }
    return empty >= PART / 4;
  }

  // ---- any thread

  /** Empties a slot. */
  void release(int slot) {
    SLOT.setRelease(slots, slot, null);
  }

  /** How long ago the task in a slot was registered, roughly. */
  long ageNanos(int slot, long nowNanos) {
    int units = (int) (nowNanos >>> TIME_SHIFT) - times[slot];
    return (long) Math.max(0, units) << TIME_SHIFT;
  }

  int size() {
    int size = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (SLOT.getOpaque(slots, slot) != null) {
        size++;
      }
    }
    return size;
  }

  void forEach(Consumer<? super Task<?>> action) {
    for (int slot = 0; slot < SLOTS; slot++) {
      Task<?> task = (Task<?>) SLOT.getAcquire(slots, slot);
      if (task != null) {
        action.accept(task);
      }
    }
  }
}
