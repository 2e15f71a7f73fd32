package dev.pollux.io.testing;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What happens at which byte of a direction: asked where it stands, and moved on by the bytes that
 * were passed.
 *
 * <p>Each kind of fault has its own random numbers, which are drawn from byte to byte: so what
 * happens at a byte depends on the seed and on its offset, and neither on how many bytes came
 * together nor on the other kinds.
 *
 * @threading one thread
 */
final class Course {

  private static final long NEVER = Long.MAX_VALUE;

  /** Steps of a throttled direction, in a second. */
  private static final int STEPS_PER_SECOND = 50;

  /** The golden ratio, as SplitMix64 has it. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Faults faults;
  private final Random cuts;
  private final Random delays;
  private final Random corruptions;

  private long offset;
  private long nextCut = NEVER;
  private long nextDelay = NEVER;
  private long nextCorruption = NEVER;

  /** How many of the corruptions that were asked for by their offsets are behind. */
  private int named;

  Course(Faults faults, long seed) {
    this.faults = faults;
    this.cuts = new Random(mixed(seed + 1));
    this.delays = new Random(mixed(seed + 2));
    this.corruptions = new Random(mixed(seed + 3));
    drawCut();
    if (faults.delayEveryBytes() > 0) {
      nextDelay = gap(delays, faults.delayEveryBytes());
    }
    if (faults.corruptEveryBytes() > 0) {
      nextCorruption = gap(corruptions, faults.corruptEveryBytes());
    }
  }

  /** The seed of a direction of a connection, of the seed of a proxy. */
  static long seed(long proxy, int connection, Direction direction) {
    int side = direction == Direction.TO_TARGET ? 1 : 2;
    return mixed(proxy + GOLDEN * (2L * connection + side));
  }

  /** The last steps of SplitMix64: neighbours become strangers. */
  private static long mixed(long seed) {
    long z = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** How many bytes are passed on so far. */
  long offset() {
    return offset;
  }

  /** What ends the direction here, if something does. */
  Fault.@Nullable Kind end() {
    return offset >= faults.endAfter() ? faults.end().orElse(null) : null;
  }

  /** How long the byte that stands here has to wait, once; 0 if it has not. */
  long delayNanos() {
    if (offset != nextDelay) {
      return 0;
    }
    nextDelay = offset + 1 + gap(delays, faults.delayEveryBytes());
    return 1 + (long) (delays.nextDouble() * (faults.delayNanos() - 1));
  }

  /** How many of the {@code available} bytes from here on may go together; at least 1 of 1. */
  int span(int available) {
    long room = Math.min(Math.min(nextCut, nextDelay), faults.endAfter()) - offset;
    if (faults.bytesPerSecond() > 0) {
      room = Math.min(room, Math.max(1, faults.bytesPerSecond() / STEPS_PER_SECOND));
    }
    return (int) Math.min(room, available);
  }

  /** How long a throttled direction rests behind so many bytes. */
  long restNanos(int count) {
    return faults.bytesPerSecond() == 0 ? 0 : count * 1_000_000_000L / faults.bytesPerSecond();
  }

  /** The bits to turn over in the byte {@code ahead} of here; each byte is asked about once. */
  int change(int ahead) {
    long at = offset + ahead;
    int bits = 0;
    if (at == nextCorruption) {
      bits = 1 << corruptions.nextInt(8);
      nextCorruption = at + 1 + gap(corruptions, faults.corruptEveryBytes());
    }
    if (at == faults.namedCorruption(named)) {
      named++;
      if (bits == 0) {
        // Of the offset alone: a random number more would move what comes behind it.
        bits = 1 << (int) (mixed(at + GOLDEN) & 7);
      }
    }
    return bits;
  }

  /** So many bytes went on. */
  void pass(int count) {
    offset += count;
    if (offset == nextCut) {
      drawCut();
    }
  }

  private void drawCut() {
    if (faults.splitBytes() > 0) {
      nextCut = offset + 1 + cuts.nextInt(faults.splitBytes());
    }
  }

  /** Something from 0 to twice {@code average}. */
  private static long gap(Random random, int average) {
    return (long) (random.nextDouble() * (2.0 * average + 1));
  }

  @Override
  public String toString() {
    return "Course[at " + offset + ", " + faults + "]";
  }
}
