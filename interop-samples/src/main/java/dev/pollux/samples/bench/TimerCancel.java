package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.TimerEntryState;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;

/**
 * 1,000,000 sleeps of a minute are armed and cancelled: all and then all, or one by one. Counted
 * are those that waited after they were polled and were over after they were cancelled.
 */
final class TimerCancel {

  static final Workload WORKLOAD =
      new Workload(
          "timer_cancel",
          "1,000,000 sleeps armed and cancelled: all and then all, or one by one",
          Heap.FOR_A_MILLION,
          Workload.ON_BOTH,
          TimerCancel::run);

  private TimerCancel() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "batch_ns_per_op",
        Millis.COUNT,
        runtime,
        () -> inOnePoll(runtime, meter, TimerCancel::batch));
    meter.measure(
        "single_ns_per_op",
        Millis.COUNT,
        runtime,
        () -> inOnePoll(runtime, meter, TimerCancel::single));
  }

  /** What is done within one poll; answers how many sleeps were armed and then cancelled. */
  private interface Work {
    int run(Context cx);
  }

  private static long inOnePoll(PolluxRuntime runtime, Meter meter, Work work) throws Exception {
    return Stopwatch.nanos(
        runtime, meter, Futures.pollFn(cx -> Poll.ready(work.run(cx))), Millis.COUNT);
  }

  private static int batch(Context cx) {
    Sleep[] sleeps = new Sleep[Millis.COUNT];
    int neverArmed = 0;
    for (int i = 0; i < sleeps.length; i++) {
      sleeps[i] = minute(i);
      neverArmed += sleeps[i].poll(cx).isPending() ? 0 : 1;
    }
    int cancelled = 0;
    for (Sleep sleep : sleeps) {
      cancelled += cancel(sleep);
    }
    return cancelled - neverArmed;
  }

  private static int single(Context cx) {
    int done = 0;
    for (int i = 0; i < Millis.COUNT; i++) {
      Sleep sleep = minute(i);
      int armed = sleep.poll(cx).isPending() ? 1 : 0;
      done += armed & cancel(sleep);
    }
    return done;
  }

  private static int cancel(Sleep sleep) {
    sleep.cancel();
    return TimerEntryState.isOver(sleep) ? 1 : 0;
  }

  private static Sleep minute(int index) {
    return Time.sleep(Duration.ofMillis(60_000 + Millis.get(index)));
  }
}
