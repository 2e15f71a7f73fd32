package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PriorityChannelTest {

  private record Order(String name, int urgency) {}

  private final PollHarness harness = PollHarness.create();
  private final PriorityChannel<Order> channel =
      PriorityChannel.bounded(4, Comparator.comparingInt(Order::urgency));
  private final PriorityChannel.Sender<Order> sender = channel.sender();
  private final PriorityChannel.Receiver<Order> receiver = channel.receiver();

  @Test
  void theHighestComesFirstAndOfEqualsTheFirst() throws Exception {
    send("low", 1);
    send("high", 9);
    send("low too", 1);
    send("high too", 9);
    assertThat(names()).containsExactly("high", "high too", "low", "low too");
  }

  @Test
  void aReceiverThatWaitsGetsWhatIsHighestWhenItLooks() throws Exception {
    Future<Optional<Order>> recv = receiver.recv();
    assertThat(harness.poll(recv).isPending()).isTrue();
    send("low", 1);
    send("high", 9);
    assertThat(harness.poll(recv).value().orElseThrow().name()).isEqualTo("high");
  }

  @Test
  void sendersThatWaitAreServedInTheirOrder() throws Exception {
    for (int i = 0; i < 4; i++) {
      send("at once " + i, 5);
    }
    PollHarness lowTask = PollHarness.create();
    PollHarness highTask = PollHarness.create();
    Future<Void> low = sender.send(new Order("low", 1));
    Future<Void> high = sender.send(new Order("high", 9));
    assertThat(lowTask.poll(low).isPending()).isTrue();
    assertThat(highTask.poll(high).isPending()).isTrue();
    assertThat(receiver.tryRecv().value().name()).isEqualTo("at once 0");
    assertThat(lowTask.woken()).isTrue();
    assertThat(highTask.woken()).isFalse();
    assertThat(receiver.tryRecv().value().name()).isEqualTo("at once 1");
    assertThat(highTask.woken()).isTrue();
    assertThat(names()).containsExactly("high", "at once 2", "at once 3", "low");
    assertThat(lowTask.poll(low).isReady()).isTrue();
    assertThat(highTask.poll(high).isReady()).isTrue();
  }

  @Test
  void aComparatorThatThrowsIsTheSendersFailureAlone() throws Exception {
    PriorityChannel<Order> narrow =
        PriorityChannel.bounded(
            2,
            (one, other) -> {
              if (one.name().equals("bad") || other.name().equals("bad")) {
                throw new UnsupportedOperationException("bad");
              }
              return Integer.compare(one.urgency(), other.urgency());
            });
    Order bad = new Order("bad", 1);
    assertThat(narrow.sender().trySend(new Order("a", 1))).isEqualTo(TrySend.SENT);
    assertThatThrownBy(() -> narrow.sender().trySend(bad))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> harness.poll(narrow.sender().send(bad)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(harness.discarded()).containsExactly(bad);
    assertThat(narrow.sender().trySend(new Order("b", 2))).isEqualTo(TrySend.SENT);

    PollHarness badTask = PollHarness.create();
    PollHarness goodTask = PollHarness.create();
    Future<Void> waits = narrow.sender().send(bad);
    Future<Void> behind = narrow.sender().send(new Order("c", 3));
    assertThat(badTask.poll(waits).isPending()).isTrue();
    assertThat(goodTask.poll(behind).isPending()).isTrue();
    assertThat(narrow.receiver().tryRecv().value().name()).isEqualTo("b");
    assertThat(badTask.woken()).isTrue();
    assertThatThrownBy(() -> badTask.poll(waits)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(badTask.discarded()).containsExactly(bad);
    assertThat(goodTask.poll(behind).isReady()).isTrue();
    assertThat(narrow.receiver().tryRecv().value().name()).isEqualTo("c");
    assertThat(narrow.receiver().tryRecv().value().name()).isEqualTo("a");
  }

  @Test
  void aComparatorMayNotUseItsChannel() {
    AtomicReference<PriorityChannel<Integer>> itself = new AtomicReference<>();
    PriorityChannel<Integer> nested =
        PriorityChannel.bounded(
            3,
            (one, other) -> itself.get().receiver().tryRecv().isItem() ? 1 : one.compareTo(other));
    itself.set(nested);
    assertThat(nested.sender().trySend(1)).isEqualTo(TrySend.SENT);
    assertThatThrownBy(() -> nested.sender().trySend(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the comparator of a PriorityChannel may not use that channel itself");
    assertThat(nested.receiver().tryRecv().value()).isEqualTo(1);
    assertThat(nested.receiver().tryRecv().isPending()).isTrue();
  }

  @Test
  void aBlockingSendDiscardsWhatTheComparatorRefuses() {
    PriorityChannel<Closeable> narrow =
        PriorityChannel.bounded(
            2,
            (one, other) -> {
              throw new UnsupportedOperationException(one + " and " + other);
            });
    assertThat(narrow.sender().trySend(new Closeable("first"))).isEqualTo(TrySend.SENT);
    Closeable tried = new Closeable("tried");
    Closeable blocked = new Closeable("blocked");
    assertThatThrownBy(() -> narrow.sender().trySend(tried))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> narrow.sender().blockingSend(blocked))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(tried.closes()).isZero();
    assertThat(blocked.closes()).isEqualTo(1);
  }

  /** A channel whose comparator does something to it, once. */
  private static final class Meddling {
    final List<Throwable> thrown = new ArrayList<>();
    final PriorityChannel<Closeable> channel;
    private @Nullable Runnable meddle;

    Meddling() {
      channel =
          PriorityChannel.bounded(
              3,
              (one, other) -> {
                Runnable meddle = this.meddle;
                this.meddle = null;
                if (meddle != null) {
                  try {
                    meddle.run();
                  } catch (Throwable refused) {
                    thrown.add(refused);
                  }
                }
                return Integer.compare(one.closes(), other.closes()); // equal
              });
      assertThat(channel.sender().trySend(new Closeable("first"))).isEqualTo(TrySend.SENT);
    }

    void sendWith(Runnable meddle) {
      this.meddle = meddle;
      assertThat(channel.sender().trySend(new Closeable("second"))).isEqualTo(TrySend.SENT);
    }
  }

  @Test
  void aCloseOfAComparatorIsRefusedAndCanBeDoneLater() throws Exception {
    Meddling meddling = new Meddling();
    PriorityChannel.Sender<Closeable> closing = meddling.channel.sender();
    meddling.sendWith(closing::close);
    assertThat(meddling.thrown)
        .singleElement(InstanceOfAssertFactories.THROWABLE)
        .isInstanceOf(IllegalStateException.class);
    assertThat(closing.isClosed()).isFalse();
    closing.close();
    assertThat(harness.runToEnd(meddling.channel.receiver(), 10)).hasSize(2);
  }

  @Test
  void aCancelOfAComparatorIsDoneLater() throws Exception {
    Meddling meddling = new Meddling();
    PriorityChannel.Receiver<Closeable> receiver = meddling.channel.receiver();
    meddling.sendWith(receiver::cancel);
    assertThat(meddling.thrown).isEmpty();
    assertThat(meddling.channel.sender().receiverCount()).isZero();
    assertThat(meddling.channel.sender().isClosed()).isTrue();

    Meddling second = new Meddling();
    second.sendWith(() -> {});
    assertThat(second.channel.sender().trySend(new Closeable("third"))).isEqualTo(TrySend.SENT);
    Closeable fourth = new Closeable("fourth");
    Future<Void> waits = second.channel.sender().send(fourth);
    Future<Void> behind = second.channel.sender().send(new Closeable("fifth"));
    assertThat(harness.poll(waits).isPending()).isTrue();
    PollHarness other = PollHarness.create();
    assertThat(other.poll(behind).isPending()).isTrue();
    second.meddle = behind::cancel; // while the fourth moves in
    assertThat(second.channel.receiver().tryRecv().isItem()).isTrue();
    assertThat(second.thrown).isEmpty();
    assertThat(harness.poll(waits).isReady()).isTrue();
    assertThat(other.discarded()).hasSize(1);
    assertThat(second.channel.receiver().length()).isEqualTo(3);
  }

  @Test
  void aSendThatIsPolledByItsOwnComparatorDiscardsItsValue() {
    Meddling meddling = new Meddling();
    Closeable nested = new Closeable("nested");
    Future<Void> send = meddling.channel.sender().send(nested);
    meddling.sendWith(
        () ->
            assertThatThrownBy(() -> harness.poll(send)).isInstanceOf(IllegalStateException.class));
    assertThat(meddling.thrown).isEmpty();
    assertThat(harness.discarded()).containsExactly(nested);
    assertThat(meddling.channel.receiver().length()).isEqualTo(2);
  }

  @Test
  void badArguments() {
    assertThatThrownBy(() -> PriorityChannel.<Integer>bounded(0, Comparator.naturalOrder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> PriorityChannel.bounded(1, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("comparator");
  }

  private void send(String name, int urgency) {
    assertThat(sender.trySend(new Order(name, urgency))).isEqualTo(TrySend.SENT);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (var next = receiver.tryRecv(); next.isItem(); next = receiver.tryRecv()) {
      names.add(next.value().name());
    }
    return names;
  }
}
