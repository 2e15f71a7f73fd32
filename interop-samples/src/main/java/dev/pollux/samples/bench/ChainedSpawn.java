package dev.pollux.samples.bench;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.util.concurrent.CompletableFuture;

/** A task spawns the next, 1,000 deep, 100 times; the last completes what the first waits for. */
final class ChainedSpawn {

  private static final int DEPTH = 1000;
  private static final int CHAINS = 100;

  static final Workload WORKLOAD =
      new Workload(
          "chained_spawn",
          "a task spawns the next, 1,000 deep; the last answers by a one-shot",
          Heap.USUAL,
          ChainedSpawn::run);

  private ChainedSpawn() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      meter.measure(
          "ns_per_hop",
          (long) DEPTH * CHAINS,
          () -> {
            long begun = System.nanoTime();
            for (int i = 0; i < CHAINS; i++) {
              meter.check(runtime.blockOn(chain(runtime)), DEPTH);
            }
            return System.nanoTime() - begun;
          });
    }
  }

  private static Future<Integer> chain(CurrentThreadRuntime runtime) {
    return Futures.defer(
        () -> {
          CompletableFuture<Integer> last = new CompletableFuture<>();
          hop(runtime, 0, last);
          return Streams.fromCompletionStage(last);
        });
  }

  private static void hop(
      CurrentThreadRuntime runtime, int depth, CompletableFuture<Integer> last) {
    if (depth == DEPTH) {
      last.complete(depth);
      return;
    }
    Future<Integer> next =
        Futures.lazy(
            () -> {
              hop(runtime, depth + 1, last);
              return depth;
            });
    runtime.spawn(next).detach();
  }
}
