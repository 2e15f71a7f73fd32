package dev.pollux.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.Streams;
import io.reactivex.rxjava3.core.Flowable;
import java.util.stream.Collector;
import reactor.core.publisher.Flux;

/**
 * The same work on streams by Pollux, Reactor and RxJava.
 *
 * <p>Five stages follow a range of {@code n} numbers: add one, keep the even ones, times three,
 * leave out the first ten, take no more than {@code n}. The answer is the sum.
 */
public final class Pipelines {

  private static final int SKIPPED = 10;

  /** How many elements may wait in the iterator's end of a bridge. */
  private static final int BRIDGE_CAPACITY = 256;

  private Pipelines() {}

  /** The sum that each of them must come to. */
  public static long expectedSum(int n) {
    long sum = 0;
    for (int even = 2 * (SKIPPED + 1); even <= n; even += 2) {
      sum += 3L * even;
    }
    return sum;
  }

  /** The five stages as an async iterator. */
  public static AsyncIterator<Long> pollux(int n) {
    return AsyncIterators.range(0, n)
        .map(x -> x + 1)
        .filter(x -> x % 2 == 0)
        .map(x -> x * 3L)
        .skip(SKIPPED)
        .take(n);
  }

  /** The five stages as a Flux. */
  public static Flux<Long> reactor(int n) {
    return Flux.range(0, n)
        .map(x -> x + 1)
        .filter(x -> x % 2 == 0)
        .map(x -> x * 3L)
        .skip(SKIPPED)
        .take(n);
  }

  /** The five stages as a Flowable. */
  public static Flowable<Long> rxjava(int n) {
    return Flowable.range(0, n)
        .map(x -> x + 1)
        .filter(x -> x % 2 == 0)
        .map(x -> x * 3L)
        .skip(SKIPPED)
        .take(n);
  }

  /** The sum of the elements, read by {@code pollEach}. */
  public static Future<Long> sumByPollEach(AsyncIterator<? extends Number> elements) {
    return elements.collect(SUM).map(sum -> sum[0]);
  }

  /** The sum of the elements, read by {@code pollNext}. */
  public static Future<Long> sumByPollNext(AsyncIterator<? extends Number> elements) {
    return new PollNextSum(elements);
  }

  /** The sum of the elements. */
  public static long sum(Flux<Long> elements) {
    return requireNonNull(elements.collect(() -> new long[1], (sum, x) -> sum[0] += x).block())[0];
  }

  /** The sum of the elements. */
  public static long sum(Flowable<Long> elements) {
    return elements.collect(() -> new long[1], (sum, x) -> sum[0] += x).blockingGet()[0];
  }

  /** The numbers below {@code n}, having crossed into a publisher and back. */
  public static AsyncIterator<Integer> bridgeRoundTrip(int n, Spawner spawner) {
    return Streams.fromPublisher(
        Streams.toPublisher(() -> AsyncIterators.range(0, n), spawner), BRIDGE_CAPACITY);
  }

  private static final Collector<Number, long[], long[]> SUM =
      Collector.of(
          () -> new long[1],
          (sum, x) -> sum[0] += x.longValue(),
          (a, b) -> new long[] {a[0] + b[0]});
}
