package dev.pollux.executor.time;

import dev.pollux.spi.AbstractTimer;
import dev.pollux.spi.TimerEntry;
import org.jspecify.annotations.Nullable;

/**
 * The lists of a timer wheel: six levels of 64 slots, each slot a list of entries. Level 0 has a
 * slot for each of the coming 64 ticks, level 1 one for each 64 ticks, and so on, for
 * 2<sup>36</sup> ticks (two years of milliseconds). To link and to unlink an entry is O(1), to find
 * the next occupied slot O(levels), and time may jump: empty slots cost nothing.
 *
 * @threading confined to the holder of the wheel
 */
abstract class Levels extends AbstractTimer {
  /*
   * A tick is `tickNanos` long. A deadline belongs to the tick that starts with it or after it, and an entry is due once
   * time has come to the start of its tick: later than its deadline by less than a tick, and never earlier.
   *
   * Invariants
   *  I1  `elapsed` is the tick up to which everything is done: an entry whose tick is not after it is in `due`.
   *  I2  An entry in a slot has tick > elapsed. Its level is that of the highest bit in which its tick differs from
   *      `elapsed`, 6 bits to a level, and its slot are the 6 bits of the tick at this level. So below the top level a
   *      slot that is occupied lies after the slot of `elapsed`, everything in a level comes before everything in the
   *      next, and the earliest slot is the first one of the first level that has one.
   *  I3  Entries further away than all levels are in the top level, in the slot of their own bits. It may be any, the
   *      slot of `elapsed` included, and comes too early by whole turns of the level: the entry is linked anew then.
   *  I4  `elapsed` passes the start of no occupied slot: a slot is emptied when `elapsed` comes to its start, its entries
   *      linked anew, lower down. This keeps I2, and the entries of one tick in the order in which they were linked.
   *  I5  Bit s of `occupied[l]` is set if and only if slot s of level l has an entry.
   *  I6  An entry is in a list if and only if its `next` is not null.
   *  I7  An entry whose deadline never comes is in `never`, which no turn looks at: else a clock that jumps from deadline
   *      to deadline would jump for it to the end of time. (One that was postponed for ever may be in a slot until then.)
   *
   * A deadline may change while its entry is linked (a sleep is postponed without a word to the timer), so the place is
   * where the deadline was when it was linked. To unlink needs no place, only neighbours; and an entry that turns out
   * not to be due is linked anew.
   *
   * Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (scheme 7); the choice of level by the highest
   * differing bit is Tokio's (runtime/time/wheel).
   */
  private static final int LEVELS = 6;
  private static final int SLOT_BITS = 6;
  private static final int SLOTS = 1 << SLOT_BITS;
  private static final int TOP = LEVELS - 1;
  private static final int DUE = LEVELS;
  private static final int NEVER = LEVELS + 1;

  /** 1 ms. */
  static final long USUAL_TICK_NANOS = 1_000_000;

  private final long tickNanos;

  /** Made when first used: a wheel without entries is small. */
  private final @Nullable Slot[] slots = new @Nullable Slot[LEVELS * SLOTS];

  /** Two more than there are levels, for {@link #due} and {@link #never}. */
  private final long[] occupied = new long[NEVER + 1];

  private final Slot due = emptySlot(DUE, 0);
  private final Slot never = emptySlot(NEVER, 0);
  private long elapsed;
  private int size;

  Levels(long tickNanos) {
    if (tickNanos < 1) {
      throw new IllegalArgumentException("tickNanos must be at least 1, was " + tickNanos);
    }
    this.tickNanos = tickNanos;
  }

  private static Slot emptySlot(int level, int index) {
    Slot slot = new Slot(level, 1L << index);
    setNext(slot, slot);
    setPrevious(slot, slot);
    return slot;
  }

  /** The number of entries in the lists. */
  final int linked() {
    return size;
  }

  static boolean isLinked(TimerEntry entry) {
    return next(entry) != null;
  }

  /** Puts an entry where its deadline belongs. */
  final void link(TimerEntry entry) {
    assert !isLinked(entry);
    append(slotFor(entry), entry);
    size++;
  }

  /** Takes an entry out of whatever list it is in. */
  final void unlink(TimerEntry entry) {
    remove(entry);
    size--;
  }

  /** The tick that {@code nanos} is in. */
  final long tickAt(long nanos) {
    // A division by a constant is a multiplication, several times as fast.
    return tickNanos == USUAL_TICK_NANOS ? nanos / USUAL_TICK_NANOS : nanos / tickNanos;
  }

  /**
   * Moves time on towards tick {@code now}, up to the next entry that is due by then, and takes it
   * out. To be called until it answers null, when time has come to {@code now}. Between two calls
   * entries may be linked and unlinked.
   */
  final @Nullable TimerEntry pollDue(long now) {
    while (true) {
      while (occupied[DUE] != 0) {
        TimerEntry first = firstOf(due);
        if (tickOf(first.deadlineNanos()) <= elapsed) {
          unlink(first);
          return first;
        }
        remove(first);
        append(slotFor(first), first);
      }
      int level = firstOccupiedLevel();
      if (level == LEVELS) {
        break;
      }
      int index = firstOccupiedSlot(level);
      long start = startOf(level, index);
      if (start > now) {
        break;
      }
      elapsed = start;
      empty(slot(level, index));
    }
    elapsed = Math.max(elapsed, now);
    return null;
  }

