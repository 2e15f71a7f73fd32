package dev.pollux.stream;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has passed through one or several streams so far: see {@link Observed#metrics}. Streams that
 * are given the same metrics are counted together.
 *
 * @threading any thread may read at any time; numbers that are read one after the other need not be
 *     of one moment
 */
public final class StreamMetrics {

  private final LongAdder streams = new LongAdder();
  private final LongAdder elements = new LongAdder();
  private final LongAdder pendingPolls = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder firstElements = new LongAdder();
  private final LongAdder firstNanos = new LongAdder();
  private final LongAccumulator slowestFirstNanos = new LongAccumulator(Math::max, 0);

  /** Makes metrics of nothing so far. */
  public StreamMetrics() {}

  // ---- counted by the streams

  void polled() {
    streams.increment();
  }

  void element() {
    elements.increment();
  }

  void first(long nanos) {
    firstElements.increment();
    firstNanos.add(nanos);
    slowestFirstNanos.accumulate(nanos);
  }

  void pending() {
    pendingPolls.increment();
  }

  void over() {
    ended.increment();
  }

  void failure() {
    failed.increment();
  }

  void cancellation() {
    cancelled.increment();
  }

  // ---- read by anybody

  /** How many streams were polled at least once. */
  public long streams() {
    return streams.sum();
  }

  /** How many elements have passed. */
  public long elements() {
    return elements.sum();
  }

  /** How many polls have answered {@code Pending}. */
  public long pendingPolls() {
    return pendingPolls.sum();
  }

  /** How many streams have ended by themselves. */
  public long ended() {
    return ended.sum();
  }

  /** How many streams have failed. */
  public long failures() {
    return failed.sum();
  }

  /** How many streams were cancelled, polled or not. */
  public long cancellations() {
    return cancelled.sum();
  }

  /**
   * The time from the first poll to the first element, in the mean of the streams that had one;
   * zero if none had. As the timers of the streams say.
   */
  public Duration meanTimeToFirst() {
    long count = firstElements.sum();
    return count == 0 ? Duration.ZERO : Duration.ofNanos(firstNanos.sum() / count);
  }

  /** The longest time from the first poll to the first element; zero if no stream had one. */
  public Duration longestTimeToFirst() {
    return Duration.ofNanos(slowestFirstNanos.get());
  }

  @Override
  public String toString() {
    return "StreamMetrics["
        + streams()
        + " streams, "
        + elements()
        + " elements, "
        + pendingPolls()
        + " pending polls, "
        + ended()
        + " ended, "
        + failures()
        + " failed, "
        + cancellations()
        + " cancelled]";
  }
}
