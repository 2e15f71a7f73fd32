package dev.pollux.samples.bench.peer;

import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The pipelines of {@code stream_*} as {@code Flux}. */
final class ReactorStreams {

  private ReactorStreams() {}

  static Counted sync(int size) {
    long begunNanos = System.nanoTime();
    return Counted.since(begunNanos, sum(rest(Flux.range(0, size).map(x -> x + 1), size)));
  }

  /** What follows {@code publishOn} is run by {@code consumer}. */
  static Counted async(int size, Scheduler consumer) {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos, sum(rest(Flux.range(0, size).map(x -> x + 1).publishOn(consumer), size)));
  }

  private static Flux<Long> rest(Flux<Integer> numbers, int size) {
    return numbers.filter(x -> x % 2 == 0).map(x -> x * 3L).take(size / 2);
  }

  static Counted flatMap(int side) {
    long begunNanos = System.nanoTime();
    Flux<Integer> inner = Flux.range(0, side).concatMap(outer -> Flux.range(0, side));
    return Counted.since(begunNanos, sum(inner));
  }

  private static long sum(Flux<? extends Number> numbers) {
    return Objects.requireNonNull(summed(numbers).block());
  }

  /** Adds up without a box for each sum. */
  static Mono<Long> summed(Flux<? extends Number> numbers) {
    return numbers
        .collect(() -> new long[1], (soFar, x) -> soFar[0] += x.longValue())
        .map(sum -> sum[0]);
  }
}
