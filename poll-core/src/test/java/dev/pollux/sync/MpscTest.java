package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.Turn;
import dev.pollux.spi.Services;
import dev.pollux.sync.Mpsc.Feed;
import dev.pollux.sync.Mpsc.Permit;
import dev.pollux.sync.Mpsc.Receiver;
import dev.pollux.sync.Mpsc.Sender;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MpscTest {

  private final PollHarness harness = PollHarness.create();

  private static <T> Mpsc<T> channel(int capacity) {
    return capacity == 0 ? Mpsc.unbounded() : Mpsc.bounded(capacity);
  }

  // ---- sending and receiving

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 7, 8, 63, 64, 65, 100, 128, 129, 1000})
  void valuesComeOutInOrderHoweverLargeTheChannel(int capacity) throws Exception {
    Mpsc<Integer> channel = channel(capacity);
    Feed<Integer> feed = channel.sender().feed();
    int sent = 0;
    int received = 0;
    while (received < 5_000) {
      for (int i = 0; i < 1 + sent % 90 && sent < 5_000; i++) {
        int value = sent;
        boolean[] done = {false};
        harness.poll(
            (Future<Integer>)
                cx -> {
                  done[0] = feed.pollSend(cx, value);
                  return Poll.ready(0);
                });
        if (!done[0]) {
          assertThat(sent - received).isEqualTo(capacity);
          break;
        }
        sent++;
      }
      for (int i = 0; i < 1 + received % 70 && received < sent; i++) {
        assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo(received);
        received++;
      }
    }
    assertThat(harness.pollNext(channel.receiver()).isPending()).isTrue();
  }

  @Test
  void aSenderWaitsForRoomAndIsServedInTurn() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Sender<String> sender = channel.sender();
    assertThat(harness.poll(sender.send("a")).isReady()).isTrue();
    Future<Void> second = sender.send("b");
    Future<Void> third = sender.send("c");
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(sender.trySend("d")).isEqualTo(TrySend.FULL);
    assertThat(channel).hasToString("Mpsc[capacity 1, 1 values, 1 senders, 2 wait]");
    assertThat(Description.of(second).toString()).contains("waits for room in Mpsc[capacity 1");
    harness.replaceWaker();
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(harness.poll(second).isReady()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("b");
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(third).isReady()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("c");
    assertThatThrownBy(() -> harness.poll(third)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void nobodyPassesThoseWhoWait() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(2);
    Sender<String> sender = channel.sender();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Future<Permit<String>> both = sender.reserveMany(2);
    assertThat(harness.poll(both).isPending()).isTrue();
    assertThat(sender.trySend("x")).as("one place is free, and promised").isEqualTo(TrySend.FULL);
    assertThat(sender.tryReserve()).isNull();
    Future<Void> late = sender.send("late");
    assertThat(harness.poll(late).isPending()).isTrue();
    assertThat(channel.receiver().tryRecv().value()).isEqualTo("a");
    Permit<String> permit = harness.poll(both).value();
    assertThat(permit.remaining()).isEqualTo(2);
    assertThat(harness.poll(late).isPending()).isTrue();
    assertThat(permit.send("b")).isTrue();
    permit.close();
    permit.close();
    assertThat(harness.poll(late).isReady()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("b");
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("late");
    assertThat(sender.availablePermits()).isEqualTo(2);
  }

  @Test
  void aCancelledWaiterPassesOnWhatItHasGathered() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(3);
    Sender<String> sender = channel.sender();
    Permit<String> two = sender.tryReserveMany(2);
    Future<Permit<String>> all = sender.reserveMany(3);
    Future<Void> small = sender.send("small");
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(harness.poll(small).isPending()).isTrue();
    all.cancel();
    assertThat(harness.poll(small).isReady()).isTrue();
    two.close();
    assertThat(sender.availablePermits()).isEqualTo(2);
    assertThatThrownBy(() -> two.send("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("used up");
  }

  @Test
  void aGrantedReservationThatIsCancelledIsPassedOn() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Sender<String> sender = channel.sender();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Future<Permit<String>> first = sender.reserve();
    Future<Permit<String>> second = sender.reserve();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).isItem()).isTrue();
    first.cancel(); // it was granted, and not polled since
    assertThat(harness.poll(second).isReady()).isTrue();
  }

  @Test
  void aSendThatIsCancelledDiscardsItsValueUnlessItIsInTheChannel() throws Exception {
    Mpsc<Object> channel = Mpsc.bounded(1);
    Sender<Object> sender = channel.sender();
    assertThat(harness.poll(sender.send("a")).isReady()).isTrue();
    Future<Void> waits = sender.send("waits");
    Future<Void> granted = sender.send("granted");
    assertThat(harness.poll(waits).isPending()).isTrue();
    assertThat(harness.poll(granted).isPending()).isTrue();
    waits.cancel();
    waits.cancel();
    assertThat(harness.discarded()).containsExactly("waits");
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    granted.cancel();
    assertThat(harness.discarded()).containsExactly("waits");
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("granted");
  }

  @Test
  void recvManyTakesWhatIsThere() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(10);
    Sender<Integer> sender = channel.sender();
    List<Integer> into = new ArrayList<>(List.of(-1));
    Future<Integer> many = channel.receiver().recvMany(into, 4);
    assertThat(harness.poll(many).isPending()).isTrue();
    for (int i = 0; i < 6; i++) {
      assertThat(sender.trySend(i)).isEqualTo(TrySend.SENT);
    }
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(many).value()).isEqualTo(4);
    assertThat(into).containsExactly(-1, 0, 1, 2, 3);
    sender.close();
    assertThat(harness.poll(channel.receiver().recvMany(into, 4)).value()).isEqualTo(2);
    assertThat(harness.poll(channel.receiver().recvMany(into, 4)).value()).isZero();
    assertThatThrownBy(() -> channel.receiver().recvMany(into, 0).cancel())
        .hasMessageContaining("most must be from 1");
  }

  @Test
  void aListThatRefusesLosesNothing() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(10);
    assertThat(harness.poll(channel.sender().send("a")).isReady()).isTrue();
    assertThat(harness.poll(channel.sender().send("b")).isReady()).isTrue();
    Future<Integer> many = channel.receiver().recvMany(List.of(), 4);
    assertThatThrownBy(() -> harness.poll(many)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(harness.discarded()).containsExactly("a");
    assertThat(channel.receiver().tryRecv().value()).isEqualTo("b");
  }

  // ---- the end of a poll

  @Test
  void whatIsSentInAPollIsToldAtItsEndAndTheFirstAtOnce() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(1024);
    PollHarness receiving = PollHarness.create();
    assertThat(receiving.pollNext(channel.receiver()).isPending()).isTrue();
    Feed<Integer> feed = channel.sender().feed();
    Future<Integer> sends =
        cx -> {
          assertThat(feed.pollSend(cx, 1)).isTrue();
          assertThat(receiving.woken()).as("the first is told at once").isTrue();
          return receivesAndSendsAgain(channel, receiving, feed, cx);
        };
    assertThat(harness.poll(sends).isReady()).isTrue();
    assertThat(receiving.woken()).as("the rest is told at the end").isTrue();
    assertThat(receiving.pollNext(channel.receiver()).value()).isEqualTo(2);
  }

  private static Poll<Integer> receivesAndSendsAgain(
      Mpsc<Integer> channel, PollHarness receiving, Feed<Integer> feed, Context cx)
      throws Exception {
    assertThat(receiving.pollNext(channel.receiver()).value()).isEqualTo(1);
    assertThat(receiving.pollNext(channel.receiver()).isPending()).isTrue();
    long before = receiving.wakes();
    assertThat(feed.pollSend(cx, 2)).isTrue();
    assertThat(receiving.wakes()).as("put off").isEqualTo(before);
    return Poll.ready(1);
  }

  @Test
  void oneInSixtyFourIsToldInALongPoll() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(1024);
    PollHarness receiving = PollHarness.create();
    Feed<Integer> feed = channel.sender().feed();
    Future<Integer> sends =
        cx -> {
          assertThat(feed.pollSend(cx, 0)).isTrue();
          assertThat(channel.receiver().tryRecv().isItem()).isTrue();
          assertThat(receiving.pollNext(channel.receiver()).isPending()).isTrue();
          for (int i = 1; i < 63; i++) {
            assertThat(feed.pollSend(cx, i)).isTrue();
            assertThat(receiving.woken()).isFalse();
          }
          assertThat(feed.pollSend(cx, 63)).isTrue();
          assertThat(receiving.woken()).isTrue();
          return Poll.ready(1);
        };
    assertThat(harness.poll(sends).isReady()).isTrue();
  }

  @Test
  void roomIsMadeAtTheEndOfThePollThatReceives() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(8);
    Sender<Integer> sender = channel.sender();
    for (int i = 0; i < 8; i++) {
      assertThat(sender.trySend(i)).isEqualTo(TrySend.SENT);
    }
    Future<Void> waits = sender.send(8);
    PollHarness sending = PollHarness.create();
    assertThat(sending.poll(waits).isPending()).isTrue();
    Receiver<Integer> receiver = channel.receiver();
    Future<Integer> receives =
        cx -> {
          assertThat(receiver.pollNext(cx).value()).isZero();
          assertThat(sending.woken()).isFalse();
          return Poll.ready(1);
        };
    assertThat(harness.poll(receives).isReady()).isTrue();
    assertThat(sending.woken()).isTrue();
    assertThat(sending.poll(waits).isReady()).isTrue();
  }

  // ---- the end of a channel

  @Test
  void endsAfterTheLastValueOfTheLastSender() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(4);
    Sender<String> first = channel.sender();
    Sender<String> second = first.another();
    assertThat(first.trySend("a")).isEqualTo(TrySend.SENT);
    first.close();
    first.close();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    assertThat(harness.pollNext(channel.receiver()).isPending()).isTrue();
    second.close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).isEnd()).isTrue();
    assertThat(channel.receiver().tryRecv().isEnd()).isTrue();
    assertThat(harness.poll(channel.receiver().recv()).value()).isEmpty();
    assertThat(harness.poll(channel.receiver().recvMany(new ArrayList<>(), 1)).value()).isZero();
    assertThat(first.trySend("b")).isEqualTo(TrySend.CLOSED);
    assertThatThrownBy(first::another).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(first::feed).isInstanceOf(ChannelClosedException.class);
    Future<Void> late = first.send("late");
    assertThatThrownBy(() -> harness.poll(late)).isInstanceOf(ChannelClosedException.class);
    assertThat(harness.discarded()).containsExactly("late");
  }

  @Test
  void whatWaitsOrIsReservedKeepsTheChannelOpen() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Sender<String> sender = channel.sender();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Future<Void> waits = sender.send("b");
    assertThat(harness.poll(waits).isPending()).isTrue();
    Future<Permit<String>> reserves = sender.reserve();
    assertThat(harness.poll(reserves).isPending()).isTrue();
    sender.close();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("b");
    assertThat(harness.pollNext(channel.receiver()).isPending()).isTrue();
    Permit<String> permit = harness.poll(reserves).value();
    assertThat(harness.pollNext(channel.receiver()).isPending()).isTrue();
    PollHarness receiving = PollHarness.create();
    assertThat(receiving.pollNext(channel.receiver()).isPending()).isTrue();
    permit.close();
    assertThat(receiving.woken()).as("the last place came back").isTrue();
    assertThat(receiving.pollNext(channel.receiver()).isEnd()).isTrue();
    waits.cancel();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void aReceiverThatIsClosedGivesWhatIsThereAndWhatIsReserved(int capacity) throws Exception {
    Mpsc<String> channel = channel(capacity);
    Sender<String> sender = channel.sender();
    Future<Void> closed = sender.whenClosed();
    PollHarness sending = PollHarness.create();
    assertThat(sending.poll(closed).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Permit<String> permit = sender.tryReserve();
    channel.receiver().close();
    channel.receiver().close();
    assertThat(sending.woken()).isTrue();
    assertThat(sending.poll(closed).isReady()).isTrue();
    assertThat(sender.isClosed()).isTrue();
    assertThat(sender.trySend("b")).isEqualTo(TrySend.CLOSED);
    assertThat(sender.tryReserve()).isNull();
    Future<Permit<String>> refused = sender.reserve();
    assertThatThrownBy(() -> harness.poll(refused)).isInstanceOf(ChannelClosedException.class);
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    assertThat(harness.pollNext(channel.receiver()).isPending()).isTrue();
    assertThat(permit.send("c")).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("c");
    assertThat(harness.pollNext(channel.receiver()).isEnd()).isTrue();
  }

  @Test
  void closingTheReceiverRefusesThoseWhoWait() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(2);
    Sender<String> sender = channel.sender();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Future<Permit<String>> gathers = sender.reserveMany(2);
    Future<Void> sends = sender.send("b");
    Future<Void> cancelled = sender.send("c");
    assertThat(harness.poll(gathers).isPending()).isTrue();
    assertThat(harness.poll(sends).isPending()).isTrue();
    assertThat(harness.poll(cancelled).isPending()).isTrue();
    channel.receiver().close();
    assertThat(harness.woken()).isTrue();
    cancelled.cancel();
    assertThatThrownBy(() -> harness.poll(gathers)).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> harness.poll(sends)).isInstanceOf(ChannelClosedException.class);
    assertThat(harness.discarded()).containsExactly("c", "b");
    assertThat(harness.pollNext(channel.receiver()).value()).isEqualTo("a");
    assertThat(harness.pollNext(channel.receiver()).isEnd()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 200})
  void aReceiverThatIsCancelledDiscardsWhatIsThereAndWhatStillComes(int capacity) throws Exception {
    Mpsc<String> channel = channel(capacity);
    Sender<String> sender = channel.sender();
    Permit<String> permit = sender.tryReserve();
    assertThat(harness.poll(sender.send("a")).isReady()).isTrue();
    assertThat(harness.poll(sender.send("b")).isReady()).isTrue();
    channel.receiver().cancel();
    channel.receiver().cancel();
    assertThat(harness.discarded()).containsExactly("a", "b");
    assertThat(permit.send("c")).isFalse();
    assertThat(harness.discarded()).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> harness.pollNext(channel.receiver()))
        .isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aReceiverThatIsLostClosesTheChannelAndDiscards() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Sender<AutoCloseable> sender = senderOfALostReceiver();
    assertThat(sender.trySend(closed::countDown)).isEqualTo(TrySend.SENT);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!closed.await(10, TimeUnit.MILLISECONDS)) {
      System.gc();
      assertThat(System.nanoTime()).as("the receiver is kept").isLessThan(limit);
    }
    assertThat(sender.isClosed()).isTrue();
  }

  private static Sender<AutoCloseable> senderOfALostReceiver() {
    Mpsc<AutoCloseable> channel = Mpsc.bounded(4);
    return channel.sender();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 200})
  void aChannelThatIsLostWithBothItsEndsDiscardsToo(int capacity) throws Exception {
    CountDownLatch closed = new CountDownLatch(2);
    WeakReference<Object> waiting = loseAChannel(capacity, closed);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!closed.await(10, TimeUnit.MILLISECONDS) || !waiting.refersTo(null)) {
      System.gc();
      assertThat(System.nanoTime()).as("the channel is kept").isLessThan(limit);
    }
  }

  /** The receiver has waited: its waker leads to it, as that of a task does. */
  private static WeakReference<Object> loseAChannel(int capacity, CountDownLatch closed)
      throws Exception {
    Mpsc<AutoCloseable> channel = channel(capacity);
    List<Object> task = new ArrayList<>(List.of(channel));
    Poller poller = new Poller(new Services() {}, 1, false);
    assertThat(poller.pollNext(channel.receiver(), task::clear).isPending()).isTrue();
    assertThat(channel.sender().tryReserve().send(closed::countDown)).isTrue();
    assertThat(poller.pollNext(channel.receiver(), task::clear).isItem()).isTrue();
    assertThat(poller.pollNext(channel.receiver(), task::clear).isPending()).isTrue();
    channel.sender().channel().send(closed::countDown); // and nobody is told
    channel.sender().channel().send(closed::countDown);
    return new WeakReference<>(task);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 200})
  void aValueThatLeadsBackToItsChannelDoesNotKeepIt(int capacity) throws Exception {
    WeakReference<Object> lost = loseACycle(capacity);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!lost.refersTo(null)) {
      System.gc();
      assertThat(System.nanoTime()).as("the channel is kept").isLessThan(limit);
    }
  }

  private static WeakReference<Object> loseACycle(int capacity) {
    Mpsc<Object> channel = channel(capacity);
    assertThat(channel.sender().trySend(List.of(channel))).isEqualTo(TrySend.SENT);
    return new WeakReference<>(channel.receiver());
  }

  @Test
  void aValueThatWasReceivedIsNotKept() throws Exception {
    for (int capacity : new int[] {0, 1, 64, 300}) {
      Mpsc<Object> channel = channel(capacity);
      WeakReference<Object> value = passOne(channel);
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!value.refersTo(null)) {
        System.gc();
        assertThat(System.nanoTime()).as("the value is kept").isLessThan(limit);
      }
      channel.sender().close();
    }
  }

  private WeakReference<Object> passOne(Mpsc<Object> channel) throws Exception {
    Object value = new Object();
    assertThat(harness.poll(channel.sender().send(value)).isReady()).isTrue();
    assertThat(harness.pollNext(channel.receiver()).value()).isSameAs(value);
    return new WeakReference<>(value);
  }

  // ---- a feed, and a whole stream

  @Test
  void aFeedWaitsForRoomAndKeepsItsPlace() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Sender<String> sender = channel.sender();
    Feed<String> feed = sender.feed();
    assertThat(pollSend(feed, "a")).isTrue();
    assertThat(pollSend(feed, "b")).isFalse();
    assertThat(feed).hasToString("Feed[waits, Mpsc[capacity 1, 1 values, 1 senders, 1 wait]]");
    Future<Void> behind = sender.send("c");
    assertThat(harness.poll(behind).isPending()).isTrue();
    assertThat(channel.receiver().tryRecv().value()).isEqualTo("a");
    assertThat(channel.receiver().tryRecv().isPending()).isTrue();
    assertThat(pollSend(feed, "b")).isTrue();
    assertThat(channel.receiver().tryRecv().value()).isEqualTo("b");
    assertThat(harness.poll(behind).isReady()).isTrue();
    assertThat(pollSend(feed, "d")).isFalse();
    feed.close();
    feed.close();
    assertThat(channel.receiver().tryRecv().value()).isEqualTo("c");
    assertThat(sender.availablePermits()).isEqualTo(1);
    assertThatThrownBy(() -> pollSend(feed, "e")).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void aFeedThatIsReadyGivesItsPlaceBack() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Feed<String> feed = channel.sender().feed();
    assertThat(pollReady(feed)).isTrue();
    assertThat(pollReady(feed)).isTrue();
    assertThat(channel.sender().availablePermits()).isZero();
    feed.close();
    assertThat(channel.sender().availablePermits()).isEqualTo(1);
    Feed<String> second = channel.sender().feed();
    assertThat(pollReady(second)).isTrue();
    channel.receiver().cancel();
    assertThatThrownBy(() -> pollSend(second, "x")).isInstanceOf(ChannelClosedException.class);
  }

  private boolean pollSend(Feed<String> feed, String value) throws Exception {
    return harness.poll((Future<Boolean>) cx -> Poll.ready(feed.pollSend(cx, value))).value();
  }

  private boolean pollReady(Feed<String> feed) throws Exception {
    return harness.poll((Future<Boolean>) cx -> Poll.ready(feed.pollReady(cx))).value();
  }

  @Test
  void sendAllAsksForAnElementOnceThereIsRoom() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(2);
    int[] asked = {0};
    AsyncIterator<Integer> elements =
        AsyncIterators.range(0, 5)
            .map(
                element -> {
                  asked[0]++;
                  return element;
                });
    Future<Void> all = channel.sender().sendAll(elements);
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(asked[0]).isEqualTo(2);
    List<Integer> received = new ArrayList<>();
    while (received.size() < 5) {
      received.add(harness.pollNext(channel.receiver()).value());
      if (received.size() < 4) {
        assertThat(harness.poll(all).isPending()).isEqualTo(received.size() < 4);
      }
    }
    assertThat(received).containsExactly(0, 1, 2, 3, 4);
    assertThat(harness.poll(all).isReady()).isTrue();
    assertThat(channel.sender().availablePermits()).isEqualTo(2);
  }

  @Test
  void sendAllHoldsNoPlaceWhileItWaitsForAnElement() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(1);
    Future<Void> idle =
        channel.sender().sendAll(AsyncIterators.pollFn(cx -> Next.pending(), () -> {}));
    assertThat(harness.poll(idle).isPending()).isTrue();
    assertThat(channel.sender().trySend(1)).isEqualTo(TrySend.SENT);
    idle.cancel();
  }

  @Test
  void theReceiverIsAnIterator() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(8);
    for (int i = 0; i < 5; i++) {
      assertThat(channel.sender().trySend(i)).isEqualTo(TrySend.SENT);
    }
    List<Integer> received = new ArrayList<>();
    assertThat(
            harness.pollEach(
                channel.receiver(),
                value -> {
                  received.add(value);
                  return received.size() < 2;
                }))
        .isEqualTo(Turn.STOPPED);
    channel.sender().close();
    received.addAll(harness.runToEnd(channel.receiver(), 10));
    assertThat(received).containsExactly(0, 1, 2, 3, 4);
  }

  // ---- plain threads

  @Test
  void plainThreadsBlock() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(2);
    FutureTask<List<Integer>> receiving =
        new FutureTask<>(
            () -> {
              List<Integer> received = new ArrayList<>();
              Receiver<Integer> receiver = channel.receiver();
              for (Optional<Integer> next = receiver.blockingRecv();
                  next.isPresent();
                  next = receiver.blockingRecv()) {
                received.add(next.get());
              }
              return received;
            });
    Thread thread = new Thread(receiving, "receiver");
    thread.start();
    for (int i = 0; i < 100; i++) {
      channel.sender().blockingSend(i);
    }
    channel.sender().close();
    assertThat(receiving.get(60, TimeUnit.SECONDS)).hasSize(100).isSorted();
    assertThatThrownBy(() -> channel.sender().blockingSend(1))
        .isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void anInterruptEndsTheWaitAndLosesNothing() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> channel.receiver().blockingRecv())
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    channel.sender().blockingSend("a");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> channel.sender().blockingSend("b"))
        .as("though there may be room")
        .isInstanceOf(InterruptedException.class);
    boolean[] closed = {false};
    Mpsc<AutoCloseable> closeables = Mpsc.bounded(1);
    closeables.sender().blockingSend(() -> {});
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> closeables.sender().blockingSend(() -> closed[0] = true))
        .isInstanceOf(InterruptedException.class);
    assertThat(closed[0]).isTrue();
    assertThat(channel.receiver().blockingRecv()).contains("a");
  }

  @Test
  void aThreadThatRunsTasksIsNotBlocked() throws Exception {
    Mpsc<String> channel = Mpsc.bounded(1);
    Future<String> blocks = cx -> Poll.ready(channel.receiver().blockingRecv().orElse("nothing"));
    assertThatThrownBy(() -> harness.poll(blocks))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Mpsc.Receiver.blockingRecv would block")
        .hasMessageContaining("recv");
    Future<String> sends =
        cx -> {
          channel.sender().blockingSend("x");
          return Poll.ready("sent");
        };
    assertThatThrownBy(() -> harness.poll(sends)).isInstanceOf(IllegalStateException.class);
    assertThat(channel.receiver().tryRecv().isPending()).isTrue();
  }

  // ---- arguments

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Mpsc.bounded(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be from 1 to 268435456, was 0");
    Mpsc<String> channel = Mpsc.bounded(3);
    assertThatThrownBy(() -> channel.sender().reserveMany(4).cancel())
        .hasMessage("count must be from 1 to 3, was 4");
    assertThatThrownBy(() -> channel.sender().tryReserveMany(0))
        .hasMessage("count must be from 1 to 3, was 0");
    assertThatThrownBy(() -> channel.sender().send(null).cancel())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
  }
}
