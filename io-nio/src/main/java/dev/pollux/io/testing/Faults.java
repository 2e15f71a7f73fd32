package dev.pollux.io.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the bytes of one direction of a connection. Each method returns another one that
 * also has what it says, so several can be had together.
 *
 * <pre>{@code
 * Faults faults = Faults.none().split(7).delay(10_000, Duration.ofMillis(2)).halfCloseAfter(90_000);
 * }</pre>
 *
 * <p>Where in the bytes something happens is drawn from the seed of the proxy, and does not depend
 * on how the bytes come: the same seed does the same to the same bytes. {@link FaultProxy} says
 * what is not the same.
 *
 * @threading immutable
 */
public final class Faults {

  private static final Faults NONE = new Faults(new Said());

  /** What is drawn ends within so many bytes, if it does. */
  private static final int DRAWN_BYTES = 20_000;

  /** What was said. Only a copy is changed, and only before it is in a {@code Faults}. */
  private static final class Said implements Cloneable {
    private int splitBytes;
    private int delayEveryBytes;
    private long delayNanos;
    private int bytesPerSecond;
    private int corruptEveryBytes;
    private long[] corruptAt = {};
    private Fault.@Nullable Kind end;
    private long endAfter = Long.MAX_VALUE;

    Said copy() {
      try {
        return (Said) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Said said;

  private Faults(Said said) {
    this.said = said;
  }

  /** The bytes go through as they are. */
  public static Faults none() {
    return NONE;
  }

  /**
   * Draws what a bad network may do to anybody without losing anything: each of splitting, delaying
   * and throttling, or not. They are mild, so that a test of 100,000 bytes ends within seconds.
   *
   * @param seed the same is drawn from the same
   */
  public static Faults harmless(long seed) {
    return harmless(new Random(seed));
  }

  private static Faults harmless(Random random) {
    Faults drawn = none();
    if (random.nextInt(4) > 0) {
      drawn = drawn.split(1 + random.nextInt(random.nextBoolean() ? 10 : 2_000));
    }
    if (random.nextBoolean()) {
      int every = 1_000 + random.nextInt(20_000);
      drawn = drawn.delay(every, Duration.ofMillis(1 + random.nextInt(5)));
    }
    if (random.nextInt(4) == 0) {
      drawn = drawn.throttle(100_000 + random.nextInt(1_000_000));
    }
    return drawn;
  }

  /**
   * Draws what a bad network may do to anybody: what {@link #harmless} draws, and in half of all
   * cases a half-close or a reset within the first 20,000 bytes. It never drops dead and never
   * corrupts; a test that wants that says so.
   *
   * @param seed the same is drawn from the same
   */
  public static Faults drawn(long seed) {
    Random random = new Random(seed);
    Faults drawn = harmless(random);
    return switch (random.nextInt(4)) {
      case 0 -> drawn.halfCloseAfter(random.nextInt(DRAWN_BYTES));
      case 1 -> drawn.resetAfter(random.nextInt(DRAWN_BYTES));
      default -> drawn;
    };
  }

  /**
   * Passes the bytes on in pieces of random sizes. The receiver may find several of them at once
   * all the same, if it is slow.
   *
   * @param mostBytes the greatest piece, at least 1; with 1 each byte goes on its own
   * @throws IllegalArgumentException if it is less than 1
   */
  public Faults split(int mostBytes) {
    Said changed = said.copy();
    changed.splitBytes = positive("mostBytes", mostBytes);
    return new Faults(changed);
  }

  /**
   * Has bytes wait now and then, and with each all that are behind it.
   *
   * @param everyBytes how many go through between two that wait, on average; at least 1
   * @param most how long they wait; less than that is as likely
   * @throws IllegalArgumentException if {@code everyBytes} is less than 1, or {@code most} not
   *     positive
   */
  public Faults delay(int everyBytes, Duration most) {
    if (most.isNegative() || most.isZero()) {
      throw new IllegalArgumentException("most must be positive, was " + most);
    }
    Said changed = said.copy();
    changed.delayEveryBytes = positive("everyBytes", everyBytes);
    changed.delayNanos = most.toNanos();
    return new Faults(changed);
  }

  /**
   * Passes no more bytes on than so many in a second.
   *
   * @param bytesPerSecond at least 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public Faults throttle(int bytesPerSecond) {
    Said changed = said.copy();
    changed.bytesPerSecond = positive("bytesPerSecond", bytesPerSecond);
    return new Faults(changed);
  }

  /**
   * Turns over a bit of a byte now and then, beside those of {@link #corruptAt}.
   *
   * @param everyBytes how many bytes go through unharmed between two, on average; at least 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public Faults corruptEvery(int everyBytes) {
    Said changed = said.copy();
    changed.corruptEveryBytes = positive("everyBytes", everyBytes);
    return new Faults(changed);
  }

  /**
   * Turns over a bit of each of these bytes, and of those that were named before.
   *
   * @param offsets how many bytes are before it, of each; in any order
   * @throws IllegalArgumentException if one is negative
   */
  public Faults corruptAt(long... offsets) {
    for (long offset : offsets) {
      notNegative("offset", offset);
    }
    Said changed = said.copy();
    int before = changed.corruptAt.length;
    long[] all = Arrays.copyOf(changed.corruptAt, before + offsets.length);
    System.arraycopy(offsets, 0, all, before, offsets.length);
    changed.corruptAt = Arrays.stream(all).sorted().distinct().toArray();
    return new Faults(changed);
  }

  /**
   * Tells the receiver that no more bytes come once so many are passed on. Those that come are
   * taken from the sender and thrown away; the other direction goes on. This is the end instead of
   * another that was said before.
   *
   * @param bytes at least 0
   * @throws IllegalArgumentException if it is negative
   */
  public Faults halfCloseAfter(long bytes) {
    return endAfter(Fault.Kind.HALF_CLOSE, bytes);
  }

  /**
   * Resets the connection, towards both sides, once so many bytes are passed on. That the last of
   * them arrive is not sure: a reset overtakes what the system has not sent yet. This is the end
   * instead of another that was said before.
   *
   * @param bytes at least 0
   * @throws IllegalArgumentException if it is negative
   */
  public Faults resetAfter(long bytes) {
    return endAfter(Fault.Kind.RESET, bytes);
  }

  /**
   * Takes no more bytes from the sender once so many are passed on, and tells nobody; the other
   * direction goes on. The connection is there until the other direction ends, or the proxy is
   * closed: whoever tests by this needs a time-out. This is the end instead of another that was
   * said before.
   *
   * @param bytes at least 0
   * @throws IllegalArgumentException if it is negative
   */
  public Faults dropDeadAfter(long bytes) {
    return endAfter(Fault.Kind.DROP_DEAD, bytes);
  }

  private Faults endAfter(Fault.Kind end, long bytes) {
    Said changed = said.copy();
    changed.end = end;
    changed.endAfter = notNegative("bytes", bytes);
    return new Faults(changed);
  }

  private static int positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
    return value;
  }

  @CanIgnoreReturnValue
  private static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, was " + value);
    }
    return value;
  }

