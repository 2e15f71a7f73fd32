package dev.pollux.streams.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A job that leaves its traces. */
class TestJob extends Job {

  final List<Throwable> failures = new ArrayList<>();
  private final AtomicInteger ends = new AtomicInteger();
  private final long periodNanos;

  TestJob(Runnable body, SerialQueue queue) {
    this(body, queue, -1);
  }

  TestJob(Runnable body, SerialQueue queue, long periodNanos) {
    super(body, queue);
    this.periodNanos = periodNanos;
  }

  @Override
  protected long periodNanos() {
    return periodNanos;
  }

  @Override
  protected boolean onFailure(Throwable failure) {
    failures.add(failure);
    return failure instanceof IllegalArgumentException;
  }

  @Override
  protected void onEnd() {
    ends.incrementAndGet();
  }

  /** How often it ended: once, or the test has found something. */
  int ended() {
    return ends.get();
  }
}
