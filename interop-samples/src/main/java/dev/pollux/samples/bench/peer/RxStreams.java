package dev.pollux.samples.bench.peer;

import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;

/** The pipelines of {@code stream_*} as {@code Flowable}. */
final class RxStreams {

  private RxStreams() {}

  static Counted sync(int size) {
    long begunNanos = System.nanoTime();
    return Counted.since(begunNanos, sum(rest(Flowable.range(0, size).map(x -> x + 1), size)));
  }

  /** What follows {@code observeOn} is run by {@code consumer}. */
  static Counted async(int size, Scheduler consumer) {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos, sum(rest(Flowable.range(0, size).map(x -> x + 1).observeOn(consumer), size)));
  }

  private static Flowable<Long> rest(Flowable<Integer> numbers, int size) {
    return numbers.filter(x -> x % 2 == 0).map(x -> x * 3L).take(size / 2);
  }

  static Counted flatMap(int side) {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos, sum(Flowable.range(0, side).flatMap(outer -> Flowable.range(0, side))));
  }

  /** Adds up without a box for each sum. */
  static long sum(Flowable<? extends Number> numbers) {
    return numbers.collect(() -> new long[1], (soFar, x) -> soFar[0] += x.longValue())
        .blockingGet()[0];
  }
}
