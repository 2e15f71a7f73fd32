package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.FlowAdapters;

/** Futures of publishers, and publishers of futures. */
@Timeout(60)
class PublisherFutureTest {

  private final PollHarness harness = PollHarness.create();
  private final TestSpawner spawner = new TestSpawner();
  private final ManualPublisher<Integer> publisher = new ManualPublisher<>();
  private final RecordingSubscriber<String> subscriber = new RecordingSubscriber<>();

  @Test
  void theFirstIsRequestedAloneAndThenTheSubscriptionIsCancelled() throws Exception {
    Future<Optional<Integer>> first = Streams.firstOf(publisher);
    assertThat(publisher.subscriber).isNull();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(publisher.asked.calls).containsExactly("request 1");
    publisher.emit(7);
    assertThat(harness.poll(first).value()).contains(7);
    assertThat(publisher.asked.calls).containsExactly("request 1", "cancel");
  }

  @Test
  void theFirstOfNothingIsEmpty() throws Exception {
    Future<Optional<Integer>> first = Streams.firstOf(publisher);
    assertThat(harness.poll(first).isPending()).isTrue();
    publisher.subscriber.onComplete();
    assertThat(harness.poll(first).value()).isEmpty();
  }

  @Test
  void theSingleAwaitsTheEnd() throws Exception {
    Future<Integer> single = Streams.singleOf(publisher);
    assertThat(harness.poll(single).isPending()).isTrue();
    assertThat(publisher.asked.calls).containsExactly("request 2");
    publisher.emit(7);
    assertThat(harness.poll(single).isPending()).isTrue();
    publisher.subscriber.onComplete();
    assertThat(harness.poll(single).value()).isEqualTo(7);
    assertThat(publisher.asked.calls).containsExactly("request 2");
  }

  @Test
  void aSecondElementFailsTheSingleAndCancels() throws Exception {
    Future<Integer> single = Streams.singleOf(publisher);
    assertThat(harness.poll(single).isPending()).isTrue();
    publisher.emit(7, 8);
    assertThatThrownBy(() -> harness.poll(single))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than one");
    assertThat(publisher.asked.calls).containsExactly("request 2", "cancel");
    assertThat(harness.discarded()).containsExactlyInAnyOrder(7, 8);
  }

  @Test
  void theSingleOfNothingFails() {
    Future<Integer> single = Streams.singleOf(Streams.toPublisher(AsyncIterators::empty, spawner));
    assertThatThrownBy(
            () -> {
              assertThat(harness.poll(single).isPending()).isTrue();
              spawner.run();
              harness.poll(single);
            })
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aFailureAfterTheElementFailsTheSingle() throws Exception {
    Future<Integer> single = Streams.singleOf(publisher);
    assertThat(harness.poll(single).isPending()).isTrue();
    publisher.emit(7);
    publisher.subscriber.onError(new IOException("broken"));
    assertThatThrownBy(() -> harness.poll(single)).isInstanceOf(IOException.class);
    assertThat(harness.discarded()).containsExactly(7);
  }

  @Test
  void aCancelledSingleDiscardsWhatHasCome() throws Exception {
    Future<Integer> single = Streams.singleOf(publisher);
    assertThat(harness.poll(single).isPending()).isTrue();
    publisher.emit(7);
    assertThat(harness.poll(single).isPending()).isTrue();
    single.cancel();
    assertThat(publisher.asked.calls).containsExactly("request 2", "cancel");
    assertThat(harness.discarded()).containsExactly(7);
  }

  @Test
  void theCompletionPassesOverTheElements() throws Exception {
    Future<Void> completion = Streams.completionOf(publisher);
    assertThat(harness.poll(completion).isPending()).isTrue();
    publisher.emit(1, 2, 3);
    assertThat(harness.poll(completion).isPending()).isTrue();
    publisher.subscriber.onComplete();
    assertThat(harness.poll(completion).isReady()).isTrue();
  }

  @Test
  void theOutputOfAFutureIsPublished() {
    Streams.<String>futurePublisher(() -> Futures.ready("one"), spawner).subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe");
    subscriber.subscription.request(1);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onNext one", "onComplete");
  }

  @Test
  void aNullOutputIsAnEmptyStreamAndNeedsNoRequest() {
    Streams.<String>futurePublisher(() -> Futures.<String>ready(null), spawner)
        .subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onComplete");
  }

  @Test
  void aFailedFutureIsAnError() {
    Streams.<String>futurePublisher(() -> Futures.failed(new IOException("broken")), spawner)
        .subscribe(subscriber);
    spawner.run();
    assertThat(subscriber.signals).containsExactly("onSubscribe", "onError IOException");
  }

  @Test
  void cancelReachesTheFuture() {
    int[] cancels = {0};
    Streams.<String>futurePublisher(
            () -> Futures.pollFn(cx -> dev.pollux.core.Poll.<String>pending(), () -> cancels[0]++),
            spawner)
        .subscribe(subscriber);
    spawner.run();
    subscriber.subscription.cancel();
    spawner.run();
    assertThat(cancels[0]).isEqualTo(1);
  }

  @Test
  void flowTwinsDoTheSame() throws Exception {
    var numbers = Streams.toFlowPublisher(() -> AsyncIterators.range(0, 3), spawner);
    Future<Optional<Integer>> first = Streams.firstOfFlow(numbers);
    Future<Void> completion = Streams.completionOfFlow(numbers);
    Future<String> single =
        Streams.singleOfFlow(Streams.futureFlowPublisher(() -> Futures.ready("one"), spawner));
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(completion).isPending()).isTrue();
    assertThat(harness.poll(single).isPending()).isTrue();
    spawner.run();
    assertThat(harness.poll(first).value()).contains(0);
    assertThat(harness.poll(completion).isReady()).isTrue();
    assertThat(harness.poll(single).value()).isEqualTo("one");
    assertThat(FlowAdapters.toPublisher(numbers)).isNotNull();
  }
}
