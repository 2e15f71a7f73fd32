package dev.pollux.executor.time;

import dev.pollux.spi.TimerEntry;

/**
 * The head of one circular list of a wheel, and an entry itself so that no list has an edge case.
 */
final class Slot extends TimerEntry {

  /** The level that the slot is in. */
  final int level;

  /** The bit of the slot in the occupancy of its level. */
  final long bit;

  Slot(int level, long bit) {
    super(Long.MAX_VALUE);
    this.level = level;
    this.bit = bit;
  }
}
