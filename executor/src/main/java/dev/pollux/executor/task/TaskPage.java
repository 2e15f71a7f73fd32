package dev.pollux.executor.task;

import static java.lang.invoke.MethodHandles.lookup;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sixty-four slots of the registry of live tasks. A task refers to its page instead of its runtime,
 * and keeps its slot in six bits of its state: so registering costs a task no field.
 *
 * @threading any thread may claim, release and read; {@code visited} is a hint
 */
final class TaskPage {
  /*
   * Invariants
   *  I1  A set bit of `used` is a slot that somebody claimed; only the claimer writes the slot until it releases it.
   *  I2  A slot is cleared before its bit is, so whoever claims it next finds it empty and no task is overwritten.
   *
   * Ordering
   *  `used` changes by read-modify-writes only. A slot is written with release and read with acquire, so a reader that
   *  sees a task sees it fully made.
   *
   * Progress: lock-free.
   */
  static final int SLOTS = Long.SIZE;

  private static final VarHandle USED =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "used", VarHandle.class, TaskPage.class, long.class);
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Task[].class);

  final LiveTasks registry;
  final Scheduler scheduler;

  /** The id of the task in slot 0. */
  final long firstId;

  /**
   * Guarded by the registry's lock: whether the page waits in the registry's list of pages with
   * room.
   */
  boolean listed;

  /** Guarded by the registry's lock: whether a lane is filling the page. */
  boolean open;

  private final @Nullable Task<?>[] slots = new Task<?>[SLOTS];
  private volatile long used;

  /**
   * The slot after the last one claimed in this visit: slots, and so ids, are reused as late as
   * possible.
   */
  private int visited;

  TaskPage(LiveTasks registry, Scheduler scheduler, long firstId) {
    this.registry = registry;
    this.scheduler = scheduler;
    this.firstId = firstId;
  }

  /** Starts again with the first slot. Guarded by the registry's lock. */
  void beginVisit() {
    visited = 0;
  }

  /** Claims a free slot not yet visited, or answers -1. */
  int claim() {
    while (true) {
      long seen = used;
      int from = visited;
      long free = from >= SLOTS ? 0 : ~seen & (-1L << from);
      if (free == 0) {
        return -1;
      }
      int slot = Long.numberOfTrailingZeros(free);
      if (USED.compareAndSet(this, seen, seen | 1L << slot)) {
        visited = slot + 1;
        return slot;
      }
    }
  }

  /** Fills a claimed slot. */
  void set(int slot, Task<?> task) {
    SLOT.setRelease(slots, slot, task);
  }

  /** Empties a slot and gives it back. */
  void release(int slot) {
    SLOT.setRelease(slots, slot, null);
    long before = (long) USED.getAndBitwiseAnd(this, ~(1L << slot));
    if (before == -1L) {
      registry.hasRoom(this);
    }
  }

  boolean isFull() {
    return used == -1L;
  }

  int size() {
    return Long.bitCount(used);
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