  /** Takes out some entry, or answers null if there is none. */
  final @Nullable TimerEntry pollAny() {
    for (int level = 0; level <= NEVER; level++) {
      if (occupied[level] != 0) {
        int index = Long.numberOfTrailingZeros(occupied[level]);
        TimerEntry first =
            firstOf(level == DUE ? due : level == NEVER ? never : slot(level, index));
        unlink(first);
        return first;
      }
    }
    return null;
  }

  /**
   * When {@link #pollDue} has something to do next: exact if an entry is due within the coming
   * ticks of level 0, else perhaps too early; {@link Long#MAX_VALUE} if there is no entry that is
   * ever due.
   */
  final long nextNanos() {
    if (occupied[DUE] != 0) {
      return elapsed * tickNanos;
    }
    int level = firstOccupiedLevel();
    if (level == LEVELS) {
      return Long.MAX_VALUE;
    }
    long start = startOf(level, firstOccupiedSlot(level));
    return start > Long.MAX_VALUE / tickNanos ? Long.MAX_VALUE : start * tickNanos;
  }

  private long tickOf(long deadlineNanos) {
    long floor = tickAt(deadlineNanos);
    return floor * tickNanos == deadlineNanos ? floor : floor + 1;
  }

  private Slot slotFor(TimerEntry entry) {
    long deadlineNanos = entry.deadlineNanos();
    return deadlineNanos == Long.MAX_VALUE ? never : slotOf(tickOf(deadlineNanos));
  }

  private Slot slotOf(long tick) {
    if (tick <= elapsed) {
      return due;
    }
    int highestBit = Long.SIZE - 1 - Long.numberOfLeadingZeros(elapsed ^ tick);
    int level = Math.min(highestBit / SLOT_BITS, TOP);
    return slot(level, bitsAt(level, tick));
  }

  private Slot slot(int level, int index) {
    int place = level * SLOTS + index;
    Slot slot = slots[place];
    if (slot == null) {
      slot = emptySlot(level, index);
      slots[place] = slot;
    }
    return slot;
  }

  private static int bitsAt(int level, long tick) {
    return (int) (tick >>> (level * SLOT_BITS)) & (SLOTS - 1);
  }

  private int firstOccupiedLevel() {
    int level = 0;
    while (level < LEVELS && occupied[level] == 0) {
      level++;
    }
    return level;
  }

  /** The slot that comes first after that of {@code elapsed}, in a level that has one. */
  private int firstOccupiedSlot(int level) {
    int after = bitsAt(level, elapsed) + 1;
    // Only the top level has slots that wrap around, but the rotation costs no more than a mask.
    int distance = Long.numberOfTrailingZeros(Long.rotateRight(occupied[level], after));
    return (after + distance) & (SLOTS - 1);
  }

  /** The tick at which a slot starts the next time. */
  private long startOf(int level, int index) {
    int shift = level * SLOT_BITS;
    long turns = elapsed >>> shift;
    int distance = ((index - (int) turns - 1) & (SLOTS - 1)) + 1;
    long start = turns + distance;
    return start > Long.MAX_VALUE >>> shift ? Long.MAX_VALUE : start << shift;
  }

  /** Moves the entries of a slot at whose start time has come, in their order. */
  private void empty(Slot slot) {
    if (slot.level == 0) {
      moveToDue(slot);
      return;
    }
    TimerEntry entry = firstOf(slot);
    TimerEntry last = lastOf(slot);
    makeEmpty(slot);
    while (true) {
      TimerEntry after = nextOf(entry);
      append(slotFor(entry), entry);
      if (entry == last) {
        return;
      }
      entry = after;
    }
  }

  private void moveToDue(Slot slot) {
    assert occupied[DUE] == 0;
    TimerEntry first = firstOf(slot);
    TimerEntry last = lastOf(slot);
    setNext(due, first);
    setPrevious(first, due);
    setPrevious(due, last);
    setNext(last, due);
    occupied[DUE] = due.bit;
    makeEmpty(slot);
  }

  private void makeEmpty(Slot slot) {
    setNext(slot, slot);
    setPrevious(slot, slot);
    occupied[slot.level] &= ~slot.bit;
  }

  private void append(Slot slot, TimerEntry entry) {
    TimerEntry last = lastOf(slot);
    setPrevious(entry, last);
    setNext(entry, slot);
    setNext(last, entry);
    setPrevious(slot, entry);
    occupied[slot.level] |= slot.bit;
  }

  private void remove(TimerEntry entry) {
    TimerEntry before = previousOf(entry);
    TimerEntry after = nextOf(entry);
    setNext(before, after);
    setPrevious(after, before);
    setNext(entry, null);
    setPrevious(entry, null);
    if (before == after) { // then it is the head of the list, which has no other entry
      Slot slot = (Slot) before;
      occupied[slot.level] &= ~slot.bit;
    }
  }

  private static TimerEntry firstOf(Slot slot) {
    return nextOf(slot);
  }

  private static TimerEntry lastOf(Slot slot) {
    return previousOf(slot);
  }

  @SuppressWarnings("NullAway") // I6; a slot is in its own list
  private static TimerEntry nextOf(TimerEntry entry) {
    return next(entry);
  }

  @SuppressWarnings("NullAway") // I6; a slot is in its own list
  private static TimerEntry previousOf(TimerEntry entry) {
    return previous(entry);
  }
}
