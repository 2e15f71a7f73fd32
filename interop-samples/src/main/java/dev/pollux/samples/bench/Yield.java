package dev.pollux.samples.bench;

import dev.pollux.benchmarks.SpawnAndJoin;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import org.jspecify.annotations.Nullable;

/** 1,000 tasks await {@code yieldNow()} 200 times each. */
final class Yield {

  private static final int TASKS = 1000;
  private static final int EACH = 200;

  static final Workload WORKLOAD =
      new Workload("yield", "1,000 tasks yield 200 times each", Heap.USUAL, Yield::run);

  private Yield() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      meter.measure(
          "ns_per_yield",
          (long) TASKS * EACH,
          () -> {
            long begun = System.nanoTime();
            long sum = runtime.blockOn(new SpawnAndJoin(TASKS, i -> new Yields()));
            long nanos = System.nanoTime() - begun;
            meter.check(sum, (long) TASKS * EACH);
            return nanos;
          });
    }
  }

  /** Answers how often it has yielded. */
  private static final class Yields implements Future<Integer> {

    private int done;
    private @Nullable Future<Void> yield;

    @Override
    public Poll<Integer> poll(Context cx) throws Exception {
      while (true) {
        if (yield == null) {
          if (done == EACH) {
            return Poll.ready(done);
          }
          yield = Futures.yieldNow();
        }
        if (yield.poll(cx).isPending()) {
          return Poll.pending();
        }
        yield = null;
        done++;
      }
    }
  }
}
