package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sleeps for a pseudo-random number of milliseconds, again and again, and notes how late each sleep
 * is over. Answers how many there were.
 */
final class LateSleeps implements Future<Integer> {

  private static final int NANOS_PER_MILLI = 1_000_000;

  private final Latencies lateness;
  private final SplittableRandom random;
  private final int mostMillis;
  private final long endNanos;
  private @Nullable Sleep sleep;
  private long dueNanos;
  private int count;

  private LateSleeps(Latencies lateness, long seed, int mostMillis, long endNanos) {
    this.lateness = lateness;
    this.random = new SplittableRandom(seed);
    this.mostMillis = mostMillis;
    this.endNanos = endNanos;
  }

  /**
   * Spawns several such tasks.
   *
   * @param lateness takes how late they are
   * @param mostMillis the longest sleep; the shortest takes one
   * @param endNanos when {@code System.nanoTime()} is that, no other sleep begins
   */
  static List<JoinHandle<Integer>> spawn(
      PolluxRuntime runtime, int tasks, Latencies lateness, int mostMillis, long endNanos) {
    List<JoinHandle<Integer>> handles = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      handles.add(runtime.spawn(new LateSleeps(lateness, i, mostMillis, endNanos)));
    }
    return handles;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    while (true) {
      if (sleep == null) {
        if (System.nanoTime() - endNanos >= 0) {
          return Poll.ready(count);
        }
        int millis = 1 + random.nextInt(mostMillis);
        dueNanos = System.nanoTime() + (long) millis * NANOS_PER_MILLI;
        sleep = Time.sleep(Duration.ofMillis(millis));
      }
      if (sleep.poll(cx).isPending()) {
        return Poll.pending();
      }
      sleep = null;
      note(System.nanoTime() - dueNanos);
    }
  }

  private void note(long lateNanos) {
    if (lateNanos < 0) {
      throw new IllegalStateException(
          "wrong result: a sleep was over " + -lateNanos + " ns too early");
    }
    lateness.add(lateNanos);
    count++;
  }

  @Override
  public void cancel() {
    if (sleep != null) {
      sleep.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("late sleeps").with("count", count).child("sleep", sleep);
  }
}
