package dev.pollux.io;

/**
 * Two connections in memory, each of which reads what the other writes. No more is held than was
 * allowed: who writes more waits until the other side has read. Each end can be {@linkplain
 * AsyncWrite#shutdown shut down} by itself, as that of a socket can.
 *
 * <p>Who closes an end still lets the other read what was written before; then that reads the end.
 * Writing to an end that is closed fails with a {@link java.io.IOException}.
 *
 * <p>Source: {@code duplex} of Tokio.
 *
 * @param first one end
 * @param second the other end
 */
public record Duplex(AsyncByteStream first, AsyncByteStream second) {

  /**
   * Makes two ends.
   *
   * @param capacity how many bytes are held at most in each direction, at least 1
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static Duplex of(int capacity) {
    Checks.positive("capacity", capacity);
    Pipe there = new Pipe(capacity);
    Pipe back = new Pipe(capacity);
    return new Duplex(new DuplexEnd(back, there), new DuplexEnd(there, back));
  }
}
