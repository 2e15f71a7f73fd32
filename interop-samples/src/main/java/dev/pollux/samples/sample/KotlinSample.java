package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import org.reactivestreams.Publisher;

/**
 * Kotlin's {@code Flow}, both ways, as a publisher of Reactive Streams. In Kotlin the middle would
 * read {@code publisher.asFlow().filter { it % 2 == 0 }.map { it * it }.asPublisher()}; from Java
 * its operators are static methods, whose functions have a continuation for a second argument.
 */
final class KotlinSample {

  static final Sample SAMPLE =
      new Sample("kotlin", "Kotlin's Flow and AsyncIterator", findings -> run(findings));

  private static final int COUNT = 10_000;
  private static final int CAPACITY = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private KotlinSample() {}

  private static void run(Findings findings) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      // Pollux -> Kotlin -> Pollux: coroutines in the middle, polls at both ends.
      Publisher<Integer> numbers =
          Streams.toPublisher(() -> AsyncIterators.range(0, COUNT), runtime);
      List<Integer> list =
          runtime.blockOn(
              fromFlow(squaresOfEven(ReactiveFlowKt.asFlow(numbers))).toList(), PATIENCE);
      List<Integer> expected =
          IntStream.range(0, COUNT).filter(n -> n % 2 == 0).map(n -> n * n).boxed().toList();
      findings.row("Pollux -> Kotlin -> Pollux", list.size() + " elements");
      findings.check("as a plain loop has them", list.equals(expected));

      // The flow has seen enough: its cancel reaches our source.
      CountDownLatch closed = new CountDownLatch(1);
      Publisher<Integer> endless =
          Streams.toPublisher(
              () ->
                  AsyncIterators.using(
                      () -> 7,
                      seven -> AsyncIterators.generate(() -> seven),
                      seven -> closed.countDown()),
              runtime);
      List<Integer> three =
          runtime.blockOn(
              fromFlow(FlowKt.take(ReactiveFlowKt.asFlow(endless), 3)).toList(), PATIENCE);
      findings.check("the first of an endless source", three, List.of(7, 7, 7));
      boolean isClosed = closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      findings.check("the source was closed", isClosed);

      // We have seen enough of a flow that would go on.
      Flow<Integer> many = FlowKt.asFlow(IntStream.iterate(1, n -> n + 1).boxed().iterator());
      List<Integer> few = runtime.blockOn(fromFlow(many).take(3).toList(), PATIENCE);
      findings.check("the first of an endless flow", few, List.of(1, 2, 3));
    }
  }

  private static Flow<Integer> squaresOfEven(Flow<Integer> numbers) {
    return FlowKt.map(
        FlowKt.filter(numbers, (n, continuation) -> n % 2 == 0), (n, continuation) -> n * n);
  }

  private static <T> AsyncIterator<T> fromFlow(Flow<T> flow) {
    return Streams.fromPublisher(ReactiveFlowKt.asPublisher(flow), CAPACITY);
  }
}