  /** The greatest piece, or 0 if nothing is split. */
  int splitBytes() {
    return said.splitBytes;
  }

  /** How many bytes are between two that wait, or 0 if none waits. */
  int delayEveryBytes() {
    return said.delayEveryBytes;
  }

  long delayNanos() {
    return said.delayNanos;
  }

  /** How many in a second, or 0 if there is no limit. */
  int bytesPerSecond() {
    return said.bytesPerSecond;
  }

  /** How many bytes are between two that are changed at random, or 0 if none is. */
  int corruptEveryBytes() {
    return said.corruptEveryBytes;
  }

  /**
   * The {@code index}th of those that are changed for sure, in their order; or what never comes.
   */
  long namedCorruption(int index) {
    return index < said.corruptAt.length ? said.corruptAt[index] : Long.MAX_VALUE;
  }

  /** How the proxy ends it, if it does: a half-close, a reset or a drop dead. */
  public Optional<Fault.Kind> end() {
    return Optional.ofNullable(said.end);
  }

  /** After how many bytes the proxy ends it; {@code Long.MAX_VALUE} if it does not. */
  public long endAfter() {
    return said.endAfter;
  }

  @Override
  public String toString() {
    StringJoiner all = new StringJoiner(", ", "Faults[", "]").setEmptyValue("Faults[none]");
    if (said.splitBytes > 0) {
      all.add("split into " + said.splitBytes + " at most");
    }
    if (said.delayEveryBytes > 0) {
      all.add(
          "delay by %s at most every %d"
              .formatted(Duration.ofNanos(said.delayNanos), said.delayEveryBytes));
    }
    if (said.bytesPerSecond > 0) {
      all.add("throttle to " + said.bytesPerSecond + " in a second");
    }
    if (said.corruptEveryBytes > 0) {
      all.add("corrupt every " + said.corruptEveryBytes);
    }
    if (said.corruptAt.length > 0) {
      all.add("corrupt at " + Arrays.toString(said.corruptAt));
    }
    if (said.end != null) {
      all.add(said.end + " after " + said.endAfter);
    }
    return all.toString();
  }
}
