package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import dev.pollux.streams.Streams;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Async iterators, read by RxJava. */
@Timeout(60)
class IntoRxJavaTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private Flowable<Integer> flowable(ProbedSource source) {
    return Flowable.fromPublisher(Streams.toOneShotPublisher(source, driven.runtime()));
  }

  private Flowable<Integer> range(int from, int to) {
    return Flowable.fromPublisher(
        Streams.toPublisher(() -> AsyncIterators.range(from, to), driven.runtime()));
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void allElementsArriveInOrder() {
    assertThat(range(0, 10_000).toList().blockingGet()).isEqualTo(numbers(0, 10_000));
  }

  @Test
  void anEmptySourceCompletes() {
    assertThat(flowable(ProbedSource.of(0)).isEmpty().blockingGet()).isTrue();
  }

  @Test
  void takeCancelsTheSourceAndPullsNoMoreThanOneAhead() throws Exception {
    ProbedSource source = ProbedSource.silent(1000);
    assertThat(flowable(source).rebatchRequests(1).take(3).toList().blockingGet())
        .isEqualTo(numbers(0, 3));
    source.awaitCancel();
    assertThat(source.pulled()).isBetween(3, 5);
  }

  @Test
  void demandIsMetExactly() throws Exception {
    ProbedSource source = ProbedSource.silent(10);
    TestSubscriber<Integer> subscriber = flowable(source).test(3);
    subscriber.awaitCount(3).assertValues(0, 1, 2).assertNotComplete();
    subscriber.request(2);
    subscriber.awaitCount(5).assertValues(0, 1, 2, 3, 4);
    subscriber.cancel();
    source.awaitCancel();
    assertThat(source.pulled()).isLessThanOrEqualTo(6);
  }

  @Test
  void theEndNeedsNoDemand() throws Exception {
    TestSubscriber<Integer> subscriber = flowable(ProbedSource.of(2)).test(2);
    assertThat(subscriber.await(30, TimeUnit.SECONDS)).isTrue();
    subscriber.assertResult(0, 1);
    assertThat(flowable(ProbedSource.of(0)).test(0).await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aFailureArrivesAfterTheElements() throws Exception {
    IOException failure = new IOException("disk");
    TestSubscriber<Integer> subscriber = flowable(ProbedSource.failing(5, failure)).test();
    assertThat(subscriber.await(30, TimeUnit.SECONDS)).isTrue();
    subscriber.assertValues(0, 1, 2, 3, 4).assertError(failure);
  }

  @Test
  void retrySubscribesAgainToASourceOfItsOwn() {
    AtomicInteger made = new AtomicInteger();
    Flowable<Integer> secondWorks =
        Flowable.fromPublisher(
            Streams.toPublisher(
                () ->
                    made.getAndIncrement() == 0
                        ? ProbedSource.failing(2, new IOException("first"))
                        : ProbedSource.of(3),
                driven.runtime()));
    assertThat(secondWorks.retry(1).toList().blockingGet()).containsExactly(0, 1, 0, 1, 2);
  }

  @Test
  void observeOnHandsOverToAnotherThread() {
    List<Integer> seen =
        range(0, 5000)
            .doOnNext(x -> assertThat(Thread.currentThread()).isEqualTo(driven.thread()))
            .observeOn(Schedulers.computation(), false, 16)
            .doOnNext(x -> assertThat(Thread.currentThread()).isNotEqualTo(driven.thread()))
            .toList()
            .blockingGet();
    assertThat(seen).isEqualTo(numbers(0, 5000));
  }

  @Test
  void flatMapReadsManyIteratorsAtOnce() {
    Flowable<Integer> all = range(0, 50).flatMap(i -> range(100 * i, 100 * i + 100), 8);
    assertThat(all.toList().blockingGet()).containsExactlyInAnyOrderElementsOf(numbers(0, 5000));
  }

  @Test
  void concatMapAndZipAndBufferSeeAllElements() {
    assertThat(range(0, 20).concatMap(i -> range(10 * i, 10 * i + 10)).toList().blockingGet())
        .isEqualTo(numbers(0, 200));
    assertThat(Flowable.zip(range(0, 3), range(10, 20), Integer::sum).toList().blockingGet())
        .containsExactly(10, 12, 14);
    assertThat(range(0, 10).buffer(4).toList().blockingGet())
        .containsExactly(numbers(0, 4), numbers(4, 8), numbers(8, 10));
  }

  @Test
  void aTimeoutCancelsASilentSource() throws Exception {
    ProbedSource source = ProbedSource.silent(2);
    TestSubscriber<Integer> subscriber = flowable(source).timeout(20, TimeUnit.MILLISECONDS).test();
    assertThat(subscriber.await(30, TimeUnit.SECONDS)).isTrue();
    subscriber.assertError(TimeoutException.class);
    source.awaitCancel();
  }

  @Test
  void blockingIterablePullsAsItIsRead() {
    int sum = 0;
    for (int x : range(0, 100).blockingIterable(1)) {
      sum += x;
    }
    assertThat(sum).isEqualTo(4950);
  }

  @Test
  void aFutureIsASingleThroughItsStage() {
    assertThat(
            Single.fromCompletionStage(
                    Streams.toCompletionStage(Futures.ready("value"), driven.runtime()))
                .blockingGet())
        .isEqualTo("value");
  }
}
