package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import java.util.List;

/** Measures a future from its first poll to its value: how long a task takes, on its worker. */
final class Stopwatch implements Future<Long> {

  private final Future<? extends Number> work;
  private boolean begun;
  private long begunNanos;
  private long nanos;

  private Stopwatch(Future<? extends Number> work) {
    this.work = work;
  }

  /**
   * Runs {@code work} as a task, and checks what it answers.
   *
   * @return how many nanoseconds it took
   */
  static long nanos(
      PolluxRuntime runtime, Meter meter, Future<? extends Number> work, long expected)
      throws Exception {
    Stopwatch stopwatch = new Stopwatch(work);
    meter.check(runtime.blockOn(stopwatch), expected);
    return stopwatch.nanos;
  }

  /**
   * Runs each of {@code work} as a task, spawned by another, and checks the sum of what they
   * answer.
   *
   * @return how many nanoseconds it took until all had ended
   */
  static long nanos(PolluxRuntime runtime, Meter meter, List<Future<Long>> work, long expected)
      throws Exception {
    return nanos(runtime, meter, Futures.parallelJoin(work).map(Stopwatch::sum), expected);
  }

  private static long sum(List<Long> outputs) {
    long sum = 0;
    for (long output : outputs) {
      sum += output;
    }
    return sum;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    if (!begun) {
      begun = true;
      begunNanos = System.nanoTime();
    }
    Poll<? extends Number> output = work.poll(cx);
    if (output.isPending()) {
      return Poll.pending();
    }
    nanos = System.nanoTime() - begunNanos;
    return Poll.ready(output.value().longValue());
  }

  @Override
  public void cancel() {
    work.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("stopwatch").child("work", work);
  }
}
