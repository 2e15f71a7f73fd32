package dev.pollux.streams;

import static dev.pollux.streams.DemandMode.EXACT;
import static dev.pollux.streams.DemandMode.ONE_AHEAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Budget;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.bridge.IteratorSubscription;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

@Timeout(60)
class IteratorPublisherTest {

  private final TestSpawner spawner = new TestSpawner();
  private final RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
  private final ManualSource<Integer> source = new ManualSource<>();

  private void subscribe(DemandMode mode) {
    Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
    spawner.run();
  }

  private void request(long n) {
    subscriber.subscription.request(n);
    spawner.run();
  }

  // ---- demand

  @ParameterizedTest
  @EnumSource
  void emitsWhatWasRequestedAndNoMore(DemandMode mode) {
    source.with(1, 2, 3, 4, 5);
    subscribe(mode);
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    request(2);
    assertThat(subscriber.items).containsExactly(1, 2);
    request(1);
    assertThat(subscriber.items).containsExactly(1, 2, 3);
  }

  @Test
  void oneAheadPullsAtMostOneBeyondDemand() {
    source.with(1, 2, 3, 4, 5);
    subscribe(ONE_AHEAD);
    assertThat(source.pulled).isEqualTo(1);
    request(3);
    assertThat(source.pulled).isEqualTo(4);
    assertThat(subscriber.items).hasSize(3);
  }

  @Test
  void exactPullsNothingBeyondDemandAndDoesNotPollWithoutIt() {
    source.with(1, 2, 3, 4, 5);
    subscribe(EXACT);
    assertThat(source.polls).isZero();
    request(3);
    assertThat(source.pulled).isEqualTo(3);
    assertThat(source.polls).isEqualTo(3);
  }

  @Test
  void theElementAheadIsPulledOnlyAfterTheLastRequestedOneWasEmitted() {
    List<Integer> pulledAtEmission = new ArrayList<>();
    source.with(1, 2, 3, 4);
    subscriber.onNextDo(item -> pulledAtEmission.add(source.pulled));
    subscriber.onSubscribeDo(subscription -> subscription.request(3));
    subscribe(ONE_AHEAD);
    assertThat(pulledAtEmission).containsExactly(1, 2, 3);
    assertThat(source.pulled).isEqualTo(4);
  }

  @Test
  void oneAheadCompletesWithoutFurtherDemand() {
    source.with(1, 2).end();
    subscribe(ONE_AHEAD);
    request(2);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onNext 2", "onComplete");
  }

  @Test
  void exactCompletesWithTheNextRequest() {
    source.with(1, 2).end();
    subscribe(EXACT);
    request(2);
    assertThat(subscriber.completed).isFalse();
    request(1);
    assertThat(subscriber.completed).isTrue();
  }

