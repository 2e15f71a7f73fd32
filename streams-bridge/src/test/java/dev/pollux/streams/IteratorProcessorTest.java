package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Processor;

@Timeout(60)
class IteratorProcessorTest {

  private final TestSpawner spawner = new TestSpawner();
  private final ManualPublisher<Integer> upstream = new ManualPublisher<>();
  private final RecordingSubscriber<String> downstream = new RecordingSubscriber<>();
  private final Processor<Integer, String> processor =
      Streams.processor(in -> in.filter(n -> n % 2 == 0).map(n -> "n" + n), 4, spawner);

  @Test
  void elementsGoThroughTheOperators() {
    upstream.subscribe(processor);
    processor.subscribe(downstream);
    downstream.subscription.request(10);
    spawner.run();
    assertThat(upstream.asked.calls).containsExactly("request 4");
    upstream.emit(1, 2, 3, 4);
    upstream.subscriber.onComplete();
    spawner.run();
    assertThat(downstream.signals)
        .containsExactly("onSubscribe", "onNext n2", "onNext n4", "onComplete");
  }

  @Test
  void theUpstreamMayComeLater() {
    processor.subscribe(downstream);
    downstream.subscription.request(1);
    spawner.run();
    upstream.subscribe(processor);
    spawner.run();
    assertThat(upstream.asked.calls).containsExactly("request 4");
    upstream.emit(2);
    upstream.subscriber.onComplete();
    spawner.run();
    assertThat(downstream.signals).containsExactly("onSubscribe", "onNext n2", "onComplete");
  }

  @Test
  void nothingIsRequestedWithoutASubscriber() {
    upstream.subscribe(processor);
    spawner.run();
    assertThat(upstream.asked.calls).isEmpty();
  }

  @Test
  void cancelBeforeTheFirstTurnReachesTheUpstream() {
    upstream.subscribe(processor);
    processor.subscribe(downstream);
    downstream.subscription.cancel();
    spawner.run();
    assertThat(upstream.asked.calls).containsExactly("cancel");
  }

  @Test
  void cancelReachesAnUpstreamThatComesLater() {
    processor.subscribe(downstream);
    downstream.subscription.cancel();
    spawner.run();
    upstream.subscribe(processor);
    assertThat(upstream.asked.calls).containsExactly("cancel");
  }

  @Test
  void anErrorBeforeThereIsASubscriberIsKeptForIt() {
    upstream.subscribe(processor);
    upstream.subscriber.onError(new IOException("broken"));
    processor.subscribe(downstream);
    spawner.run();
    assertThat(downstream.signals).containsExactly("onSubscribe", "onError IOException");
  }

  @Test
  void aFailureOfTheOperatorsCancelsTheUpstream() {
    Processor<Integer, Integer> failing = Streams.processor(in -> in.map(n -> 1 / n), 4, spawner);
    RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
    upstream.subscribe(failing);
    failing.subscribe(subscriber);
    subscriber.subscription.request(5);
    spawner.run();
    upstream.emit(1, 0);
    spawner.run();
    assertThat(subscriber.signals)
        .containsExactly("onSubscribe", "onNext 1", "onError ArithmeticException");
    assertThat(upstream.asked.calls).containsExactly("request 4", "cancel");
  }

  @Test
  void operatorsThatEndEarlyCancelTheUpstream() {
    Processor<Integer, Integer> two = Streams.processor(in -> in.take(2), 4, spawner);
    RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
    upstream.subscribe(two);
    two.subscribe(subscriber);
    subscriber.subscription.request(5);
    spawner.run();
    upstream.emit(1, 2);
    spawner.run();
    assertThat(subscriber.completed).isTrue();
    assertThat(upstream.asked.calls).containsExactly("request 4", "cancel");
  }

  @Test
  void whatWasReceivedAndNotTakenGoesToTheDiscardOfTheTask() {
    upstream.subscribe(processor);
    processor.subscribe(downstream);
    spawner.run(); // asks for one ahead
    upstream.emit(2, 4, 6);
    spawner.run(); // holds the first
    downstream.subscription.cancel();
    spawner.run();
    assertThat(spawner.discarded).containsExactlyInAnyOrder("n2", 4, 6);
    upstream.emit(8);
    assertThat(spawner.discarded).containsExactlyInAnyOrder("n2", 4, 6, 8);
  }

  @Test
  void aSecondSubscriberIsRefused() {
    processor.subscribe(downstream);
    RecordingSubscriber<String> second = new RecordingSubscriber<>();
    processor.subscribe(second);
    assertThat(second.signals).containsExactly("onSubscribe", "onError IllegalStateException");
  }

  @Test
  void aCapacityOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Streams.processor(in -> in, 0, spawner))
        .withMessageContaining("was 0");
  }
}
