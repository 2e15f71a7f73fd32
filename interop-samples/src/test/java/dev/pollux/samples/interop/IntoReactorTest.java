package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import dev.pollux.streams.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Async iterators, read by Reactor. */
@Timeout(60)
class IntoReactorTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private Flux<Integer> flux(ProbedSource source) {
    return Flux.from(Streams.toOneShotPublisher(source, driven.runtime()));
  }

  private Flux<Integer> range(int from, int to) {
    return Flux.from(Streams.toPublisher(() -> AsyncIterators.range(from, to), driven.runtime()));
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void allElementsArriveInOrder() {
    assertThat(range(0, 10_000).collectList().block()).isEqualTo(numbers(0, 10_000));
  }

  @Test
  void anEmptySourceCompletes() {
    assertThat(flux(ProbedSource.of(0)).hasElements().block()).isFalse();
  }

  @Test
  void takeCancelsTheSourceAndPullsNoMoreThanOneAhead() throws Exception {
    ProbedSource source = ProbedSource.silent(1000);
    assertThat(flux(source).take(3).collectList().block()).isEqualTo(numbers(0, 3));
    source.awaitCancel();
    assertThat(source.pulled()).isBetween(3, 4);
  }

  @Test
  void takeUntilAndSkipAndDistinctSeeWhatTheyShould() {
    List<Integer> seen =
        range(0, 100)
            .map(x -> x / 3)
            .skip(4)
            .distinctUntilChanged()
            .takeUntil(x -> x == 10)
            .collectList()
            .block();
    assertThat(seen).isEqualTo(numbers(1, 11));
  }

  @Test
  void aFailureArrivesAfterTheElements() {
    IOException failure = new IOException("disk");
    List<Integer> seen = new ArrayList<>();
    assertThatThrownBy(() -> flux(ProbedSource.failing(5, failure)).doOnNext(seen::add).blockLast())
        .hasCause(failure);
    assertThat(seen).isEqualTo(numbers(0, 5));
  }

  @Test
  void onErrorResumeGoesOnWithAnotherIterator() {
    Flux<Integer> failing = flux(ProbedSource.failing(2, new IOException("disk")));
    assertThat(failing.onErrorResume(failure -> range(2, 5)).collectList().block())
        .isEqualTo(numbers(0, 5));
  }

  @Test
  void retryAndRepeatSubscribeAgainToASourceOfTheirOwn() {
    AtomicInteger made = new AtomicInteger();
    Flux<Integer> secondWorks =
        Flux.from(
            Streams.toPublisher(
                () ->
                    made.getAndIncrement() == 0
                        ? ProbedSource.failing(2, new IOException("first"))
                        : ProbedSource.of(3),
                driven.runtime()));
    assertThat(secondWorks.retry(1).collectList().block()).containsExactly(0, 1, 0, 1, 2);
    assertThat(secondWorks.repeat(1).collectList().block()).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(made).hasValue(4);
  }

  @Test
  void publishOnHandsOverToAnotherThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    List<Integer> seen =
        range(0, 5000)
            .doOnNext(x -> threads.add(Thread.currentThread()))
            .publishOn(Schedulers.parallel(), 16)
            .doOnNext(x -> assertThat(Thread.currentThread()).isNotEqualTo(driven.thread()))
            .collectList()
            .block();
    assertThat(seen).isEqualTo(numbers(0, 5000));
    assertThat(threads).containsExactly(driven.thread());
  }

  @Test
  void subscribeOnAsksFromAnotherThread() {
    assertThat(range(0, 1000).subscribeOn(Schedulers.boundedElastic()).count().block())
        .isEqualTo(1000);
  }

  @Test
  void flatMapReadsManyIteratorsAtOnce() {
    Flux<Integer> all = range(0, 50).flatMap(i -> range(100 * i, 100 * i + 100), 8);
    assertThat(all.collectList().block()).containsExactlyInAnyOrderElementsOf(numbers(0, 5000));
  }

  @Test
  void concatMapReadsThemInOrder() {
    Flux<Integer> all = range(0, 50).concatMap(i -> range(100 * i, 100 * i + 100));
    assertThat(all.collectList().block()).isEqualTo(numbers(0, 5000));
  }

  @Test
  void zipPairsTwoIterators() {
    assertThat(Flux.zip(range(0, 100), range(1, 1000), Integer::sum).collectList().block())
        .isEqualTo(IntStream.range(0, 100).map(x -> 2 * x + 1).boxed().toList());
  }

  @Test
  void bufferAndWindowAskForManyAtATime() {
    assertThat(range(0, 10).buffer(4).collectList().block())
        .containsExactly(numbers(0, 4), numbers(4, 8), numbers(8, 10));
    assertThat(range(0, 10).window(3).flatMap(Flux::count).collectList().block())
        .containsExactly(3L, 3L, 3L, 1L);
  }

  @Test
  void aTimeoutCancelsASilentSource() throws Exception {
    ProbedSource source = ProbedSource.silent(2);
    assertThatThrownBy(() -> flux(source).timeout(Duration.ofMillis(20)).blockLast())
        .hasCauseInstanceOf(TimeoutException.class);
    source.awaitCancel();
  }

  @Test
  void aSecondSubscriberOfAOneShotIsRefused() {
    Flux<Integer> once = flux(ProbedSource.of(1));
    assertThat(once.count().block()).isEqualTo(1);
    assertThatThrownBy(once::blockLast).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void demandIsNeverExceededByMoreThanOne() throws Exception {
    ProbedSource source = ProbedSource.silent(1000);
    List<Integer> seen = new ArrayList<>();
    BaseSubscriber<Integer> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(3);
          }

          @Override
          protected void hookOnNext(Integer item) {
            seen.add(item);
            assertThat(source.pulled()).isLessThanOrEqualTo(seen.size() + 1);
            if (seen.size() == 3) {
              request(2);
            } else if (seen.size() == 5) {
              cancel();
            }
          }
        };
    flux(source).subscribe(subscriber);
    source.awaitCancel();
    assertThat(seen).isEqualTo(numbers(0, 5));
    assertThat(source.pulled()).isLessThanOrEqualTo(6);
  }

  @Test
  void aThrowingSubscriberIsCancelledAndReported() throws Exception {
    ProbedSource source = ProbedSource.silent(10);
    Streams.toOneShotPublisher(source, driven.runtime())
        .subscribe(new ThrowingSubscriber(new IllegalStateException("no")));
    source.awaitCancel();
    driven.awaitNoTasks();
    assertThat(driven.takeUncaught()).hasSize(1).allMatch(line -> line.contains("2.13"));
  }

  @Test
  void aFutureIsAMonoThroughItsStage() {
    Mono<String> mono =
        Mono.fromCompletionStage(
            () -> Streams.toCompletionStage(Futures.ready("value"), driven.runtime()));
    assertThat(mono.block()).isEqualTo("value");
    assertThat(mono.block()).isEqualTo("value");
  }
}
