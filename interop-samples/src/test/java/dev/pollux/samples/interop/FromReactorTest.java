package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.streams.Streams;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Reactor's publishers, read as async iterators. */
@Timeout(60)
class FromReactorTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 256, 100_000})
  void allElementsArriveInOrderWithEveryCapacity(int capacity) throws Exception {
    assertThat(driven.collect(Streams.<Integer>fromPublisher(Flux.range(0, 5000), capacity)))
        .isEqualTo(numbers(0, 5000));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 256})
  void elementsFromAnotherThreadArriveInOrder(int capacity) throws Exception {
    Flux<Integer> elsewhere = Flux.range(0, 5000).publishOn(Schedulers.parallel());
    assertThat(driven.collect(Streams.<Integer>fromPublisher(elsewhere, capacity)))
        .isEqualTo(numbers(0, 5000));
  }

  @Test
  void noMoreThanTheCapacityIsAskedFor() throws Exception {
    AtomicLong open = new AtomicLong();
    AtomicLong most = new AtomicLong();
    Flux<Integer> watched =
        Flux.range(0, 1000).doOnRequest(n -> most.accumulateAndGet(open.addAndGet(n), Math::max));
    AsyncIterator<Integer> elements =
        Streams.<Integer>fromPublisher(watched, 10)
            .map(
                x -> {
                  open.decrementAndGet();
                  return x;
                });
    assertThat(driven.collect(elements)).hasSize(1000);
    assertThat(most.get()).isLessThanOrEqualTo(10 + 1);
  }

  @Test
  void emptyEnds() throws Exception {
    assertThat(driven.collect(Streams.<Integer>fromPublisher(Flux.empty(), 4))).isEmpty();
    assertThat(driven.collect(Streams.<Integer>fromPublisher(Mono.empty(), 4))).isEmpty();
  }

  @Test
  void aMonoIsAnIteratorOfOne() throws Exception {
    assertThat(driven.collect(Streams.<String>fromPublisher(Mono.just("one"), 1)))
        .containsExactly("one");
  }

  @Test
  void aFailureIsThrownUnchangedAfterTheElements() {
    IOException failure = new IOException("disk");
    Flux<Integer> failing = Flux.range(0, 3).concatWith(Flux.error(failure));
    int[] seen = new int[1];
    AsyncIterator<Integer> elements =
        Streams.<Integer>fromPublisher(failing, 2)
            .map(
                x -> {
                  seen[0]++;
                  return x;
                });
    assertThatThrownBy(() -> driven.collect(elements))
        .isInstanceOf(TaskFailedException.class)
        .cause()
        .isSameAs(failure);
    assertThat(seen[0]).isEqualTo(3);
  }

  @Test
  void takeCancelsTheFlux() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    Flux<Integer> endless =
        Flux.<Integer>generate(sink -> sink.next(1)).doOnCancel(cancelled::countDown);
    assertThat(driven.collect(Streams.<Integer>fromPublisher(endless, 8).take(20))).hasSize(20);
    cancelled.await();
  }

  @Test
  void cancellingTheTaskCancelsASilentFlux() throws Exception {
    CountDownLatch subscribed = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Flux<Integer> never =
        Flux.<Integer>never()
            .doOnRequest(n -> subscribed.countDown())
            .doOnCancel(cancelled::countDown);
    var task = driven.runtime().spawn(Streams.<Integer>fromPublisher(never, 8).count());
    subscribed.await();
    task.requestCancel();
    assertThatThrownBy(task::join).isInstanceOf(TaskCancelledException.class);
    cancelled.await();
  }

  @Test
  void aHotSourceIsHeardFromAnyThread() throws Exception {
    Sinks.Many<Integer> hot = Sinks.many().unicast().onBackpressureBuffer();
    var task = driven.runtime().spawn(Streams.<Integer>fromPublisher(hot.asFlux(), 4).count());
    for (int i = 0; i < 1000; i++) {
      hot.emitNext(i, Sinks.EmitFailureHandler.FAIL_FAST);
    }
    hot.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    assertThat(task.join()).isEqualTo(1000);
  }

  @Test
  void thereAndBackAgain() throws Exception {
    Flux<Integer> flux =
        Flux.from(Streams.toOneShotPublisher(ProbedSource.of(5000), driven.runtime()))
            .publishOn(Schedulers.parallel())
            .map(x -> x + 1);
    assertThat(driven.collect(Streams.<Integer>fromPublisher(flux, 32)))
        .isEqualTo(numbers(1, 5001));
  }
}
