package dev.pollux.streams.rxjava;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Spawner;
import dev.pollux.testing.PollHarness;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.exceptions.MissingBackpressureException;
import io.reactivex.rxjava3.exceptions.UndeliverableException;
import io.reactivex.rxjava3.observers.TestObserver;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.subjects.CompletableSubject;
import io.reactivex.rxjava3.subjects.MaybeSubject;
import io.reactivex.rxjava3.subjects.PublishSubject;
import io.reactivex.rxjava3.subjects.SingleSubject;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RxStreamsTest {

  private final PollHarness harness = PollHarness.create();
  private final Spawner spawner = harness.services().spawner();
  private final List<Throwable> undeliverable = new CopyOnWriteArrayList<>();

  @BeforeEach
  void collectUndeliverable() {
    RxJavaPlugins.setErrorHandler(undeliverable::add);
  }

  @AfterEach
  void resetPlugins() {
    RxJavaPlugins.reset();
  }

  // ---- through operators, on a real runtime

  @Test
  void elementsGoOutThroughOperatorsAndComeInAgain() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Flowable<Integer> out =
          RxStreams.toFlowable(() -> AsyncIterators.range(0, 10_000), runtime)
              .map(i -> i + 1)
              .filter(i -> i % 2 == 0)
              .flatMap(Flowable::just);
      assertThat(runtime.blockOn(RxStreams.<Integer>fromFlowable(out, 16).fold(0L, Long::sum)))
          .isEqualTo(25_005_000L);
      assertThat(
              RxStreams.toObservable(() -> AsyncIterators.range(0, 1000), runtime)
                  .count()
                  .blockingGet())
          .isEqualTo(1000);
    }
    assertThat(undeliverable).isEmpty();
  }

  @Test
  void fusedSourcesAreReadToTheirEnd() throws Exception {
    AsyncIterator<Integer> fused =
        RxStreams.fromFlowable(Flowable.range(0, 100).map(i -> i * 2).filter(i -> i % 4 == 0), 4);
    assertThat(harness.runToEnd(fused, 1000)).hasSize(50).endsWith(192, 196);
    AsyncIterator<Integer> just = RxStreams.fromFlowable(Flowable.just(7), 1);
    assertThat(harness.runToEnd(just, 10)).containsExactly(7);
  }

  @Test
  void theSecondSubscriberOfAOneShotFlowableIsRefused() {
    Flowable<Integer> once = RxStreams.toOneShotFlowable(AsyncIterators.of(1), spawner);
    TestSubscriber<Integer> first = once.test();
    TestSubscriber<Integer> second = once.test();
    harness.runTasks();
    first.assertResult(1);
    second.assertFailure(IllegalStateException.class);
  }

  // ---- futures out

  @Test
  void aSingleHasTheOutputOfTheFuture() {
    TestObserver<String> full = RxStreams.toSingle(() -> Futures.ready("a"), spawner).test();
    TestObserver<String> none =
        RxStreams.<String>toSingle(() -> cx -> Poll.ready(null), spawner).test();
    TestObserver<String> failed =
        RxStreams.<String>toSingle(() -> Futures.failed(new IOException()), spawner).test();
    TestObserver<String> unmade = RxStreams.<String>toSingle(() -> null, spawner).test();
    harness.runTasks();
    full.assertResult("a");
    none.assertFailure(NullPointerException.class);
    failed.assertFailure(IOException.class);
    unmade.assertFailure(NullPointerException.class);
  }

  @Test
  void aMaybeIsEmptyIfTheOutputIsNull() {
    TestObserver<String> full = RxStreams.<String>toMaybe(() -> Futures.ready("a"), spawner).test();
    TestObserver<String> none =
        RxStreams.<String>toMaybe(() -> cx -> Poll.ready(null), spawner).test();
    TestObserver<String> failed =
        RxStreams.<String>toMaybe(() -> Futures.failed(new IOException()), spawner).test();
    harness.runTasks();
    full.assertResult("a");
    none.assertResult();
    failed.assertFailure(IOException.class);
  }

  @Test
  void aCompletableCompletesWithTheFuture() {
    TestObserver<Void> done = RxStreams.toCompletable(() -> cx -> Poll.done(), spawner).test();
    TestObserver<Void> failed =
        RxStreams.toCompletable(() -> Futures.<Void>failed(new IOException()), spawner).test();
    harness.runTasks();
    done.assertResult();
    failed.assertFailure(IOException.class);
  }

  @Test
  void disposeCancelsTheFuture() {
    AtomicInteger cancels = new AtomicInteger();
    Future<String> endless = Futures.pollFn(cx -> Poll.pending(), cancels::incrementAndGet);
    TestObserver<String> observer = RxStreams.toSingle(() -> endless, spawner).test();
    harness.runTasks();
    observer.dispose();
    harness.runTasks();
    assertThat(cancels).hasValue(1);
    assertThat(harness.liveTasks()).isZero();
  }

  // ---- futures in

  @Test
  void singlesMaybesAndCompletablesComeIn() throws Exception {
    assertThat(harness.<Integer>runToCompletion(RxStreams.fromSingle(Single.just(1)), 9))
        .isEqualTo(1);
    assertThat(harness.<Optional<Integer>>runToCompletion(RxStreams.fromMaybe(Maybe.just(1)), 9))
        .contains(1);
    assertThat(harness.<Optional<Integer>>runToCompletion(RxStreams.fromMaybe(Maybe.empty()), 9))
        .isEmpty();
    assertThat(harness.<Void>runToCompletion(RxStreams.fromCompletable(Completable.complete()), 9))
        .isNull();
    IOException broken = new IOException("broken");
    Future<Object> single = RxStreams.fromSingle(Single.error(broken));
    assertThatThrownBy(() -> harness.poll(single)).isSameAs(broken);
    Future<Optional<Object>> maybe = RxStreams.fromMaybe(Maybe.error(broken));
    assertThatThrownBy(() -> harness.poll(maybe)).isSameAs(broken);
    Future<Void> completable = RxStreams.fromCompletable(Completable.error(broken));
    assertThatThrownBy(() -> harness.poll(completable)).isSameAs(broken);
    Future<Object> none = RxStreams.fromSingle(Maybe.empty().toSingle());
    assertThatThrownBy(() -> harness.poll(none)).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void cancelOfAFutureDisposes() throws Exception {
    SingleSubject<Integer> single = SingleSubject.create();
    MaybeSubject<Integer> maybe = MaybeSubject.create();
    CompletableSubject completable = CompletableSubject.create();
    List<Future<?>> futures =
        List.of(
            RxStreams.fromSingle(single),
            RxStreams.fromMaybe(maybe),
            RxStreams.fromCompletable(completable));
    for (Future<?> future : futures) {
      assertThat(harness.poll(future).isPending()).isTrue();
    }
    assertThat(single.hasObservers()).isTrue();
    futures.forEach(Future::cancel);
    assertThat(single.hasObservers()).isFalse();
    assertThat(maybe.hasObservers()).isFalse();
    assertThat(completable.hasObservers()).isFalse();
  }

  // ---- observables

  private List<Integer> readAfterFive(BackpressureStrategy strategy, int capacity)
      throws Exception {
    PublishSubject<Integer> subject = PublishSubject.create();
    AsyncIterator<Integer> iterator = RxStreams.fromObservable(subject, strategy, capacity);
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
    for (int i = 1; i <= 5; i++) {
      subject.onNext(i);
    }
    subject.onComplete();
    return harness.runToEnd(iterator, 99);
  }

  @Test
  void theStrategySaysWhatBecomesOfElementsWithoutRoom() throws Exception {
    assertThat(readAfterFive(BackpressureStrategy.DROP, 2)).containsExactly(1, 2);
    assertThat(readAfterFive(BackpressureStrategy.LATEST, 2)).containsExactly(1, 2, 5);
    assertThat(readAfterFive(BackpressureStrategy.BUFFER, 2)).containsExactly(1, 2, 3, 4, 5);
    assertThatThrownBy(() -> readAfterFive(BackpressureStrategy.ERROR, 2))
        .isInstanceOf(MissingBackpressureException.class);
    assertThatThrownBy(() -> readAfterFive(BackpressureStrategy.MISSING, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1.1");
    assertThat(readAfterFive(BackpressureStrategy.ERROR, 5)).hasSize(5);
  }

  // ---- plugins

  @Test
  void aFailureAfterTheCancelIsUndeliverable() throws Exception {
    IOException broken = new IOException("broken");
    AtomicInteger polls = new AtomicInteger();
    TestSubscriber<String> subscriber = new TestSubscriber<>();
    RxStreams.<String>toFlowable(
            () ->
                AsyncIterators.pollFn(
                    cx -> {
                      polls.incrementAndGet();
                      subscriber.cancel();
                      throw broken;
                    }),
            spawner)
        .subscribe(subscriber);
    harness.runTasks();
    assertThat(undeliverable)
        .singleElement()
        .isInstanceOf(UndeliverableException.class)
        .satisfies(failure -> assertThat(failure).hasCause(broken));
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aLateFailureOnTheWayInIsUndeliverable() throws Exception {
    IOException broken = new IOException("late");
    org.reactivestreams.Subscriber<?>[] captured = new org.reactivestreams.Subscriber<?>[1];
    Flowable<Integer> flowable =
        new Flowable<>() {
          @Override
          protected void subscribeActual(org.reactivestreams.Subscriber<? super Integer> to) {
            captured[0] = to;
          }
        };
    AsyncIterator<Integer> iterator = RxStreams.fromFlowable(flowable, 1);
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
    iterator.cancel();
    captured[0].onError(broken);
    assertThat(undeliverable)
        .singleElement()
        .isInstanceOf(UndeliverableException.class)
        .satisfies(failure -> assertThat(failure).hasCause(broken));
  }

  @Test
  void anErrorHandlerThatThrowsLeavesNothingUndone() throws Exception {
    RxJavaPlugins.setErrorHandler(
        failure -> {
          throw new IllegalStateException("handler");
        });
    AtomicInteger cancels = new AtomicInteger();
    TestSubscriber<Integer> subscriber =
        new TestSubscriber<>() {
          @Override
          public void onNext(Integer item) {
            throw new IllegalArgumentException("subscriber");
          }
        };
    Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
    List<Throwable> last = new ArrayList<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> last.add(failure));
    try {
      RxStreams.<Integer>toFlowable(() -> AsyncIterators.pollFn(cx -> Next.item(1)), spawner)
          .doOnCancel(cancels::incrementAndGet)
          .subscribe(subscriber);
      harness.runTasks();
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(before);
    }
    assertThat(last).isNotEmpty();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void elementsHeldAreDiscarded() {
    TestSubscriber<String> subscriber =
        RxStreams.toFlowable(() -> AsyncIterators.of("a"), spawner).test(0);
    harness.runTasks();
    subscriber.cancel();
    harness.runTasks();
    assertThat(harness.discarded()).containsExactly("a");
  }

  @Test
  void hooksOnAssemblyAndSubscribeSeeWhatIsMade() {
    List<String> seen = new ArrayList<>();
    RxJavaPlugins.setOnFlowableAssembly(
        flowable -> {
          seen.add(flowable.getClass().getSimpleName());
          return flowable;
        });
    RxJavaPlugins.setOnFlowableSubscribe(
        (flowable, subscriber) -> {
          seen.add("subscribe " + flowable.getClass().getSimpleName());
          return subscriber;
        });
    RxStreams.toFlowable(AsyncIterators::<Integer>empty, spawner).test().cancel();
    harness.runTasks();
    assertThat(seen).containsExactly("IteratorFlowable", "subscribe IteratorFlowable");
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> RxStreams.fromFlowable(Flowable.just(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity");
    assertThatThrownBy(() -> RxStreams.fromObservable(Observable.just(1), null, 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("strategy");
    assertThatThrownBy(() -> RxStreams.toSingle(null, spawner))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("future");
  }
}
