package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;

/** Computes for 50 µs in each poll, and yields. Answers how many polls it had. */
final class BusyTask implements Future<Integer> {

  private static final long POLL_NANOS = 50_000;

  private final long endNanos;
  private int polls;

  /** One that is over when {@code System.nanoTime()} is {@code endNanos}. */
  BusyTask(long endNanos) {
    this.endNanos = endNanos;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    long begun = System.nanoTime();
    polls++;
    if (begun - endNanos >= 0) {
      return Poll.ready(polls);
    }
    while (System.nanoTime() - begun < POLL_NANOS) {
      Thread.onSpinWait();
    }
    cx.wakeSelf();
    return Poll.pending();
  }
}
