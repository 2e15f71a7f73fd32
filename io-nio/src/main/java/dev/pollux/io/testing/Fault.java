package dev.pollux.io.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Something that a {@link FaultProxy} has done.
 *
 * @param kind what
 * @param connection the number of the connection, from 0 on
 * @param direction which way the bytes went to which it was done
 * @param offset how many bytes had gone that way before, in this connection
 * @param amount of a delay the nanoseconds, of a corruption the bits that were turned over; else 0
 */
public record Fault(Kind kind, int connection, Direction direction, long offset, long amount) {

  /** What a proxy does. */
  public enum Kind {
    /** The byte at the offset, and all behind it, had to wait. */
    DELAY,

    /** A bit of the byte at the offset was turned over. */
    CORRUPT,

    /** The receiver was told that no more bytes come; those that came were thrown away. */
    HALF_CLOSE,

    /** Both sides got a reset. */
    RESET,

    /** No more bytes were taken from the sender, and the receiver was told nothing. */
    DROP_DEAD,

    /** The target took no connection: the client got a reset. */
    UNREACHABLE
  }

  /** Makes one. */
  public Fault {
    requireNonNull(kind, "kind");
    requireNonNull(direction, "direction");
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case DELAY -> kind + " of " + Duration.ofNanos(amount);
          case CORRUPT -> kind + " by 0x" + Long.toHexString(amount);
          case HALF_CLOSE, RESET, DROP_DEAD, UNREACHABLE -> kind.toString();
        };
    return what + " at byte " + offset + " " + direction + " of connection " + connection;
  }
}
