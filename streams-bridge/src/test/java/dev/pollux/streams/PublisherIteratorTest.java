package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Budget;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Turn;
import dev.pollux.streams.bridge.IteratorPublisher;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;

@Timeout(60)
class PublisherIteratorTest {

  private final PollHarness harness = PollHarness.create();
  private final ManualPublisher<Integer> publisher = new ManualPublisher<>();
  private final List<Integer> items = new ArrayList<>();

  private AsyncIterator<Integer> iterator(int capacity) {
    return Streams.fromPublisher(publisher, capacity);
  }

  @CanIgnoreReturnValue
  private Turn drain(AsyncIterator<Integer> iterator) throws Exception {
    return harness.pollEach(iterator, items::add);
  }

  // ---- subscribing, requesting

  @Test
  void subscribesAtTheFirstPollAndRequestsTheCapacity() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    assertThat(publisher.subscriber).isNull();
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
    assertThat(publisher.asked.calls).containsExactly("request 4");
    harness.pollNext(iterator);
    assertThat(publisher.asked.calls).containsExactly("request 4");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,3", "4,3", "5,4", "8,6", "100,75", "256,192"})
  void requestsAgainWhenThreeQuartersWereTaken(int capacity, int refill) throws Exception {
    AsyncIterator<Integer> iterator = iterator(capacity);
    harness.pollNext(iterator);
    for (int i = 0; i < capacity; i++) {
      publisher.emit(i);
    }
    for (int i = 0; i < refill; i++) {
      assertThat(publisher.asked.calls).hasSize(1);
      assertThat(harness.pollNext(iterator).value()).isEqualTo(i);
    }
    assertThat(publisher.asked.calls).containsExactly("request " + capacity, "request " + refill);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "5,2", "5,5", "8,3", "16,16"})
  void requestsAgainInTheBatchesOfChoice(int capacity, int refillAt) throws Exception {
    AsyncIterator<Integer> iterator = Streams.fromPublisher(publisher, capacity, refillAt);
    harness.pollNext(iterator);
    List<String> expected = new ArrayList<>(List.of("request " + capacity));
    long requested = capacity;
    int sent = 0;
    for (int taken = 0; taken < 5 * capacity; ) {
      for (; sent < requested; sent++) {
        publisher.emit(sent);
      }
      assertThat(harness.pollNext(iterator).value()).isEqualTo(taken++);
      if (taken % refillAt == 0) {
        expected.add("request " + refillAt);
        requested += refillAt;
      }
      assertThat(publisher.asked.calls).isEqualTo(expected);
      assertThat(requested - taken).isBetween((long) capacity - refillAt + 1, (long) capacity);
    }
    iterator.cancel();
  }

  @ParameterizedTest
  @CsvSource({"4,0", "4,-1", "4,5", "1,2"})
  void batchIsFromOneToTheCapacity(int capacity, int refillAt) {
    assertThatThrownBy(() -> Streams.fromPublisher(publisher, capacity, refillAt))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refillAt")
        .hasMessageContaining(String.valueOf(refillAt));
    assertThat(publisher.subscriber).isNull();
  }

  @Test
  void aSubscriptionThatComesLaterIsAskedByTheConsumer() throws Exception {
    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.subscriber.onSubscribe(publisher.asked);
    assertThat(harness.woken()).isTrue();
    assertThat(publisher.asked.calls).isEmpty();
    harness.pollNext(iterator);
    assertThat(publisher.asked.calls).containsExactly("request 4");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 100})
  void everyElementComesOnceAndInOrder(int capacity) throws Exception {
    AsyncIterator<Integer> iterator = iterator(capacity);
    int[] next = {0};
    publisher.asked.onRequest =
        n -> {
          for (long i = 0; i < n && next[0] < 1000; i++) {
            publisher.emit(next[0]++);
          }
          if (next[0] == 1000) {
            next[0]++;
            publisher.subscriber.onComplete();
          }
        };
    while (drain(iterator) != Turn.ENDED) {
      assertThat(harness.woken()).isTrue();
    }
    assertThat(items).hasSize(1000).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void anUpstreamThatEmitsInsideRequestDoesNotRecurse() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    int[] depth = {0};
    int[] deepest = {0};
    publisher.asked.onRequest =
        n -> {
          deepest[0] = Math.max(deepest[0], ++depth[0]);
          for (int i = 0; i < n; i++) {
            publisher.emit(i);
          }
          depth[0]--;
        };
    drain(iterator);
    drain(iterator);
    assertThat(items).hasSize(2 * Budget.UNITS);
    assertThat(deepest[0]).isEqualTo(1);
  }

  @Test
  void aTurnTakesAtMostItsBudget() throws Exception {
    AsyncIterator<Integer> iterator = iterator(1000);
    harness.pollNext(iterator);
    for (int i = 0; i < 1000; i++) {
      publisher.emit(i);
    }
    assertThat(drain(iterator)).isEqualTo(Turn.PENDING);
    assertThat(items).hasSize(Budget.UNITS);
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void aSinkThatHasEnoughStopsTheTurnAndLosesNothing() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3);
    assertThat(
            harness.pollEach(
                iterator,
                item -> {
                  items.add(item);
                  return items.size() < 2;
                }))
        .isEqualTo(Turn.STOPPED);
    assertThat(harness.pollNext(iterator).value()).isEqualTo(3);
    assertThat(items).containsExactly(1, 2);
  }

  @Test
  void aSinkThatThrowsCancelsTheIterator() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1, 2);
    IllegalStateException failure = new IllegalStateException("sink");
    assertThatThrownBy(
            () ->
                harness.pollEach(
                    iterator,
                    item -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(publisher.asked.calls).containsExactly("request 4", "cancel");
    assertThat(harness.discarded()).containsExactly(2);
    assertThat(harness.uncaught()).containsExactly(failure);
  }

  @Test
  void everySignalWakesAWaitingConsumerOnce() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1);
    publisher.emit(2);
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(drain(iterator)).isEqualTo(Turn.PENDING);
    publisher.subscriber.onComplete();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(drain(iterator)).isEqualTo(Turn.ENDED);
  }

  // ---- the end

  @Test
  void elementsComeBeforeTheCompletion() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1, 2);
    publisher.subscriber.onComplete();
    assertThat(iterator.knownEnded()).isFalse();
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(1));
    assertThat(harness.pollNext(iterator)).isEqualTo(Next.item(2));
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    assertThat(iterator.knownEnded()).isFalse();
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> drain(iterator)).isInstanceOf(PollAfterEndException.class);
    iterator.cancel();
    assertThat(publisher.asked.calls).containsExactly("request 4");
  }

  @Test
  void elementsComeBeforeTheFailureWhichIsThrownUnchanged() throws Exception {
    for (Throwable failure :
        List.of(new IOException("io"), new AssertionError("error"), new Throwable("neither"))) {
      items.clear();
      AsyncIterator<Integer> iterator = iterator(4);
      harness.pollNext(iterator);
      publisher.emit(1, 2);
      publisher.subscriber.onError(failure);
      assertThat(iterator.knownEnded()).isFalse();
      assertThatThrownBy(() -> drain(iterator)).isSameAs(failure);
      assertThat(items).containsExactly(1, 2);
      assertThatThrownBy(() -> drain(iterator)).isInstanceOf(PollAfterEndException.class);
    }
  }

  @Test
  void aCompletedUpstreamIsNeitherAskedNorCancelledAgain() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3, 4);
    publisher.subscriber.onComplete();
    for (int i = 0; i < 3; i++) {
      harness.pollNext(iterator);
    }
    iterator.cancel();
    assertThat(publisher.asked.calls).containsExactly("request 4");
    assertThat(harness.discarded()).containsExactly(4);
  }

  @Test
  void anUpstreamThatCompletesInsideRequestIsNotAskedAgain() throws Exception {
    publisher.asked.onRequest = n -> publisher.subscriber.onComplete();
    AsyncIterator<Integer> iterator = iterator(1);
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    assertThat(publisher.asked.calls).containsExactly("request 1");
  }

  // ---- cancel

  @Test
  void cancelStopsTheUpstreamOnceAndDiscardsWhatIsHeldAndWhatStillComes() throws Exception {
    AsyncIterator<Integer> iterator = iterator(8);
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3);
    assertThat(harness.pollNext(iterator).value()).isEqualTo(1);
    iterator.cancel();
    iterator.cancel();
    assertThat(publisher.asked.calls).containsExactly("request 8", "cancel");
    publisher.emit(4);
    assertThat(harness.discarded()).containsExactly(2, 3, 4);
    publisher.subscriber.onComplete();
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void theRingIsDiscardedOldestFirstAfterItWentRound() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3, 4);
    for (int i = 0; i < 3; i++) {
      harness.pollNext(iterator);
    }
    publisher.emit(5, 6, 7);
    iterator.cancel();
    assertThat(harness.discarded()).containsExactly(4, 5, 6, 7);
  }

  @Test
  void cancelBeforeTheFirstPollNeverSubscribes() {
    AsyncIterator<Integer> iterator = iterator(4);
    iterator.cancel();
    assertThat(publisher.subscriber).isNull();
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aSubscriptionThatComesAfterCancelIsCancelled() throws Exception {
    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    iterator.cancel();
    publisher.subscriber.onSubscribe(publisher.asked);
    assertThat(publisher.asked.calls).containsExactly("cancel");
  }

  @Test
  void cancelSurvivesAnUpstreamThatThrowsFromIt() throws Exception {
    IllegalStateException failure = new IllegalStateException("cancel");
    publisher.asked.onCancel =
        () -> {
          throw failure;
        };
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1);
    iterator.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
    assertThat(harness.discarded()).containsExactly(1);
  }

  @Test
  void anUpstreamThatEmitsInsideCancelIsDiscarded() throws Exception {
    publisher.asked.onCancel = () -> publisher.emit(7);
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    iterator.cancel();
    assertThat(harness.discarded()).containsExactly(7);
  }

  @Test
  void aFailureThatComesAfterCancelIsReported() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    iterator.cancel();
    IOException failure = new IOException("late");
    publisher.subscriber.onError(failure);
    assertThat(harness.uncaught()).containsExactly(failure);
  }

  @Test
  void aFailureThatNobodyHasSeenAtCancelIsReported() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    IOException failure = new IOException("unseen");
    publisher.subscriber.onError(failure);
    iterator.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
    assertThat(publisher.asked.calls).containsExactly("request 4");
  }

  // ---- publishers that break the rules

  @Test
  void anElementBeyondDemandFailsTheIteratorAndCancelsTheUpstream() throws Exception {
    AsyncIterator<Integer> iterator = iterator(2);
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3, 4);
    assertThat(publisher.asked.calls).containsExactly("request 2", "cancel");
    assertThatThrownBy(() -> drain(iterator))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rule 1.1");
    assertThat(items).containsExactly(1, 2);
    assertThat(harness.discarded()).containsExactly(3, 4);
    iterator.cancel();
    assertThat(publisher.asked.calls).containsExactly("request 2", "cancel");
  }

  @Test
  void demandIsCountedExactlyAndNotByTheSlotsThatAreFree() throws Exception {
    AsyncIterator<Integer> iterator = iterator(5); // eight slots
    harness.pollNext(iterator);
    publisher.emit(1, 2, 3, 4, 5);
    harness.pollNext(iterator);
    harness.pollNext(iterator);
    publisher.emit(6);
    assertThatThrownBy(() -> drain(iterator)).hasMessageContaining("rule 1.1");
    assertThat(items).containsExactly(3, 4, 5);
  }

  @Test
  void anUpstreamThatIgnoresDemandForEverInsideRequestIsStopped() throws Exception {
    boolean[] cancelled = {false};
    publisher.asked.onCancel = () -> cancelled[0] = true;
    publisher.asked.onRequest =
        n -> {
          while (!cancelled[0]) {
            publisher.emit(1);
          }
        };
    AsyncIterator<Integer> iterator = iterator(4);
    assertThatThrownBy(() -> drain(iterator)).hasMessageContaining("rule 1.1");
    assertThat(items).hasSize(4);
    assertThat(publisher.asked.calls).containsExactly("request 4", "cancel");
  }

  @Test
  void nullSignalsThrowToTheCallerAndFailTheIterator() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1);
    assertThatNullPointerException()
        .isThrownBy(() -> publisher.subscriber.onNext(null))
        .withMessageContaining("2.13");
    assertThat(publisher.asked.calls).containsExactly("request 4", "cancel");
    assertThat(harness.pollNext(iterator).value()).isEqualTo(1);
    assertThatNullPointerException().isThrownBy(() -> harness.pollNext(iterator));

    AsyncIterator<Integer> second = iterator(4);
    harness.pollNext(second);
    assertThatNullPointerException().isThrownBy(() -> publisher.subscriber.onError(null));
    assertThatNullPointerException().isThrownBy(() -> harness.pollNext(second));

    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> third = iterator(4);
    harness.pollNext(third);
    assertThatNullPointerException().isThrownBy(() -> publisher.subscriber.onSubscribe(null));
    assertThat(harness.woken()).isTrue();
    assertThatNullPointerException().isThrownBy(() -> harness.pollNext(third));
  }

  @Test
  void aSecondSubscriptionIsCancelledAndTheFirstGoesOn() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    ManualPublisher.Asked second = new ManualPublisher.Asked();
    publisher.subscriber.onSubscribe(second);
    assertThat(second.calls).containsExactly("cancel");
    publisher.emit(1);
    assertThat(harness.pollNext(iterator).value()).isEqualTo(1);
    publisher.subscriber.onComplete();
    ManualPublisher.Asked third = new ManualPublisher.Asked();
    publisher.subscriber.onSubscribe(third);
    assertThat(third.calls).containsExactly("cancel");
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    assertThat(harness.uncaught())
        .hasSize(2)
        .allSatisfy(report -> assertThat(report).hasMessageContaining("rule 2.12"));
  }

  @Test
  void signalsAfterTheEndAreDiscardedAndReported() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.subscriber.onComplete();
    publisher.emit(1);
    IOException failure = new IOException("late");
    publisher.subscriber.onError(failure);
    publisher.subscriber.onComplete();
    assertThat(harness.discarded()).containsExactly(1);
    assertThat(harness.uncaught()).hasSize(3);
    assertThat(harness.uncaught().get(0)).hasMessage("rule 1.7: an element came after the end");
    assertThat(harness.uncaught().get(1)).isSameAs(failure);
    assertThat(harness.uncaught().get(2)).hasMessage("rule 1.7: onComplete came after the end");
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
  }

  @Test
  void anElementBeforeOnSubscribeFailsTheIterator() throws Exception {
    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.emit(1);
    assertThat(harness.discarded()).containsExactly(1);
    publisher.subscriber.onSubscribe(publisher.asked);
    assertThat(publisher.asked.calls).containsExactly("cancel");
    assertThatThrownBy(() -> harness.pollNext(iterator)).hasMessageContaining("rule 1.9");
  }

  @Test
  void aCompletionBeforeOnSubscribeFailsTheIterator() throws Exception {
    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    publisher.subscriber.onComplete();
    assertThatThrownBy(() -> harness.pollNext(iterator)).hasMessageContaining("rule 1.9");
  }

  @Test
  void aFailureBeforeOnSubscribeIsTheFailureOfTheIterator() throws Exception {
    publisher.subscribesAtOnce = false;
    AsyncIterator<Integer> iterator = iterator(4);
    harness.pollNext(iterator);
    IOException failure = new IOException("refused");
    publisher.subscriber.onError(failure);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(failure);
    publisher.subscriber.onSubscribe(publisher.asked);
    assertThat(publisher.asked.calls).containsExactly("cancel");
  }

  @Test
  void anUpstreamWhoseSubscribeThrowsFailsTheIterator() {
    IllegalStateException failure = new IllegalStateException("subscribe");
    AsyncIterator<Integer> iterator =
        Streams.fromPublisher(
            subscriber -> {
              throw failure;
            },
            4);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(failure);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void anUpstreamWhoseSubscribeThrowsAfterOnSubscribeIsCancelled() {
    IllegalStateException failure = new IllegalStateException("subscribe");
    ManualPublisher.Asked asked = new ManualPublisher.Asked();
    AsyncIterator<Integer> iterator =
        Streams.fromPublisher(
            subscriber -> {
              subscriber.onSubscribe(asked);
              throw failure;
            },
            4);
    assertThatThrownBy(() -> harness.pollNext(iterator)).isSameAs(failure);
    assertThat(asked.calls).containsExactly("cancel");
  }

  @Test
  void anUpstreamWhoseRequestThrowsFailsTheIteratorAfterWhatItSent() throws Exception {
    IllegalStateException failure = new IllegalStateException("request");
    publisher.asked.onRequest =
        n -> {
          publisher.emit(1);
          throw failure;
        };
    AsyncIterator<Integer> iterator = iterator(4);
    assertThatThrownBy(() -> drain(iterator))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rule 3.16")
        .hasCause(failure);
    assertThat(items).containsExactly(1);
    assertThat(publisher.asked.calls).containsExactly("request 4", "cancel");
  }

  // ---- the rest

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, (1 << 30) + 1, Integer.MAX_VALUE})
  void aCapacityOutOfRangeIsRefused(int capacity) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> iterator(capacity))
        .withMessageContaining("was " + capacity);
  }

  @Test
  void aNullPublisherIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> Streams.fromPublisher(null, 1));
    assertThatNullPointerException().isThrownBy(() -> Streams.fromFlowPublisher(null, 1));
  }

  @Test
  void nothingOfTheUsersIsHeldAfterCancelThoughTheUpstreamKeepsTheSubscriber() throws Exception {
    ManualPublisher<Object> objects = new ManualPublisher<>();
    AsyncIterator<Object> iterator = Streams.fromPublisher(objects, 4);
    harness.pollNext(iterator);
    WeakReference<Object> element = emitNew(objects);
    iterator.cancel();
    harness.forget();
    assertCollected(element);
    assertThat(objects.subscriber).isNotNull();
  }

  private static WeakReference<Object> emitNew(ManualPublisher<Object> objects) {
    Object element = new Object();
    objects.emit(element);
    return new WeakReference<>(element);
  }

  @Test
  void theIteratorKeepsThePublisherNoLongerThanItNeedsIt() throws Exception {
    PublisherHolder holder = new PublisherHolder();
    AsyncIterator<Integer> iterator = Streams.fromPublisher(holder.take(), 4);
    iterator.cancel();
    assertCollected(holder.reference);
    assertThat(iterator.knownEnded()).isFalse();
  }

  private static final class PublisherHolder {
    WeakReference<Publisher<Integer>> reference;

    Publisher<Integer> take() {
      Publisher<Integer> publisher = new ManualPublisher<>();
      reference = new WeakReference<>(publisher);
      return publisher;
    }
  }

  private static void assertCollected(WeakReference<?> reference) {
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(reference.get()).isNull();
  }

  @Test
  void describesWhatItHoldsAndWaitsFor() throws Exception {
    AsyncIterator<Integer> iterator = iterator(4);
    assertThat(Description.ofIterator(iterator).name()).isEqualTo("fromPublisher");
    harness.pollNext(iterator);
    assertThat(Description.ofIterator(iterator).waitsFor()).isNotNull();
    publisher.emit(1, 2);
    assertThat(Description.ofIterator(iterator).attributes())
        .containsEntry("capacity", "4")
        .containsEntry("held", "2");
    assertThat(publisher.subscriber.toString()).contains("capacity 4", "ARRIVED");
  }

  @Test
  void readsAPublisherOfTheJdk() throws Exception {
    SubmissionPublisher<Integer> jdk = new SubmissionPublisher<>();
    try (TestSpawner spawner = new TestSpawner().start()) {
      CountDownLatch first = new CountDownLatch(1);
      AsyncIterator<Integer> iterator = Streams.fromFlowPublisher(jdk, 3);
      var read =
          spawner.spawn(
              TestSpawner.each(
                  iterator,
                  item -> {
                    items.add(item);
                    first.countDown();
                  }));
      while (jdk.getNumberOfSubscribers() == 0) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 1000; i++) {
        jdk.submit(i);
      }
      assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
      jdk.close();
      read.join();
      assertThat(items).hasSize(1000).isSorted();
    }
  }

  @Test
  void aFlowPublisherOfOursIsNotWrappedTwice() {
    TestSpawner spawner = new TestSpawner();
    Publisher<Integer> ours =
        Streams.toPublisher(() -> dev.pollux.core.AsyncIterators.of(1), spawner);
    assertThat(FlowAdapters.toPublisher(FlowAdapters.toFlowPublisher(ours))).isSameAs(ours);
    assertThat(
            FlowAdapters.toPublisher(
                Streams.toFlowPublisher(() -> dev.pollux.core.AsyncIterators.of(1), spawner)))
        .isInstanceOf(IteratorPublisher.class);
  }
}
