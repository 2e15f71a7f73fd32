package dev.pollux.samples.bench;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * 1,000 tasks; each makes two one-shots and spawns a child that answers. A one-shot is a {@code
 * CompletableFuture} that is awaited as a future.
 */
final class PingPong {

  private static final int PAIRS = 1000;

  static final Workload WORKLOAD =
      new Workload(
          "ping_pong",
          "1,000 tasks make two one-shots (CompletableFuture) and a child that answers",
          Heap.USUAL,
          PingPong::run);

  private PingPong() {}

  private static void run(Meter meter) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      meter.measure(
          "ns_per_pair",
          PAIRS,
          () -> {
            long begun = System.nanoTime();
            int answered = runtime.blockOn(new Match(runtime).play());
            long nanos = System.nanoTime() - begun;
            meter.check(answered, PAIRS);
            return nanos;
          });
    }
  }

  private static final class Match {

    private final CurrentThreadRuntime runtime;
    private final AtomicInteger answered = new AtomicInteger();
    private final CompletableFuture<Integer> over = new CompletableFuture<>();

    Match(CurrentThreadRuntime runtime) {
      this.runtime = runtime;
    }

    Future<Integer> play() {
      return Futures.defer(
          () -> {
            for (int i = 0; i < PAIRS; i++) {
              int ball = i;
              runtime.spawn(Futures.defer(() -> player(ball))).detach();
            }
            return Streams.fromCompletionStage(over);
          });
    }

    private Future<Boolean> player(int ball) {
      CompletableFuture<Integer> request = new CompletableFuture<>();
      CompletableFuture<Integer> reply = new CompletableFuture<>();
      runtime.spawn(Streams.fromCompletionStage(request).map(x -> reply.complete(x + 1))).detach();
      request.complete(ball);
      return Streams.fromCompletionStage(reply).map(x -> x == ball + 1 && count());
    }

    private boolean count() {
      return answered.incrementAndGet() == PAIRS && over.complete(PAIRS);
    }
  }
}
