package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import dev.pollux.time.Time;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Mutiny, both ways: a {@code Multi} is a {@code Flow.Publisher}, and a {@code Uni} is made of a
 * {@code CompletionStage} and observed as one.
 */
final class MutinySample {

  static final Sample SAMPLE =
      new Sample(
          "mutiny", "Mutiny: Multi and AsyncIterator, Uni and Future", findings -> run(findings));

  private static final int COUNT = 10_000;
  private static final int CAPACITY = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private MutinySample() {}

  private static void run(Findings findings) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      // Pollux -> Mutiny -> Pollux, one element after the other.
      Flow.Publisher<Integer> numbers =
          Streams.toFlowPublisher(() -> AsyncIterators.range(0, COUNT), runtime);
      Multi<Integer> squares =
          Multi.createFrom().publisher(numbers).filter(n -> n % 2 == 0).map(n -> n * n);
      List<Integer> list =
          runtime.blockOn(Streams.<Integer>fromFlowPublisher(squares, CAPACITY).toList(), PATIENCE);
      List<Integer> expected =
          IntStream.range(0, COUNT).filter(n -> n % 2 == 0).map(n -> n * n).boxed().toList();
      findings.row("Pollux -> Mutiny -> Pollux", list.size() + " elements");
      findings.check("as a plain loop has them", list.equals(expected));

      // Mutiny has seen enough: its cancel reaches our source.
      CountDownLatch closed = new CountDownLatch(1);
      Flow.Publisher<Integer> endless =
          Streams.toFlowPublisher(
              () ->
                  AsyncIterators.using(
                      () -> 7,
                      seven -> AsyncIterators.generate(() -> seven),
                      seven -> closed.countDown()),
              runtime);
      List<Integer> three =
          Multi.createFrom()
              .publisher(endless)
              .select()
              .first(3)
              .collect()
              .asList()
              .await()
              .atMost(PATIENCE);
      findings.check("the first of an endless source", three, List.of(7, 7, 7));
      boolean isClosed = closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      findings.check("the source was closed", isClosed);

      // A future for a Uni, and a Uni for a future.
      Uni<String> uni =
          Uni.createFrom()
              .completionStage(() -> Streams.toCompletionStage(greeting("Mutiny"), runtime));
      findings.check("Future -> Uni", uni.await().atMost(PATIENCE), "hello Mutiny");
      Future<String> future =
          Streams.fromCompletionStage(
              Uni.createFrom().item("hello Pollux").subscribeAsCompletionStage());
      findings.check("Uni -> Future", runtime.blockOn(future, PATIENCE), "hello Pollux");
    }
  }

  private static Future<String> greeting(String whom) {
    return Time.sleep(Duration.ofMillis(1)).map(done -> "hello " + whom);
  }
}
