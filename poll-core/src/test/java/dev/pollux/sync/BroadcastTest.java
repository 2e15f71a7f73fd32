package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BroadcastTest {

  private final PollHarness harness = PollHarness.create();
  private final PollHarness other = PollHarness.create();
  private final Broadcast<String> channel = Broadcast.create(3);
  private final Broadcast.Sender<String> sender = channel.sender();

  @Test
  void everyReceiverGetsEveryValueFromItsSubscriptionOn() throws Exception {
    Broadcast.Receiver<String> first = channel.subscribe();
    assertThat(sender.send("a")).isEqualTo(1);
    Broadcast.Receiver<String> second = sender.subscribe();
    assertThat(sender.send("b")).isEqualTo(2);
    assertThat(harness.poll(first.recv()).value()).contains("a");
    assertThat(first.tryRecv().value()).isEqualTo("b");
    assertThat(first.tryRecv().isPending()).isTrue();
    assertThat(harness.poll(second.recv()).value()).contains("b");
    assertThat(second.length()).isZero();
  }

  @Test
  void withoutReceiversAValueIsNotKept() {
    assertThat(sender.send("a")).isZero();
    assertThat(channel.subscribe().tryRecv().isPending()).isTrue();
  }

  @Test
  void aReceiverThatLagsIsToldHowManyItMissed() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    for (String value : List.of("a", "b", "c", "d", "e")) {
      assertThat(sender.send(value)).isEqualTo(1);
    }
    assertThat(receiver.length()).isEqualTo(3);
    Future<Optional<String>> lagged = receiver.recv();
    assertThatThrownBy(() -> harness.poll(lagged))
        .isInstanceOfSatisfying(
            LaggedException.class, told -> assertThat(told.missed()).isEqualTo(2))
        .hasMessage("missed 2 values of a Broadcast");
    assertThatThrownBy(() -> harness.poll(lagged)).isInstanceOf(PollAfterEndException.class);
    assertThat(harness.poll(receiver.recv()).value()).contains("c");
    sender.send("f");
    sender.send("g");
    assertThatThrownBy(receiver::tryRecv).isInstanceOf(LaggedException.class);
    assertThat(receiver.missed()).isEqualTo(3);
    assertThat(receiver.tryRecv().value()).isEqualTo("e");
  }

  @Test
  void exactlyTheCapacityIsKept() {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    for (int round = 0; round < 5; round++) {
      sender.send("a" + round);
      sender.send("b" + round);
      sender.send("c" + round);
      assertThat(receiver.tryRecv().value()).isEqualTo("a" + round);
      assertThat(receiver.tryRecv().value()).isEqualTo("b" + round);
      assertThat(receiver.tryRecv().value()).isEqualTo("c" + round);
    }
  }

  @Test
  void whoeverWaitsIsWoken() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    Future<Optional<String>> recv = receiver.recv();
    AsyncIterator<String> values = channel.subscribe().failing();
    assertThat(harness.poll(recv).isPending()).isTrue();
    assertThat(harness.poll(recv).isPending()).isTrue();
    assertThat(other.pollNext(values).isPending()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(sender.send("v" + i)).isEqualTo(2);
      assertThat(other.woken()).isTrue();
      assertThat(other.pollNext(values).value()).isEqualTo("v" + i);
      assertThat(other.pollNext(values).isPending()).isTrue();
    }
    assertThat(harness.woken()).isTrue();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(recv).value()).contains("v0");
  }

  @Test
  void severalReadersOfOneReceiverShareItsValues() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    Future<Optional<String>> one = receiver.recv();
    Future<Optional<String>> two = receiver.recv();
    assertThat(harness.poll(one).isPending()).isTrue();
    assertThat(other.poll(two).isPending()).isTrue();
    sender.send("a");
    assertThat(other.poll(two).value()).contains("a");
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(one).isPending()).isTrue();
    one.cancel();
    sender.send("b");
    assertThat(harness.woken()).isFalse();
    assertThat(receiver.tryRecv().value()).isEqualTo("b");
  }

  @Test
  void lossyLeavesOutAndCounts() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    AsyncIterator<String> values = receiver.lossy();
    for (String value : List.of("a", "b", "c", "d", "e")) {
      sender.send(value);
    }
    sender.close();
    assertThat(harness.runToEnd(values, 20)).containsExactly("c", "d", "e");
    assertThat(receiver.missed()).isEqualTo(2);
    assertThatThrownBy(() -> harness.pollNext(values)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void failingFailsAtTheFirstThatIsMissed() throws Exception {
    AsyncIterator<String> values = channel.subscribe().failing();
    for (String value : List.of("a", "b", "c", "d")) {
      sender.send(value);
    }
    assertThatThrownBy(() -> harness.pollNext(values))
        .isInstanceOf(LaggedException.class)
        .hasMessage("missed 1 value of a Broadcast");
    assertThatThrownBy(() -> harness.pollNext(values)).isInstanceOf(PollAfterEndException.class);
    assertThat(sender.receiverCount()).isZero();
  }

  @Test
  void aTurnTakesWhatIsThere() throws Exception {
    AsyncIterator<String> values = channel.subscribe().lossy();
    sender.send("a");
    sender.send("b");
    List<String> taken = new ArrayList<>();
    assertThat(harness.pollEach(values, taken::add)).isEqualTo(Turn.PENDING);
    assertThat(taken).containsExactly("a", "b");
    sender.send("c");
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollEach(values, value -> false)).isEqualTo(Turn.STOPPED);
    sender.close();
    assertThat(harness.pollEach(values, taken::add)).isEqualTo(Turn.ENDED);
  }

  @Test
  void theEndComesAfterTheLastValueOfTheLastSender() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    Broadcast.Sender<String> second = sender.another();
    sender.send("a");
    sender.close();
    sender.close();
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    Future<Optional<String>> recv = receiver.recv();
    assertThat(harness.poll(recv).isPending()).isTrue();
    second.close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(recv).value()).isEmpty();
    assertThat(receiver.tryRecv().isEnd()).isTrue();
    assertThat(channel.subscribe().tryRecv().isEnd()).isTrue();
    assertThatThrownBy(() -> second.send("b")).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(second::another).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void anotherGoesOnFromTheSamePlace() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    sender.send("a");
    sender.send("b");
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    Broadcast.Receiver<String> second = receiver.another();
    assertThat(sender.receiverCount()).isEqualTo(2);
    receiver.close();
    receiver.close();
    assertThat(sender.receiverCount()).isEqualTo(1);
    assertThat(second.tryRecv().value()).isEqualTo("b");
    assertThat(receiver.tryRecv().isEnd()).isTrue();
    assertThat(receiver.length()).isZero();
    assertThat(harness.poll(receiver.recv()).value()).isEmpty();
    assertThatThrownBy(receiver::another).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void cancelOfAnIteratorClosesItsReceiver() {
    AsyncIterator<String> values = channel.subscribe().lossy();
    assertThat(sender.receiverCount()).isEqualTo(1);
    values.cancel();
    values.cancel();
    assertThat(sender.receiverCount()).isZero();
  }

  @Test
  void valuesAreSharedAndNeverClosed() {
    Broadcast<AutoCloseable> shared = Broadcast.create(1);
    Broadcast.Receiver<AutoCloseable> receiver = shared.subscribe();
    for (int i = 0; i < 3; i++) {
      shared
          .sender()
          .send(
              () -> {
                throw new AssertionError("closed");
              });
    }
    receiver.close();
    shared.sender().close();
    assertThat(shared)
        .hasToString(
            "Broadcast[the last 1 of 3 values, 0 receivers, 0 waiting, all senders closed]");
  }

  @Test
  void plainThreadsMayBlock() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    FutureTask<Optional<String>> task = new FutureTask<>(receiver::blockingRecv);
    Thread thread = new Thread(task, "receiver");
    thread.setDaemon(true);
    thread.start();
    sender.send("a");
    assertThat(task.get(30, TimeUnit.SECONDS)).contains("a");
  }

  private static List<WeakReference<Object>> sendGarbage(Broadcast<Object> channel, int count) {
    List<WeakReference<Object>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Object value = new Object();
      channel.sender().send(value);
      sent.add(new WeakReference<>(value));
    }
    return sent;
  }

  @Test
  void noMoreThanTheCapacityIsHeld() {
    for (int capacity = 1; capacity <= 3; capacity++) {
      Broadcast<Object> small = Broadcast.create(capacity);
      Broadcast.Receiver<Object> receiver = small.subscribe();
      List<WeakReference<Object>> sent = sendGarbage(small, 10);
      int missed = 10 - capacity;
      Collected.until(() -> sent.stream().limit(missed).allMatch(value -> value.get() == null));
      assertThat(sent.subList(missed, 10)).allMatch(value -> value.get() != null);
      assertThat(receiver.length()).isEqualTo(capacity);
    }
  }

  @Test
  void recvManyTakesWhatIsThere() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    List<String> into = new ArrayList<>();
    Future<Integer> many = receiver.recvMany(into, 2);
    assertThat(harness.poll(many).isPending()).isTrue();
    sender.send("a");
    sender.send("b");
    sender.send("c");
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(many).value()).isEqualTo(2);
    assertThat(harness.poll(receiver.recvMany(into, 5)).value()).isEqualTo(1);
    assertThat(into).containsExactly("a", "b", "c");
    for (int i = 0; i < 4; i++) {
      sender.send("v" + i);
    }
    assertThatThrownBy(() -> harness.poll(receiver.recvMany(into, 5)))
        .isInstanceOf(LaggedException.class);
    assertThat(harness.poll(receiver.recvMany(into, 5)).value()).isEqualTo(3);
    sender.close();
    assertThat(harness.poll(receiver.recvMany(into, 5)).value()).isZero();
    assertThat(sender.receiverCount()).isZero();
    assertThatThrownBy(() -> receiver.recvMany(into, 0).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("most must be at least 1, was 0");
  }

  @Test
  void aSenderIsToldThatNobodyReceives() throws Exception {
    assertThat(sender.isClosed()).isTrue();
    assertThat(harness.poll(sender.whenClosed()).isReady()).isTrue();
    Broadcast.Receiver<String> first = channel.subscribe();
    Broadcast.Receiver<String> second = channel.subscribe();
    Future<Void> told = sender.whenClosed();
    assertThat(harness.poll(told).isPending()).isTrue();
    assertThat(sender.isClosed()).isFalse();
    first.close();
    assertThat(harness.woken()).isFalse();
    second.close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(told).isReady()).isTrue();
    assertThat(sender.capacity()).isEqualTo(3);
  }

  @Test
  void theEndCountsHoweverItIsSeen() throws Exception {
    Broadcast.Receiver<String> one = channel.subscribe();
    Broadcast.Receiver<String> two = channel.subscribe();
    AsyncIterator<String> values = two.another().lossy();
    sender.close();
    assertThat(one.isClosed()).isTrue();
    assertThat(one.tryRecv().isEnd()).isTrue();
    assertThat(harness.poll(two.recv()).value()).isEmpty();
    assertThat(harness.poll(two.recv()).value()).isEmpty();
    assertThat(sender.receiverCount()).isEqualTo(1);
    assertThat(harness.pollNext(values).isEnd()).isTrue();
    assertThat(sender.receiverCount()).isZero();
    assertThatThrownBy(one::another).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void anIteratorOfAReceiverThatWasClosedEnds() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    AsyncIterator<String> values = receiver.failing();
    sender.send("a");
    receiver.close();
    assertThat(harness.pollNext(values).isEnd()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(values)).isInstanceOf(PollAfterEndException.class);
  }

  private static WeakReference<Object> lostWhileItWaits(Broadcast<String> channel)
      throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    assertThat(PollHarness.create().poll(receiver.recv()).isPending()).isTrue();
    return new WeakReference<>(receiver);
  }

  @Test
  void aReceiverThatWaitsIsCollectedWithItsChannel() throws Exception {
    WeakReference<Object> receiver = lostWhileItWaits(Broadcast.create(1));
    Collected.until(() -> receiver.get() == null);
  }

  @Test
  void aReceiverThatIsGarbageIsNotCounted() {
    assertThat(channel.subscribe().length()).isZero();
    Collected.until(() -> sender.receiverCount() == 0);
  }

  @Test
  void everyoneSaysWhatItWaitsFor() throws Exception {
    Broadcast.Receiver<String> receiver = channel.subscribe();
    Future<Optional<String>> recv = receiver.recv();
    assertThat(harness.poll(recv).isPending()).isTrue();
    assertThat(Description.of(recv))
        .hasToString(
            "recv waits for a value of Broadcast[the last 3 of 0 values, 1 receivers, 1 waiting]");
    AsyncIterator<String> values = receiver.lossy();
    assertThat(Description.ofIterator(values).toString())
        .startsWith("lossy {missed=0} waits for a value of Broadcast[");
    assertThat(receiver.toString()).startsWith("receiver, 0 behind, of Broadcast[");
    values.cancel();
    recv.cancel();
    assertThat(Description.of(recv)).hasToString("recv {state=over}");
    assertThat(receiver.toString()).startsWith("closed receiver of Broadcast[");
  }

  @Test
  void badArguments() {
    assertThatThrownBy(() -> Broadcast.create(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be from 1 to 2^30, was 0");
    assertThatThrownBy(() -> sender.send(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
  }
}
