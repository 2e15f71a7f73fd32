package dev.pollux.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.streams.Streams;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.exceptions.MissingBackpressureException;
import io.reactivex.rxjava3.processors.MulticastProcessor;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RxJava's publishers, read as async iterators. */
@Timeout(60)
class FromRxJavaTest {

  @RegisterExtension final DrivenRuntime driven = new DrivenRuntime();

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 256, 100_000})
  void allElementsArriveInOrderWithEveryCapacity(int capacity) throws Exception {
    assertThat(driven.collect(Streams.<Integer>fromPublisher(Flowable.range(0, 5000), capacity)))
        .isEqualTo(numbers(0, 5000));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 256})
  void elementsFromAnotherThreadArriveInOrder(int capacity) throws Exception {
    Flowable<Integer> elsewhere = Flowable.range(0, 5000).observeOn(Schedulers.computation());
    assertThat(driven.collect(Streams.<Integer>fromPublisher(elsewhere, capacity)))
        .isEqualTo(numbers(0, 5000));
  }

  @Test
  void emptyEnds() throws Exception {
    assertThat(driven.collect(Streams.<Integer>fromPublisher(Flowable.empty(), 4))).isEmpty();
    assertThat(
            driven.collect(Streams.<Integer>fromPublisher(Maybe.<Integer>empty().toFlowable(), 4)))
        .isEmpty();
  }

  @Test
  void aFailureIsThrownUnchangedAfterTheElements() {
    IOException failure = new IOException("disk");
    Flowable<Integer> failing = Flowable.range(0, 3).concatWith(Flowable.error(failure));
    assertThatThrownBy(() -> driven.collect(Streams.<Integer>fromPublisher(failing, 2)))
        .isInstanceOf(TaskFailedException.class)
        .cause()
        .isSameAs(failure);
  }

  @Test
  void takeCancelsTheFlowable() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    Flowable<Integer> endless =
        Flowable.<Integer>generate(emitter -> emitter.onNext(1)).doOnCancel(cancelled::countDown);
    assertThat(driven.collect(Streams.<Integer>fromPublisher(endless, 8).take(20))).hasSize(20);
    cancelled.await();
  }

  @Test
  void cancellingTheTaskCancelsASilentFlowable() throws Exception {
    CountDownLatch subscribed = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Flowable<Integer> never =
        Flowable.<Integer>never()
            .doOnRequest(n -> subscribed.countDown())
            .doOnCancel(cancelled::countDown);
    var task = driven.runtime().spawn(Streams.<Integer>fromPublisher(never, 8).count());
    subscribed.await();
    task.requestCancel();
    assertThatThrownBy(task::join).isInstanceOf(TaskCancelledException.class);
    cancelled.await();
  }

  @Test
  void aSourceWithoutBackPressureIsBufferedOrFails() throws Exception {
    Flowable<Integer> buffered = pushing(BackpressureStrategy.BUFFER);
    assertThat(driven.collect(Streams.<Integer>fromPublisher(buffered, 4)))
        .isEqualTo(numbers(0, 1000));
    Flowable<Integer> refused = pushing(BackpressureStrategy.ERROR);
    assertThatThrownBy(() -> driven.collect(Streams.<Integer>fromPublisher(refused, 4)))
        .hasCauseInstanceOf(MissingBackpressureException.class);
  }

  @Test
  void aSourceThatIgnoresDemandIsFoundOut() {
    Flowable<Integer> rude = pushing(BackpressureStrategy.MISSING);
    assertThatThrownBy(() -> driven.collect(Streams.<Integer>fromPublisher(rude, 4)))
        .cause()
        .hasMessageContaining("rule 1.1");
  }

  private static Flowable<Integer> pushing(BackpressureStrategy strategy) {
    return Flowable.create(
        emitter -> {
          for (int i = 0; i < 1000; i++) {
            emitter.onNext(i);
          }
          emitter.onComplete();
        },
        strategy);
  }

  @Test
  void oneProcessorFeedsTwoIterators() throws Exception {
    MulticastProcessor<Integer> processor = MulticastProcessor.create(16, true);
    CountDownLatch both = new CountDownLatch(2);
    Flowable<Integer> shared = processor.doOnRequest(n -> both.countDown());
    var first = driven.runtime().spawn(Streams.<Integer>fromPublisher(shared, 4).count());
    var second = driven.runtime().spawn(Streams.<Integer>fromPublisher(shared, 4).count());
    both.await();
    Flowable.range(0, 1000).subscribe(processor);
    assertThat(first.join()).isEqualTo(1000);
    assertThat(second.join()).isEqualTo(1000);
  }
}
