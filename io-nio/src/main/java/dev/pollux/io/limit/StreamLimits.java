package dev.pollux.io.limit;

import static java.util.Objects.requireNonNull;

import dev.pollux.io.AsyncByteStream;
import java.time.Duration;

/**
 * What is put up with on a connection: how long it may be silent, take nothing, trickle, and live.
 *
 * <pre>{@code
 * StreamLimits limits =
 *     StreamLimits.none()
 *         .withIdle(Duration.ofMinutes(5))
 *         .withStall(Duration.ofSeconds(30));
 * LimitedStream limited = limits.limit(stream);
 * Copy echo = Io.copy(limited, limited);
 * }</pre>
 *
 * <p>A server that is busy for a minute makes no peer idle: that time begins when somebody waits
 * for the peer. It goes on where that one gives up its wait and another begins one. What exceeds a
 * limit fails with a {@link TimeLimitException}, and is counted.
 *
 * <p>An immutable value; one serves any number of connections.
 *
 * <p>Source: the time-outs of {@code net/http} in Go, and {@code mod_reqtimeout} of Apache.
 *
 * @threading any thread
 */
public final class StreamLimits {

  /** So many windows of a trickle in a row are too many. */
  static final int TRICKLE_WINDOWS = 3;

  private static final StreamLimits NONE =
      new StreamLimits(
          Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, Duration.ZERO, new LimitCounts());

  // Durations: zero for no limit.
  final Duration idle;
  final Duration stall;
  final int trickleBytes;
  final Duration trickleWindow;
  final Duration lifetime;
  final LimitCounts counts;

  // The same in nanoseconds; Long.MAX_VALUE for no limit.
  final long idleNanos;
  final long stallNanos;
  final long trickleNanos;
  final long lifetimeNanos;

  private StreamLimits(
      Duration idle,
      Duration stall,
      int trickleBytes,
      Duration trickleWindow,
      Duration lifetime,
      LimitCounts counts) {
    this.idle = idle;
    this.stall = stall;
    this.trickleBytes = trickleBytes;
    this.trickleWindow = trickleWindow;
    this.lifetime = lifetime;
    this.counts = counts;
    this.idleNanos = nanos(idle);
    this.stallNanos = nanos(stall);
    this.trickleNanos = nanos(trickleWindow);
    this.lifetimeNanos = nanos(lifetime);
  }

  private static long nanos(Duration duration) {
    if (duration.isZero()) {
      return Long.MAX_VALUE;
    }
    try {
      return duration.toNanos();
    } catch (ArithmeticException ages) {
      return Long.MAX_VALUE;
    }
  }

  /** Puts up with everything, and has counts of its own. */
  public static StreamLimits none() {
    return NONE.countedBy(new LimitCounts());
  }

  /**
   * How long nothing may come and nothing go, while a read or a write waits. Bytes in either
   * direction begin the time anew, so a download is not idle though the peer says nothing. Where
   * two tasks read and write, it may be noticed when twice the time has passed.
   *
   * @param limit the time; zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public StreamLimits withIdle(Duration limit) {
    return new StreamLimits(
        notNegative("idle", limit), stall, trickleBytes, trickleWindow, lifetime, counts);
  }

  /**
   * How long a write may wait without a byte being taken: for peers that never read. What comes
   * from the peer meanwhile does not help it.
   *
   * @param limit the time; zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public StreamLimits withStall(Duration limit) {
    return new StreamLimits(
        idle, notNegative("stall", limit), trickleBytes, trickleWindow, lifetime, counts);
  }

  /**
   * How much a peer must send that sends anything: if in three windows in a row something came, and
   * less than that in each of them, it is too slow. A window in which nothing comes is none of
   * them: such a peer may be at rest, and {@link #withIdle} is its limit.
   *
   * <p>For a protocol of frames {@link dev.pollux.io.codec.FramedReader#withFrameTimeout} is more
   * exact: it knows whether the peer is in the middle of something.
   *
   * @param bytes the least number for each window; 0 for no limit
   * @param window the length of a window, more than zero
   * @throws IllegalArgumentException if {@code bytes} is negative, or {@code window} is not more
   *     than zero
   */
  public StreamLimits withTrickle(int bytes, Duration window) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must be at least 0, was " + bytes);
    }
    if (requireNonNull(window, "window").isZero() || window.isNegative()) {
      throw new IllegalArgumentException("window must be more than zero, was " + window);
    }
    return new StreamLimits(
        idle, stall, bytes, bytes == 0 ? Duration.ZERO : window, lifetime, counts);
  }

  /**
   * How long a connection may be there, whatever it does, from its first poll.
   *
   * @param limit the time; zero for no limit
   * @throws IllegalArgumentException if it is negative
   */
  public StreamLimits withLifetime(Duration limit) {
    return new StreamLimits(
        idle, stall, trickleBytes, trickleWindow, notNegative("lifetime", limit), counts);
  }

  /**
   * Where refusals are counted: each connection once for each kind.
   *
   * @param counts may be that of other limits too
   */
  public StreamLimits countedBy(LimitCounts counts) {
    return new StreamLimits(
        idle, stall, trickleBytes, trickleWindow, lifetime, requireNonNull(counts, "counts"));
  }

  /** What was refused so far. */
  public LimitCounts counts() {
    return counts;
  }

  /**
   * Puts these limits around a connection.
   *
   * @param stream belongs to the result: its {@code close} closes this
   */
  public LimitedStream limit(AsyncByteStream stream) {
    return new LimitedStream(requireNonNull(stream, "stream"), this);
  }

  private static Duration notNegative(String name, Duration duration) {
    if (requireNonNull(duration, name).isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, was " + duration);
    }
    return duration;
  }

  @Override
  public String toString() {
    return "StreamLimits[idle "
        + words(idle)
        + ", stall "
        + words(stall)
        + ", trickle "
        + (trickleBytes == 0 ? "any" : trickleBytes + " bytes in " + trickleWindow)
        + ", lifetime "
        + words(lifetime)
        + "]";
  }

  private static String words(Duration limit) {
    return limit.isZero() ? "any" : limit.toString();
  }
}
