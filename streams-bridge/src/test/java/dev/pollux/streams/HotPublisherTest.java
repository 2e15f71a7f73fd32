package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import dev.pollux.stream.Shared;
import dev.pollux.stream.Sharing;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.Watch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.FlowAdapters;

/** Subscribers take part from the moment of subscribe() on, and don't hold up each other. */
@Timeout(60)
class HotPublisherTest {

  private final TestSpawner spawner = new TestSpawner();
  private final RecordingSubscriber<Integer> fast = new RecordingSubscriber<>();
  private final RecordingSubscriber<Integer> slow = new RecordingSubscriber<>();

  @Test
  void aSubscriberGetsWhatIsSentAfterSubscribeThoughItsTaskHasNotRun() {
    Broadcast<Integer> channel = Broadcast.create(4);
    var publisher = Streams.broadcastPublisher(channel, spawner);
    channel.sender().send(1);
    publisher.subscribe(fast);
    channel.sender().send(2);
    fast.subscription.request(10);
    spawner.run();
    publisher.subscribe(slow);
    channel.sender().send(3);
    slow.subscription.request(10);
    spawner.run();
    channel.sender().close();
    spawner.run();
    assertThat(fast.signals).containsExactly("onSubscribe", "onNext 2", "onNext 3", "onComplete");
    assertThat(slow.signals).containsExactly("onSubscribe", "onNext 3", "onComplete");
  }

  @Test
  void aSlowSubscriberFailsAndTheOtherGoesOn() {
    Broadcast<Integer> channel = Broadcast.create(2);
    var publisher = Streams.broadcastPublisher(channel, spawner);
    publisher.subscribe(fast);
    publisher.subscribe(slow);
    fast.subscription.request(Long.MAX_VALUE);
    for (int i = 0; i < 5; i++) {
      channel.sender().send(i);
      spawner.run();
    }
    slow.subscription.request(5);
    spawner.run();
    assertThat(fast.items).containsExactly(0, 1, 2, 3, 4);
    assertThat(slow.signals).containsExactly("onSubscribe", "onNext 0", "onError LaggedException");
  }

  @Test
  void aLossySubscriberGoesOnWithWhatIsKept() {
    Broadcast<Integer> channel = Broadcast.create(2);
    Streams.lossyBroadcastPublisher(channel, spawner).subscribe(slow);
    spawner.run();
    for (int i = 0; i < 5; i++) {
      channel.sender().send(i);
      spawner.run();
    }
    slow.subscription.request(5);
    spawner.run();
    assertThat(slow.items).containsExactly(0, 3, 4); // the first was held ahead
  }

  @Test
  void cancelTakesTheReceiverOut() {
    Broadcast<Integer> channel = Broadcast.create(2);
    Streams.broadcastPublisher(channel, spawner).subscribe(slow);
    assertThat(channel.sender().receiverCount()).isEqualTo(1);
    slow.subscription.cancel();
    spawner.run();
    assertThat(channel.sender().receiverCount()).isZero();
  }

  @Test
  void aRuntimeThatIsShutDownLeavesNoReceiver() {
    Broadcast<Integer> channel = Broadcast.create(2);
    spawner.shutDown();
    Streams.broadcastPublisher(channel, spawner).subscribe(slow);
    assertThat(slow.signals).containsExactly("onSubscribe", "onError RuntimeShutdownException");
    assertThat(channel.sender().receiverCount()).isZero();
  }

  @Test
  void aWatchGivesTheValueOfTheMomentItIsAskedFor() {
    Watch<Integer> value = Watch.create(1);
    var publisher = Streams.watchPublisher(value, spawner);
    publisher.subscribe(slow);
    spawner.run();
    assertThat(value.sender().send(2)).isTrue();
    assertThat(value.sender().send(3)).isTrue();
    slow.subscription.request(1);
    spawner.run();
    assertThat(value.sender().send(4)).isTrue();
    assertThat(value.sender().send(5)).isTrue();
    publisher.subscribe(fast);
    fast.subscription.request(9);
    slow.subscription.request(9);
    spawner.run();
    value.sender().close();
    spawner.run();
    assertThat(slow.signals).containsExactly("onSubscribe", "onNext 3", "onNext 5", "onComplete");
    assertThat(fast.signals).containsExactly("onSubscribe", "onNext 5", "onComplete");
  }

  @Test
  void aSharedStreamIsPublishedToAllAndRefusedOnceClosed() {
    ManualSource<Integer> source = new ManualSource<>();
    Shared<Integer> shared = Sharing.of(source).slowest(4);
    var publisher = Streams.sharedPublisher(shared, spawner);
    publisher.subscribe(fast);
    publisher.subscribe(slow);
    fast.subscription.request(9);
    slow.subscription.request(9);
    source.with(1, 2).end();
    spawner.run();
    assertThat(fast.signals).containsExactly("onSubscribe", "onNext 1", "onNext 2", "onComplete");
    assertThat(slow.signals).isEqualTo(fast.signals);
    shared.close();
    RecordingSubscriber<Integer> late = new RecordingSubscriber<>();
    publisher.subscribe(late);
    assertThat(late.signals).containsExactly("onSubscribe", "onError IllegalStateException");
  }

  @Test
  void flowTwinsGiveTheSame() {
    Broadcast<Integer> channel = Broadcast.create(2);
    Watch<Integer> value = Watch.create(7);
    Streams.broadcastFlowPublisher(channel, spawner).subscribe(FlowAdapters.toFlowSubscriber(slow));
    Streams.lossyBroadcastFlowPublisher(channel, spawner)
        .subscribe(FlowAdapters.toFlowSubscriber(fast));
    slow.subscription.request(9);
    fast.subscription.request(9);
    assertThat(channel.sender().send(1)).isEqualTo(2);
    spawner.run();
    assertThat(slow.signals).containsExactly("onSubscribe", "onNext 1");
    assertThat(fast.signals).containsExactly("onSubscribe", "onNext 1");
    RecordingSubscriber<Integer> watching = new RecordingSubscriber<>();
    Streams.watchFlowPublisher(value, spawner).subscribe(FlowAdapters.toFlowSubscriber(watching));
    watching.subscription.request(1);
    spawner.run();
    assertThat(watching.signals).containsExactly("onSubscribe", "onNext 7");
    RecordingSubscriber<Integer> sharing = new RecordingSubscriber<>();
    Streams.sharedFlowPublisher(AsyncIterators.range(0, 1).shared().cached(1), spawner)
        .subscribe(FlowAdapters.toFlowSubscriber(sharing));
    sharing.subscription.request(1);
    spawner.run();
    assertThat(sharing.signals).startsWith("onSubscribe", "onNext 0");
  }
}
