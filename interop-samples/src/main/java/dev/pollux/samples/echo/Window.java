package dev.pollux.samples.echo;

/**
 * When connections send requests, and from when to when their answers count.
 *
 * @threading any thread
 */
final class Window {

  /** What times are counted from, so that they can be compared. */
  private final long originNanos = System.nanoTime();

  /** Whether requests are sent beside the first. */
  private volatile boolean open;

  private volatile long beginNanos = Long.MAX_VALUE;
  private volatile long endNanos = Long.MAX_VALUE;

  /** The time, which is never negative. */
  long nanos() {
    return System.nanoTime() - originNanos;
  }

  boolean isOpen() {
    return open;
  }

  /** Has requests be sent; the connections that wait are woken after this. */
  void open() {
    beginNanos = Long.MAX_VALUE;
    endNanos = Long.MAX_VALUE;
    open = true;
  }

  /** Counts the answers that come from now on, for {@code nanos}. */
  void count(long nanos) {
    long now = nanos();
    endNanos = now + nanos;
    beginNanos = now;
  }

  /** Counts no more, and has no more requests sent. */
  void close() {
    long now = nanos();
    open = false;
    if (endNanos > now) {
      endNanos = now;
    }
  }

  boolean isCounted(long answeredNanos) {
    return answeredNanos >= beginNanos && answeredNanos < endNanos;
  }

  /** How long answers were counted, or have been until now. */
  long countedNanos() {
    long begin = beginNanos;
    return begin == Long.MAX_VALUE ? 0 : Math.max(0, Math.min(nanos(), endNanos) - begin);
  }
}
