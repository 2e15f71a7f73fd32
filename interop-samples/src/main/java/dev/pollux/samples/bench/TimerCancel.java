package dev.pollux.samples.bench;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;

/** 1,000,000 sleeps of a minute are armed and cancelled: all and then all, or one by one. */
final class TimerCancel {

  static final Workload WORKLOAD =
      new Workload(
          "timer_cancel",
          "1,000,000 sleeps armed and cancelled: all and then all, or one by one",
          Heap.FOR_A_MILLION,
          TimerCancel::run);

  private TimerCancel() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      meter.measure(
          "batch_ns_per_op", Millis.COUNT, () -> timed(runtime, meter, TimerCancel::batch));
      meter.measure(
          "single_ns_per_op", Millis.COUNT, () -> timed(runtime, meter, TimerCancel::single));
    }
  }

  /** What is done within one poll; answers how many sleeps were armed. */
  private interface Work {
    int run(Context cx);
  }

  private static long timed(CurrentThreadRuntime runtime, Meter meter, Work work) throws Exception {
    Future<Integer> inOnePoll = Futures.pollFn(cx -> Poll.ready(work.run(cx)));
    long begun = System.nanoTime();
    int armed = runtime.blockOn(inOnePoll);
    long nanos = System.nanoTime() - begun;
    meter.check(armed, Millis.COUNT);
    return nanos;
  }

  private static int batch(Context cx) {
    Sleep[] sleeps = new Sleep[Millis.COUNT];
    int armed = 0;
    for (int i = 0; i < sleeps.length; i++) {
      sleeps[i] = minute(i);
      armed += sleeps[i].poll(cx).isPending() ? 1 : 0;
    }
    for (Sleep sleep : sleeps) {
      sleep.cancel();
    }
    return armed;
  }

  private static int single(Context cx) {
    int armed = 0;
    for (int i = 0; i < Millis.COUNT; i++) {
      Sleep sleep = minute(i);
      armed += sleep.poll(cx).isPending() ? 1 : 0;
      sleep.cancel();
    }
    return armed;
  }

  private static Sleep minute(int index) {
    return Time.sleep(Duration.ofMillis(60_000 + Millis.get(index)));
  }
}
