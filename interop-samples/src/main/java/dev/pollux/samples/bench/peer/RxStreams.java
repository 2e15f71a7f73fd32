package dev.pollux.samples.bench.peer;

import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.core.Single;

/** The pipelines of {@code stream_*} as {@code Flowable}. */
final class RxStreams {

  /** As many as the others hold between two threads; RxJava's own default is 128. */
  private static final int CAPACITY = 256;

  private RxStreams() {}

  static Counted sync(int size) {
    long begunNanos = System.nanoTime();
    return Counted.since(begunNanos, sum(rest(Flowable.range(0, size).map(x -> x + 1), size)));
  }

  /** What follows {@code observeOn} is run by {@code consumer}. */
  static Counted async(int size, Scheduler consumer) {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos,
        sum(
            rest(
                Flowable.range(0, size).map(x -> x + 1).observeOn(consumer, false, CAPACITY),
                size)));
  }

  private static Flowable<Long> rest(Flowable<Integer> numbers, int size) {
    return numbers.filter(x -> x % 2 == 0).map(x -> x * 3L).take(size / 2);
  }

  static Counted flatMap(int side) {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos, sum(Flowable.range(0, side).concatMap(outer -> Flowable.range(0, side))));
  }

  private static long sum(Flowable<? extends Number> numbers) {
    return summed(numbers).blockingGet();
  }

  /** Adds up without a box for each sum. */
  static Single<Long> summed(Flowable<? extends Number> numbers) {
    return numbers
        .collect(() -> new long[1], (soFar, x) -> soFar[0] += x.longValue())
        .map(sum -> sum[0]);
  }
}
