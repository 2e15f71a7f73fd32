package dev.pollux.samples.bench.peer;

import kotlin.Unit;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.ranges.IntRange;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;

/**
 * The pipelines of {@code stream_*} as {@code Flow}. The functions of the operators never suspend,
 * so that they are plain lambdas.
 */
final class KotlinStreams {

  /** As many as the others hold between two threads. */
  private static final int CAPACITY = 256;

  private KotlinStreams() {}

  static Counted sync(int size) throws InterruptedException {
    long begunNanos = System.nanoTime();
    return Counted.since(
        begunNanos, sum(rest(plusOne(size), size), EmptyCoroutineContext.INSTANCE));
  }

  /** What is before {@code buffer} is a coroutine of its own. */
  static Counted async(int size) throws InterruptedException {
    long begunNanos = System.nanoTime();
    Flow<Integer> buffered = FlowKt.buffer(plusOne(size), CAPACITY, BufferOverflow.SUSPEND);
    return Counted.since(begunNanos, sum(rest(buffered, size), Dispatchers.getDefault()));
  }

  private static Flow<Integer> plusOne(int size) {
    return FlowKt.map(range(size), (x, completion) -> x + 1);
  }

  private static Flow<Long> rest(Flow<Integer> numbers, int size) {
    Flow<Integer> even = FlowKt.filter(numbers, (x, completion) -> x % 2 == 0);
    return FlowKt.take(FlowKt.map(even, (x, completion) -> x * 3L), size / 2);
  }

  static Counted flatMap(int side) throws InterruptedException {
    long begunNanos = System.nanoTime();
    Flow<Integer> inner = FlowKt.flatMapConcat(range(side), (outer, completion) -> range(side));
    return Counted.since(begunNanos, sum(inner, EmptyCoroutineContext.INSTANCE));
  }

  private static Flow<Integer> range(int size) {
    return FlowKt.asFlow(new IntRange(0, size - 1));
  }

  private static long sum(Flow<? extends Number> numbers, CoroutineContext context)
      throws InterruptedException {
    long[] sum = new long[1];
    BuildersKt.runBlocking(
        context,
        (scope, completion) ->
            numbers.collect(
                (x, unused) -> {
                  sum[0] += x.longValue();
                  return Unit.INSTANCE;
                },
                completion));
    return sum[0];
  }
}