  @Test
  void exactCompletesWithoutFurtherDemandIfTheSourceKnowsItsEnd() {
    source.with(1, 2).end().knowsItsEnd = true;
    subscribe(EXACT);
    request(2);
    assertThat(subscriber.completed).isTrue();
    assertThat(source.cancels).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void anEmptySourceThatKnowsItCompletesBeforeTheFirstRequest(DemandMode mode) {
    Streams.toPublisher(() -> AsyncIterators.range(0, 0), spawner, mode).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onComplete");
  }

  @Test
  void aSourceThatFailsAtOnceSaysSoBeforeTheFirstRequestOneAhead() {
    IOException failure = new IOException("no such host");
    source.fail(failure);
    subscribe(ONE_AHEAD);
    assertThat(subscriber.error).isSameAs(failure);
  }

  @Test
  void exactFailsWithTheFirstRequest() {
    source.fail(new IOException("no such host"));
    subscribe(EXACT);
    assertThat(subscriber.error).isNull();
    request(1);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onError IOException");
  }

  @ParameterizedTest
  @EnumSource
  void aFailureOfTheSourceComesAfterTheElementsBeforeIt(DemandMode mode) {
    source.with(1, 2).fail(new IOException("broken"));
    subscribe(mode);
    request(5);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onNext 2", "onError IOException");
    assertThat(source.cancels).isZero();
    assertThat(spawner.live()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void demandBeyondTheLargestNumberIsUnbounded(DemandMode mode) {
    source.with(IntStream.range(0, 1000).boxed().toArray(Integer[]::new)).end();
    subscribe(mode);
    subscriber.subscription.request(Long.MAX_VALUE - 1);
    subscriber.subscription.request(5);
    request(Long.MAX_VALUE);
    assertThat(subscriber.items).hasSize(1000);
    assertThat(subscriber.completed).isTrue();
  }

  @Test
  void requestsOfTheSubscriberFromInsideItsSignalsDoNotRecurse() {
    int[] depth = {0};
    int[] deepest = {0};
    subscriber
        .onSubscribeDo(subscription -> subscription.request(1))
        .onNextDo(
            item -> {
              deepest[0] = Math.max(deepest[0], ++depth[0]);
              subscriber.subscription.request(1);
              depth[0]--;
            });
    Streams.toPublisher(() -> AsyncIterators.range(0, 100_000), spawner, EXACT)
        .subscribe(subscriber);
    assertThat(subscriber.items).isEmpty();
    spawner.run();
    assertThat(subscriber.items).hasSize(100_000);
    assertThat(deepest[0]).isEqualTo(1);
    assertThat(subscriber.completed).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aRequestFromInsideOnNextIsServedInTheSameTurn(DemandMode mode) {
    subscriber.onNextDo(item -> subscriber.subscription.request(1));
    source.with(IntStream.range(0, 100).boxed().toArray(Integer[]::new));
    subscribe(mode);
    subscriber.subscription.request(1);
    assertThat(spawner.turn()).isTrue();
    assertThat(subscriber.items).hasSize(100);
  }

  @ParameterizedTest
  @EnumSource
  void aTurnEmitsAtMostItsBudgetEvenIfTheSourceTakesNone(DemandMode mode) {
    source.with(IntStream.range(0, 1000).boxed().toArray(Integer[]::new)).end();
    Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
    subscriber.subscription.request(1001);
    assertThat(spawner.turn()).isTrue();
    assertThat(subscriber.items).hasSize(Budget.UNITS);
    spawner.run();
    assertThat(subscriber.items).hasSize(1000);
    assertThat(subscriber.completed).isTrue();
  }

  @Test
  void elementsThatComeLaterAreEmittedOnOldDemand() {
    subscribe(ONE_AHEAD);
    request(3);
    source.with(1, 2);
    spawner.run();
    assertThat(subscriber.items).containsExactly(1, 2);
    source.with(3, 4);
    spawner.run();
    assertThat(subscriber.items).containsExactly(1, 2, 3);
    source.end();
    spawner.run();
    assertThat(subscriber.completed).isFalse();
    request(1);
    assertThat(subscriber.items).containsExactly(1, 2, 3, 4);
    assertThat(subscriber.completed).isTrue();
  }

  // ---- bad requests

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aRequestForLessThanOneFailsTheStreamAndCancelsTheSource(long n) {
    source.with(1, 2, 3);
    subscribe(ONE_AHEAD);
    request(1);
    request(n);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onError IllegalArgumentException");
    assertThat(subscriber.error).hasMessageContaining("3.9").hasMessageContaining("was " + n);
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.discarded).containsExactly(2);
    request(5);
    request(0);
    assertThat(subscriber.items).hasSize(1);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void aBadRequestInsideOnSubscribeIsAnsweredAfterIt() {
    subscriber.onSubscribeDo(
        subscription -> {
          subscription.request(0);
          assertThat(subscriber.signals).containsExactly("onSubscribe");
        });
    subscribe(ONE_AHEAD);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onError IllegalArgumentException");
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aBadRequestWinsOverTheEndAndTakesAFailureAlong() {
    IOException failure = new IOException("broken");
    Streams.toOneShotPublisher(
            AsyncIterators.<Integer>pollFn(
                cx -> {
                  subscriber.subscription.request(-7);
                  throw failure;
                }),
            spawner)
        .subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.error)
        .isInstanceOf(IllegalArgumentException.class)
        .hasSuppressedException(failure);
    assertThat(spawner.uncaught).isEmpty();
  }

  @Test
  void aCancelAfterABadRequestSilencesIt() {
    subscribe(ONE_AHEAD);
    subscriber.subscription.request(0);
    subscriber.subscription.cancel();
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(source.cancels).isEqualTo(1);
  }

  // ---- cancel

  @ParameterizedTest
  @EnumSource
  void cancelInsideOnNextStopsTheStreamThere(DemandMode mode) {
    subscriber.onNextDo(
        item -> {
          if (item == 3) {
            subscriber.subscription.cancel();
          }
        });
    source.with(1, 2, 3, 4, 5).end();
    subscribe(mode);
    request(10);
    assertThat(subscriber.items).containsExactly(1, 2, 3);
    assertThat(subscriber.completed).isFalse();
    assertThat(source.pulled).isEqualTo(3);
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void cancelInsideOnSubscribeNeverMakesASource() {
    List<String> made = new ArrayList<>();
    subscriber.onSubscribeDo(
        subscription -> {
          subscription.request(1);
          subscription.cancel();
        });
    Streams.toPublisher(
            () -> {
              made.add("source");
              return AsyncIterators.of(1);
            },
            spawner)
        .subscribe(subscriber);
    spawner.run();
    assertThat(made).isEmpty();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(spawner.live()).isZero();
  }

  @Test
  void cancelWakesATaskThatWaitsForItsSource() {
    subscribe(ONE_AHEAD);
    request(5);
    assertThat(source.cancels).isZero();
    subscriber.subscription.cancel();
    assertThat(source.cancels).as("the task has not run").isZero();
    spawner.run();
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void anElementHeldAtCancelIsDiscarded() {
    source.with(1, 2, 3);
    subscribe(ONE_AHEAD);
    request(1);
    subscriber.subscription.cancel();
    spawner.run();
    assertThat(spawner.discarded).containsExactly(2);
    assertThat(subscriber.items).containsExactly(1);
  }

  @Test
  void anElementPulledWhileTheSubscriberCancelsIsDiscarded() {
    Streams.toOneShotPublisher(
            AsyncIterators.pollFn(
                cx -> {
                  subscriber.subscription.cancel();
                  return Next.item(1);
                }),
            spawner,
            EXACT)
        .subscribe(subscriber);
    request(1);
    assertThat(subscriber.items).isEmpty();
    assertThat(spawner.discarded).containsExactly(1);
  }

  @Test
  void requestAndCancelAfterTheEndDoNothing() {
    source.with(1).end();
    subscribe(ONE_AHEAD);
    request(1);
    List<String> before = List.copyOf(subscriber.signals);
    request(1);
    request(-1);
    subscriber.subscription.cancel();
    subscriber.subscription.cancel();
    assertThat(spawner.run()).isZero();
    assertThat(subscriber.signals).isEqualTo(before);
    assertThat(source.cancels).isZero();
  }

  @Test
  void aSourceThatFailsAfterCancelIsReported() {
    IOException failure = new IOException("late");
    Streams.toOneShotPublisher(
            AsyncIterators.<Integer>pollFn(
                cx -> {
                  subscriber.subscription.cancel();
                  throw failure;
                }),
            spawner)
        .subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(spawner.uncaught).containsExactly(failure);
  }

  @Test
  void aSourceWhoseCancelThrowsIsReportedAndTheEndComesAllTheSame() {
    IllegalStateException failure = new IllegalStateException("cancel");
    AsyncIterator<Integer> badSource =
        AsyncIterators.pollFn(
            cx -> Next.pending(),
            () -> {
              throw failure;
            });
    Streams.toOneShotPublisher(badSource, spawner).subscribe(subscriber);
    spawner.run();
    request(-1);
    assertThat(subscriber.error).isInstanceOf(IllegalArgumentException.class);
    assertThat(spawner.uncaught).containsExactly(failure);
  }

  // ---- the subscriber throws (2.13)

  @ParameterizedTest
  @EnumSource
  void aSubscriberThatThrowsFromOnNextIsCancelled(DemandMode mode) {
    IllegalStateException failure = new IllegalStateException("onNext");
    subscriber.onNextDo(
        item -> {
          throw failure;
        });
    source.with(1, 2).end();
    subscribe(mode);
    request(2);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext 1");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.uncaught).containsExactly(failure);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void aSubscriberThatThrowsOnTheHeldElementIsCancelled() {
    AssertionError failure = new AssertionError("onNext");
    subscriber.onNextDo(
        item -> {
          throw failure;
        });
    source.with(1, 2).end();
    subscribe(ONE_AHEAD);
    assertThat(source.pulled).isEqualTo(1);
    request(1);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext 1");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.uncaught).containsExactly(failure);
  }

  @Test
  void aSubscriberThatThrowsFromOnSubscribeGetsNothingMore() {
    IllegalStateException failure = new IllegalStateException("onSubscribe");
    subscriber.onSubscribeDo(
        subscription -> {
          subscription.request(1);
          throw failure;
        });
    source.with(1);
    subscribe(ONE_AHEAD);
    assertThat(spawner.uncaught).containsExactly(failure);
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aSubscriberThatThrowsFromItsLastSignalIsReported() {
    IllegalStateException failure = new IllegalStateException("onComplete");
    subscriber.onEndDo(
        () -> {
          throw failure;
        });
    source.end();
    subscribe(ONE_AHEAD);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onComplete");
    assertThat(spawner.uncaught).containsExactly(failure);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void aSourceThatThrowsAfterTheSubscriberDidIsReportedToo() {
    IllegalStateException first = new IllegalStateException("onNext");
    IOException second = new IOException("pollEach");
    subscriber.onNextDo(
        item -> {
          throw first;
        });
    AsyncIterator<Integer> badSource =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) {
            throw new UnsupportedOperationException();
          }

          @Override
          public Turn pollEach(Context cx, Sink<? super Integer> sink) throws IOException {
            assertThat(sink.accept(1)).isFalse();
            throw second;
          }
        };
    Streams.toOneShotPublisher(badSource, spawner, EXACT).subscribe(subscriber);
    request(1);
    assertThat(spawner.uncaught).containsExactly(first, second);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext 1");
    assertThat(spawner.live()).isZero();
  }

  // ---- bad sources

  @ParameterizedTest
  @EnumSource
  void aNullElementFailsTheStreamAndCancelsTheSource(DemandMode mode) {
    int[] cancels = {0};
    AsyncIterator<Integer> badSource =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) {
            throw new UnsupportedOperationException();
          }

          @Override
          public Turn pollEach(Context cx, Sink<? super Integer> sink) {
            assertThat(sink.accept(null)).isFalse();
            return Turn.STOPPED;
          }

          @Override
          public void cancel() {
            cancels[0]++;
          }
        };
    Streams.toOneShotPublisher(badSource, spawner, mode).subscribe(subscriber);
    request(1);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onError NullPointerException");
    assertThat(cancels[0]).isEqualTo(1);
  }

  @Test
  void aSourceThatGoesOnAfterItsKnownEndLosesNothing() {
    source.with(1, 2).end();
    AsyncIterator<Integer> liar =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) throws Exception {
            return source.pollNext(cx);
          }

          @Override
          public boolean knownEnded() {
            return true;
          }
        };
    Streams.toOneShotPublisher(liar, spawner, EXACT).subscribe(subscriber);
    spawner.run();
    assertThat(source.pulled).isEqualTo(1);
    request(2);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onNext 2", "onComplete");
  }

  /** Offers two elements, whatever the sink says to the first, and then does {@code last}. */
  private AsyncIterator<Integer> offersTwo(boolean heedsTheSink, Callable<Turn> last) {
    return new AsyncIterator<>() {
      @Override
      public Next<Integer> pollNext(Context cx) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Turn pollEach(Context cx, Sink<? super Integer> sink) throws Exception {
        source.pulled++;
        if (!sink.accept(1) && heedsTheSink) {
          return last.call();
        }
        source.pulled++;
        assertThat(sink.accept(2)).isFalse();
        return last.call();
      }

      @Override
      public void cancel() {
        source.cancel();
      }
    };
  }

  @Test
  void aSourceThatEndsInTheCallInWhichItsSinkHadEnoughLosesNothing() {
    Streams.toOneShotPublisher(offersTwo(true, () -> Turn.ENDED), spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    request(1);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext 1", "onComplete");
    assertThat(source.cancels).isZero();
  }

  @Test
  void aSourceThatFailsInTheCallInWhichItsSinkHadEnoughLosesNothing() {
    IOException failure = new IOException("broken");
    var failing =
        offersTwo(
            true,
            () -> {
              throw failure;
            });
    Streams.toOneShotPublisher(failing, spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    request(1);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onError IOException");
  }

  @Test
  void aFailureThatWaitsForDemandIsReportedIfTheSubscriberCancels() {
    IOException failure = new IOException("broken");
    var failing =
        offersTwo(
            true,
            () -> {
              throw failure;
            });
    Streams.toOneShotPublisher(failing, spawner).subscribe(subscriber);
    spawner.run();
    subscriber.subscription.cancel();
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(spawner.discarded).containsExactly(1);
    assertThat(spawner.uncaught).containsExactly(failure);
  }

  @Test
  void aFailureThatWaitsForDemandIsTheErrorOfAShutdown() {
    IOException failure = new IOException("broken");
    var failing =
        offersTwo(
            true,
            () -> {
              throw failure;
            });
    Streams.toOneShotPublisher(failing, spawner).subscribe(subscriber);
    spawner.run();
    spawner.shutDown();
    assertThat(subscriber.error).isSameAs(failure);
  }

  @Test
  void aSourceThatIsPendingInTheCallInWhichItsSinkHadEnoughIsWokenByARequest() {
    Streams.toOneShotPublisher(offersTwo(true, () -> Turn.PENDING), spawner).subscribe(subscriber);
    spawner.run();
    request(1);
    assertThat(subscriber.items).containsExactly(1);
  }

  @Test
  void aSourceThatIsPendingAfterAnEmissionAndAnElementHeldIsWokenByARequest() {
    subscriber.onSubscribeDo(subscription -> subscription.request(1));
    Streams.toOneShotPublisher(offersTwo(true, () -> Turn.PENDING), spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.items).containsExactly(1);
    request(1);
    assertThat(subscriber.items).containsExactly(1, 2);
  }

  @Test
  void aRequestThatComesAfterTheLastLookAtDemandWakes() {
    AsyncIterator<Integer> racing =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) throws Exception {
            return source.pollNext(cx);
          }

          @Override
          public boolean knownEnded() {
            if (source.polls == 0) {
              subscriber.subscription.request(1); // as another thread would
            }
            return false;
          }
        };
    source.with(1);
    Streams.toOneShotPublisher(racing, spawner, EXACT).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.items).containsExactly(1);
  }

  @Test
  void aSourceThatIgnoresItsSinkFailsTheStream() {
    Streams.toOneShotPublisher(offersTwo(false, () -> Turn.STOPPED), spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onError IllegalStateException");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.discarded).containsExactly(2, 1);
  }

  @Test
  void aSourceThatIgnoresItsSinkEmitsNothingAfterTheSubscriberThrew() {
    IllegalStateException failure = new IllegalStateException("onNext");
    subscriber.onNextDo(
        item -> {
          throw failure;
        });
    Streams.toOneShotPublisher(offersTwo(false, () -> Turn.STOPPED), spawner, EXACT)
        .subscribe(subscriber);
    request(2);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext 1");
    assertThat(spawner.discarded).containsExactly(2);
    assertThat(spawner.uncaught).hasSize(2).first().isSameAs(failure);
  }

  @Test
  void aKnownEndThatNeedsAnotherTurnIsWaitedFor() {
    int[] polls = {0};
    AsyncIterator<Integer> slow =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) {
            if (polls[0]++ == 0) {
              cx.wakeSelf();
              return Next.pending();
            }
            return Next.end();
          }

          @Override
          public boolean knownEnded() {
            return true;
          }
        };
    Streams.toOneShotPublisher(slow, spawner, EXACT).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.completed).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aSupplierThatThrowsFailsItsSubscription(DemandMode mode) {
    IllegalStateException failure = new IllegalStateException("supplier");
    Streams.<Integer>toPublisher(
            () -> {
              throw failure;
            },
            spawner,
            mode)
        .subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.error).isSameAs(failure);
  }

  @Test
  void aSupplierThatReturnsNullFailsItsSubscription() {
    Streams.<Integer>toPublisher(() -> null, spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.error)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("supplier");
  }

  @Test
  void anInterruptedSourceLeavesTheFlagSet() {
    source.fail(new InterruptedException("stop"));
    subscribe(ONE_AHEAD);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(subscriber.error).isInstanceOf(InterruptedException.class);
  }

  @Test
  void anErrorOfTheVirtualMachineIsSignalledAndReported() {
    StackOverflowError failure = new StackOverflowError();
    source.fail(failure);
    subscribe(ONE_AHEAD);
    assertThat(subscriber.error).isSameAs(failure);
    assertThat(spawner.uncaught).containsExactly(failure);
  }

  // ---- the runtime

  @Test
  void aRuntimeThatShutsDownFailsLiveSubscriptionsOnce() {
    source.with(1, 2, 3);
    subscribe(ONE_AHEAD);
    request(1);
    spawner.shutDown();
    request(1);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onError RuntimeShutdownException");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.discarded).containsExactly(2);
  }

  @Test
  void aShutdownBeforeTheFirstTurnFailsTheSubscription() {
    Streams.toOneShotPublisher(source, spawner).subscribe(subscriber);
    spawner.shutDown();
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onError RuntimeShutdownException");
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aShutdownAfterCancelSignalsNothing() {
    subscribe(ONE_AHEAD);
    subscriber.subscription.cancel();
    spawner.shutDown();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(spawner.uncaught).isEmpty();
  }

  @Test
  void subscribingAfterShutdownGetsOnSubscribeThenOnError() {
    spawner.shutDown();
    subscribe(ONE_AHEAD);
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onError RuntimeShutdownException");
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aSpawnerThatRefusesWithoutCancellingIsMadeUpFor() {
    IllegalStateException refusal = new IllegalStateException("refused");
    Spawner rude =
        new Spawner() {
          @Override
          public <T> JoinHandle<T> spawn(Future<T> future) {
            throw refusal;
          }

          @Override
          public <T> JoinHandle<T> spawn(String name, Future<T> future) {
            throw refusal;
          }
        };
    Streams.toOneShotPublisher(source, rude).subscribe(subscriber);
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onError IllegalStateException");
    assertThat(subscriber.error).isSameAs(refusal);
    assertThat(source.cancels).isEqualTo(1);
  }

  // ---- publishers

  @Test
  void eachSubscriptionOfAColdPublisherHasASourceOfItsOwn() {
    var publisher = Streams.toPublisher(() -> AsyncIterators.range(0, 3), spawner);
    RecordingSubscriber<Integer> other = new RecordingSubscriber<>();
    publisher.subscribe(subscriber);
    publisher.subscribe(other);
    subscriber.subscription.request(3);
    other.subscription.request(1);
    spawner.run();
    assertThat(subscriber.items).containsExactly(0, 1, 2);
    assertThat(other.items).containsExactly(0);
    assertThat(spawner.tasks).hasSize(2);
  }

  @Test
  void theSecondSubscriberOfAOneShotPublisherIsRefused() {
    var publisher = Streams.toOneShotPublisher(AsyncIterators.of(1), spawner);
    RecordingSubscriber<Integer> other = new RecordingSubscriber<>();
    publisher.subscribe(subscriber);
    publisher.subscribe(other);
    assertThat(other.signals).containsExactly("onSubscribe", "onError IllegalStateException");
    other.subscription.request(1);
    other.subscription.cancel();
    request(1);
    assertThat(subscriber.items).containsExactly(1);
  }

  @Test
  void aNullSubscriberIsRefused() {
    Subscriber<Integer> none = null;
    Flow.Subscriber<Integer> noneFlow = null;
    assertThatNullPointerException()
        .isThrownBy(
            () -> Streams.toPublisher(AsyncIterators::<Integer>empty, spawner).subscribe(none));
    assertThatNullPointerException()
        .isThrownBy(() -> Streams.toOneShotPublisher(source, spawner).subscribe(none));
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                Streams.toFlowPublisher(AsyncIterators::<Integer>empty, spawner)
                    .subscribe(noneFlow));
    assertThatNullPointerException()
        .isThrownBy(() -> Streams.toOneShotFlowPublisher(source, spawner).subscribe(noneFlow));
  }

  @ParameterizedTest
  @EnumSource
  void flowSubscribersSeeTheSame(DemandMode mode) {
    List<String> signals = new ArrayList<>();
    Streams.toFlowPublisher(() -> AsyncIterators.range(0, 3), spawner, mode)
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                signals.add("onSubscribe");
                subscription.request(2);
                subscription.request(2);
              }

              @Override
              public void onNext(Integer item) {
                signals.add("onNext " + item);
              }

              @Override
              public void onError(Throwable error) {
                signals.add("onError");
              }

              @Override
              public void onComplete() {
                signals.add("onComplete");
              }
            });
    spawner.run();
    assertThat(signals)
        .containsExactly("onSubscribe", "onNext 0", "onNext 1", "onNext 2", "onComplete");
  }

  // ---- what is left behind, and what is said

  @Test
  void theSubscriberIsForgottenAfterCancelAndAfterTheEnd() throws Exception {
    List<Subscription> kept = new ArrayList<>();
    List<WeakReference<?>> forgotten = new ArrayList<>();
    for (String how : List.of("cancel", "complete", "refuse")) {
      ManualSource<Integer> lastSource = new ManualSource<Integer>().with(1, 2);
      RecordingSubscriber<Integer> last = new RecordingSubscriber<>();
      Streams.toOneShotPublisher(lastSource, spawner).subscribe(last);
      last.subscription.request(1);
      spawner.run();
      switch (how) {
        case "cancel" -> last.subscription.cancel();
        case "refuse" -> last.subscription.request(0);
        default -> {
          last.subscription.request(1);
          lastSource.end();
        }
      }
      spawner.run();
      kept.add(last.subscription);
      forgotten.add(new WeakReference<>(last));
      forgotten.add(new WeakReference<>(lastSource));
    }
    spawner.tasks.clear();
    for (WeakReference<?> reference : forgotten) {
      for (int i = 0; i < 100 && reference.get() != null; i++) {
        System.gc();
        Thread.onSpinWait();
      }
      assertThat(reference.get()).isNull();
    }
    assertThat(kept).hasSize(3);
  }

  @Test
  void theFutureOfASubscriptionIsOverAfterItsEnd() throws Exception {
    PollHarness harness = PollHarness.create();
    var subscription = IteratorSubscription.of(subscriber, source, ONE_AHEAD);
    subscription.start(spawner);
    source.end();
    assertThat(harness.poll(subscription).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(subscription)).isInstanceOf(PollAfterEndException.class);
    subscription.cancel();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onComplete");
  }

  @Test
  void aSpuriousWakeChangesNothing() throws Exception {
    PollHarness harness = PollHarness.create();
    var subscription = IteratorSubscription.of(subscriber, source, ONE_AHEAD);
    subscription.start(spawner);
    source.with(1, 2, 3);
    harness.poll(subscription);
    harness.poll(subscription);
    assertThat(subscriber.items).isEmpty();
    assertThat(source.pulled).isEqualTo(1);
    subscriber.subscription.request(1);
    assertThat(harness.woken()).isTrue();
    harness.poll(subscription);
    harness.poll(subscription);
    assertThat(subscriber.items).containsExactly(1);
  }

  @Test
  void theLatestWakerIsWokenByARequest() throws Exception {
    PollHarness harness = PollHarness.create();
    var subscription = IteratorSubscription.of(subscriber, source, ONE_AHEAD);
    subscription.start(spawner);
    harness.poll(subscription);
    var earlier = harness.replaceWaker();
    long before = earlier.count();
    harness.poll(subscription);
    subscriber.subscription.request(1);
    assertThat(harness.woken()).isTrue();
    assertThat(earlier.count()).isEqualTo(before);
  }

  @Test
  void aSubscriptionDescribesItsDemandAndItsSource() throws Exception {
    PollHarness harness = PollHarness.create();
    var subscription = IteratorSubscription.of(subscriber, source, ONE_AHEAD);
    subscription.start(spawner);
    source.with(1, 2, 3);
    subscriber.subscription.request(1);
    harness.poll(subscription);
    Description description = Description.of(subscription);
    assertThat(description.name()).isEqualTo("publisher subscription");
    assertThat(description.attributes()).containsEntry("held", "1");
    assertThat(description.waitsFor()).isEqualTo("a request");
    assertThat(description.children()).hasSize(1);
  }

  @Test
  void aPublisherAndASubscriptionSayWhatTheyAre() {
    assertThat(Streams.toPublisher(() -> source, spawner, EXACT).toString()).contains("EXACT");
    var publisher = Streams.toOneShotPublisher(source, spawner);
    assertThat(publisher.toString()).contains("one shot");
    publisher.subscribe(subscriber);
    assertThat(publisher.toString()).contains("taken");
    Subscription subscription = subscriber.subscription;
    assertThat(subscription).hasToString("Demand[0]");
    subscription.request(Long.MAX_VALUE);
    assertThat(subscription).hasToString("Demand[unbounded]");
    subscription.request(0);
    assertThat(subscription).hasToString("Demand[refused]");
    subscription.cancel();
    assertThat(subscription).hasToString("Demand[cancelled]");
    spawner.run();
    assertThat(subscription).hasToString("Demand[over]");
  }

  @Test
  void shutdownExceptionsSayWhatHappened() {
    subscribe(ONE_AHEAD);
    spawner.shutDown();
    assertThat(subscriber.error)
        .isInstanceOf(RuntimeShutdownException.class)
        .hasMessageContaining("shut down");
  }
}
