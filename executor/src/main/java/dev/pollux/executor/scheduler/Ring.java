package dev.pollux.executor.scheduler;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.executor.task.Task;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The ready tasks of one worker, first in, first out, in a ring of fixed capacity from which the
 * other workers steal.
 *
 * @threading {@link #tryPush}, {@link #pop}, {@link #takeAll} and {@link #forget}: the owner;
 *     {@link #stealInto}, {@link #size} and {@link #isEmpty}: any thread
 */
public final class Ring extends Padded {
  /*
   * Invariants
   *  I1  The tasks are those at the indices from `head` (inclusive) to `tail` (exclusive); index i is in slot i & mask.
   *      Both only grow (and wrap around, at 2^32), and tail - head is at most the capacity.
   *  I2  Only the owner moves `tail`. Whoever moves `head`, by a CAS, has the tasks that it passed.
   *  I3  A slot outside I1 is null, or between `forgotten` and `head`: a thief has left its task there, which the owner
   *      forgets when it next goes idle.
   *
   * Transitions
   *  tryPush:    write the slot, then tail := tail + 1
   *  pop:        read the slot, then head: h -> h + 1
   *  takeAll:    head: h -> tail, then read the slots
   *  stealInto:  copy n slots into the free slots of the thief's ring, then head: h -> h + n, then the thief's tail
   *
   * Ordering
   *  `tail` is written with release and read by thieves with acquire, so they see the tasks behind it. A thief copies
   *  before it has the tasks, and what it copies may be overwritten by a push meanwhile; but the owner reuses a slot only
   *  after it has seen a `head` beyond it, and then the CAS of the thief, which expects the old one, fails. The copies
   *  are not published before the CAS has succeeded. `head` never comes back to an old value while a thief looks away:
   *  2^32 tasks would have to pass.
   *
   * Progress: lock-free; a CAS fails only because another thread took tasks.
   * Source: the run queue of the Go scheduler (runtime/proc.go); Tokio's (multi_thread/queue.rs) copies after it has
   * claimed, and needs a second index for that.
   */
  private static final VarHandle HEAD =
      ConstantBootstraps.fieldVarHandle(lookup(), "head", VarHandle.class, Ring.class, int.class);
  private static final VarHandle TAIL =
      ConstantBootstraps.fieldVarHandle(lookup(), "tail", VarHandle.class, Ring.class, int.class);
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Task[].class);

  private final @Nullable Task<?>[] slots;
  private final int mask;

  @Keep private volatile int head;
  @Keep private volatile int tail;

  /** The head up to which the owner has emptied the slots. Owned by the owner. */
  private int forgotten;

  /**
   * Makes an empty ring.
   *
   * @param capacity a power of two, at least 2
   */
  public Ring(int capacity) {
    this(capacity, 0);
  }

  /** As if {@code passed} tasks had gone through since the owner last slept: for tests. */
  Ring(int capacity, int passed) {
    if (capacity < 2 || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "capacity must be a power of two, at least 2, was " + capacity);
    }
    this.slots = new @Nullable Task<?>[capacity];
    this.mask = capacity - 1;
    this.head = passed;
    this.tail = passed;
  }

  /** How many tasks fit in. */
  public int capacity() {
    return slots.length;
  }

  // ---- the owner

  /** Puts {@code task} behind the others. Returns false if the ring is full. */
  public boolean tryPush(Task<?> task) {
    int end = (int) TAIL.get(this);
    if (end - (int) HEAD.getAcquire(this) > mask) {
      return false;
    }
    SLOT.setOpaque(slots, end & mask, task);
    TAIL.setRelease(this, end + 1); // pairs with the getAcquire in stealInto
    return true;
  }

  /** Takes the oldest task, or answers null. */
  public @Nullable Task<?> pop() {
    int end = (int) TAIL.get(this);
    while (true) {
      int first = (int) HEAD.getAcquire(this);
      if (first == end) {
        return null;
      }
      Task<?> task = slots[first & mask]; // only the owner writes there
      if (HEAD.compareAndSet(this, first, first + 1)) {
        SLOT.setOpaque(slots, first & mask, null);
        return task;
      }
    }
  }

  /**
   * Takes all tasks.
   *
   * @param room takes them, the oldest first; as long as the capacity of this ring
   * @return how many there were
   */
  public int takeAll(@Nullable Task<?>[] room) {
    int end = (int) TAIL.get(this);
    while (true) {
      int first = (int) HEAD.getAcquire(this);
      int count = end - first;
      if (count == 0) {
        return 0;
      }
      if (HEAD.compareAndSet(this, first, end)) {
        for (int i = 0; i < count; i++) {
          room[i] = slots[(first + i) & mask];
          SLOT.setOpaque(slots, (first + i) & mask, null);
        }
        return count;
      }
    }
  }

  /** How many tasks can be pushed, at the least: thieves only make room. */
  int room() {
    return slots.length - ((int) TAIL.get(this) - (int) HEAD.getAcquire(this));
  }

  /**
   * Lets go of the stolen tasks that are still in slots, for the garbage collector. To be called
   * before the owner goes to sleep. (Some stay if 2^32 tasks have passed since the last time, until
   * their slots are used again.)
   */
  public void forget() {
    int first = (int) HEAD.getAcquire(this);
    boolean all = Integer.compareUnsigned(first - forgotten, slots.length) > 0;
    int end = (int) TAIL.get(this);
    for (int i = all ? first - slots.length : forgotten; i != first; i++) {
      if (end - i <= slots.length) { // else the slot has a newer task
        SLOT.setOpaque(slots, i & mask, null);
      }
    }
    forgotten = first;
  }

  // ---- any thread

  /**
   * Moves the older half of the tasks, at least one if there is one, to another ring.
   *
   * @param thief the ring of the calling thread, which owns it
   * @return the oldest of them, which is not put into {@code thief}; null if there was none
   */
  public @Nullable Task<?> stealInto(Ring thief) {
    int mine = (int) TAIL.get(thief);
    while (true) {
      int first = (int) HEAD.getAcquire(this);
      int end = (int) TAIL.getAcquire(this);
      int ready = end - first;
      if (ready <= 0) {
        return null;
      }
      if (ready > slots.length) {
        continue; // `head` was read long before `tail`
      }
      int count = Math.min(ready - ready / 2, thief.room() + 1);
      Task<?> oldest = (Task<?>) SLOT.getOpaque(slots, first & mask);
      for (int i = 1; i < count; i++) {
        Task<?> task = (Task<?>) SLOT.getOpaque(slots, (first + i) & mask);
        SLOT.setOpaque(thief.slots, (mine + i - 1) & thief.mask, task);
      }
      if (HEAD.compareAndSet(this, first, first + count)) {
        TAIL.setRelease(thief, mine + count - 1);
        return oldest;
      }
      for (int i = 1; i < count; i++) {
        SLOT.setOpaque(thief.slots, (mine + i - 1) & thief.mask, null);
      }
    }
  }

  /** How many tasks there are; already wrong if others push and take. */
  public int size() {
    int first = head;
    return Math.max(0, Math.min(tail - first, slots.length));
  }

  /** Whether there is no task; as {@link #size}. */
  public boolean isEmpty() {
    return head == tail;
  }
}
