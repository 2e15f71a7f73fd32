package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MpmcTest {

  private final PollHarness harness = PollHarness.create();
  private final PollHarness other = PollHarness.create();
  private final Mpmc<String> channel = Mpmc.bounded(2);
  private final Mpmc.Sender<String> sender = channel.sender();
  private final Mpmc.Receiver<String> receiver = channel.receiver();

  @Test
  void valuesComeInTheirOrder() throws Exception {
    assertThat(harness.poll(sender.send("a")).isReady()).isTrue();
    assertThat(sender.trySend("b")).isEqualTo(TrySend.SENT);
    assertThat(sender.trySend("c")).isEqualTo(TrySend.FULL);
    assertThat(receiver.length()).isEqualTo(2);
    assertThat(harness.poll(receiver.recv()).value()).contains("a");
    assertThat(receiver.tryRecv().value()).isEqualTo("b");
    assertThat(receiver.tryRecv().isPending()).isTrue();
  }

  @Test
  void aSenderThatWaitsIsDoneOnceItsValueHasRoom() throws Exception {
    fill();
    Future<Void> waits = sender.send("c");
    assertThat(harness.poll(waits).isPending()).isTrue();
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    assertThat(harness.woken()).isTrue();
    assertThat(sender.trySend("d")).isEqualTo(TrySend.FULL); // it does not overtake
    assertThat(harness.poll(waits).isReady()).isTrue();
    assertThat(receiver.tryRecv().value()).isEqualTo("b");
    assertThat(receiver.tryRecv().value()).isEqualTo("c");
  }

  @Test
  void aSendThatWasTakenStaysSentWhenCancelled() throws Exception {
    fill();
    Future<Void> waits = sender.send("c");
    assertThat(harness.poll(waits).isPending()).isTrue();
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    waits.cancel();
    assertThat(receiver.tryRecv().value()).isEqualTo("b");
    assertThat(receiver.tryRecv().value()).isEqualTo("c");
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void aSendThatWaitsDiscardsItsValueWhenCancelled() throws Exception {
    fill();
    Future<Void> waits = sender.send("c");
    assertThat(harness.poll(waits).isPending()).isTrue();
    waits.cancel();
    waits.cancel();
    assertThat(harness.discarded()).containsExactly("c");
    assertThat(receiver.length()).isEqualTo(2);
    assertThatThrownBy(() -> harness.poll(waits)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whatWasPromisedToAReceiverThatIsCancelledGoesToTheNext() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    Future<Optional<String>> first = receiver.recv();
    Future<Optional<String>> next = second.recv();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(other.poll(next).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    assertThat(harness.woken()).isTrue();
    assertThat(other.woken()).isFalse();
    assertThat(second.tryRecv().isPending()).isTrue(); // promised
    first.cancel();
    assertThat(other.woken()).isTrue();
    assertThat(other.poll(next).value()).contains("a");
  }

  @Test
  void whatWasPromisedKeepsItsPlace() throws Exception {
    Future<Optional<String>> first = receiver.recv();
    assertThat(harness.poll(first).isPending()).isTrue();
    fill();
    first.cancel();
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    assertThat(receiver.tryRecv().value()).isEqualTo("b");
  }

  @Test
  void recvManyTakesWhatIsThere() throws Exception {
    List<String> into = new ArrayList<>();
    Future<Integer> three = receiver.recvMany(into, 3);
    assertThat(harness.poll(three).isPending()).isTrue();
    fill();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(three).value()).isEqualTo(2);
    assertThat(into).containsExactly("a", "b");
    assertThatThrownBy(() -> receiver.recvMany(into, 0).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("most must be at least 1, was 0");
  }

  @Test
  void recvManyKeepsToTheBudget() throws Exception {
    Mpmc<Integer> many = Mpmc.unbounded();
    for (int i = 0; i < 500; i++) {
      assertThat(many.sender().trySend(i)).isEqualTo(TrySend.SENT);
    }
    List<Integer> into = new ArrayList<>();
    assertThat(harness.poll(many.receiver().recvMany(into, 1_000)).value()).isEqualTo(128);
    assertThat(into).hasSize(128);
    assertThat(many.receiver().length()).isEqualTo(372);
  }

  @Test
  void recvManyDiscardsWhatACollectionDoesNotTake() {
    fill();
    List<String> narrow =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            throw new IndexOutOfBoundsException(index);
          }

          @Override
          public int size() {
            return 0;
          }

          @Override
          public void add(int index, String element) {
            throw new UnsupportedOperationException("full");
          }
        };
    assertThatThrownBy(() -> harness.poll(receiver.recvMany(narrow, 5)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(harness.discarded()).containsExactly("a", "b");
  }

  @Test
  void theEndComesAfterTheLastValueOfTheLastSender() throws Exception {
    Mpmc.Sender<String> second = sender.another();
    fill();
    Future<Void> waits = second.send("c");
    assertThat(other.poll(waits).isPending()).isTrue();
    sender.close();
    sender.close();
    second.close();
    assertThat(sender.trySend("d")).isEqualTo(TrySend.CLOSED);
    assertThatThrownBy(() -> other.poll(sender.send("e")))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("this sender of Mpmc is closed");
    assertThat(other.discarded()).containsExactly("e");
    assertThatThrownBy(sender::another).isInstanceOf(ChannelClosedException.class);
    assertThat(harness.runToEnd(receiver, 20)).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> harness.pollNext(receiver)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theEndWakesEverybody() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    assertThat(harness.pollNext(receiver).isPending()).isTrue();
    assertThat(other.pollNext(second).isPending()).isTrue();
    sender.close();
    assertThat(harness.woken()).isTrue();
    assertThat(other.woken()).isTrue();
    assertThat(harness.pollNext(receiver).isEnd()).isTrue();
    assertThat(other.pollNext(second).isEnd()).isTrue();
  }

  @Test
  void theLastSendThatIsCancelledIsTheEnd() throws Exception {
    fill();
    Future<Void> last = sender.send("c");
    assertThat(other.poll(last).isPending()).isTrue();
    sender.close();
    PollHarness third = PollHarness.create();
    List<String> into = new ArrayList<>();
    assertThat(harness.poll(receiver.recvMany(into, 2)).value()).isEqualTo(2);
    assertThat(harness.pollNext(receiver).value()).isEqualTo("c");
    Mpmc.Receiver<String> second = receiver.another();
    assertThat(third.pollNext(second).isEnd()).isTrue();
    assertThat(other.poll(last).isReady()).isTrue();
  }

  @Test
  void closeRefusesThoseWhoWaitAndKeepsWhatIsThere() throws Exception {
    fill();
    Future<Void> waits = sender.send("c");
    assertThat(other.poll(waits).isPending()).isTrue();
    receiver.closeChannel();
    receiver.closeChannel();
    assertThat(other.woken()).isTrue();
    assertThatThrownBy(() -> other.poll(waits))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("a receiver has closed it");
    assertThat(other.discarded()).containsExactly("c");
    assertThat(sender.trySend("d")).isEqualTo(TrySend.CLOSED);
    assertThat(sender.isClosed()).isTrue();
    assertThat(harness.runToEnd(receiver, 20)).containsExactly("a", "b");
  }

  @Test
  void theLastReceiverTakesWhatIsThereWithIt() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    assertThat(harness.pollNext(receiver).isPending()).isTrue(); // now it knows its discard
    fill();
    Future<Void> waits = sender.send("c");
    assertThat(other.poll(waits).isPending()).isTrue();
    second.cancel();
    assertThat(harness.discarded()).isEmpty();
    receiver.cancel();
    receiver.cancel();
    assertThat(harness.discarded()).containsExactly("a", "b");
    assertThatThrownBy(() -> other.poll(waits))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("all its receivers are gone");
    assertThat(other.discarded()).containsExactly("c");
    assertThat(receiver.tryRecv().isEnd()).isTrue();
    assertThat(harness.poll(receiver.recv()).value()).isEmpty();
    assertThatThrownBy(() -> harness.pollNext(receiver)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(receiver::another).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aRecvTakesThePlaceOfAPollAsAnIterator() throws Exception {
    assertThat(harness.pollNext(receiver).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT); // promised to the iterator
    assertThat(harness.poll(receiver.recv()).value()).contains("a");
    assertThat(harness.pollNext(receiver).isPending()).isTrue();
    assertThat(harness.poll(receiver.next()).isPending()).isTrue();
  }

  @Test
  void anIteratorWaitsAgainAndAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(harness.pollNext(receiver).isPending()).isTrue();
      assertThat(harness.pollNext(receiver).isPending()).isTrue();
      assertThat(sender.trySend("v" + i)).isEqualTo(TrySend.SENT);
      assertThat(harness.woken()).isTrue();
      assertThat(harness.pollNext(receiver).value()).isEqualTo("v" + i);
    }
  }

  @Test
  void aFutureThatIsNeverPolledDiscardsItsValue() {
    AtomicInteger closed = new AtomicInteger();
    Mpmc<AutoCloseable> channel = Mpmc.bounded(1);
    channel.sender().send(closed::incrementAndGet).cancel();
    assertThat(closed).hasValue(1);
  }

  @Test
  void plainThreadsMayBlock() throws Exception {
    Mpmc<Integer> narrow = Mpmc.bounded(1);
    FutureTask<Integer> sum =
        new FutureTask<>(
            () -> {
              int got = 0;
              for (Optional<Integer> next = narrow.receiver().blockingRecv();
                  next.isPresent();
                  next = narrow.receiver().blockingRecv()) {
                got += next.get();
              }
              return got;
            });
    FutureTask<Void> numbers =
        new FutureTask<>(
            () -> {
              for (int i = 1; i <= 100; i++) {
                narrow.sender().blockingSend(i);
              }
              narrow.sender().close();
              return null;
            });
    for (FutureTask<?> task : List.of(sum, numbers)) {
      Thread thread = new Thread(task, "plain");
      thread.setDaemon(true);
      thread.start();
    }
    numbers.get(30, TimeUnit.SECONDS);
    assertThat(sum.get(30, TimeUnit.SECONDS)).isEqualTo(5_050);
    assertThatThrownBy(() -> narrow.sender().blockingSend(1))
        .isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void anInterruptEndsABlockingCall() throws Exception {
    fill();
    CountDownLatch begun = new CountDownLatch(1);
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              begun.countDown();
              sender.blockingSend("c");
              return null;
            });
    Thread thread = new Thread(task, "sender");
    thread.setDaemon(true);
    thread.start();
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThatThrownBy(() -> task.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(harness.runToEnd(closed(receiver), 20)).containsExactly("a", "b");
  }

  @Test
  void aTaskMayNotBlock() throws Exception {
    Future<Void> blocks =
        cx -> {
          assertThatThrownBy(receiver::blockingRecv)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("Mpmc.Receiver.blockingRecv");
          assertThatThrownBy(() -> sender.blockingSend("a"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("Mpmc.Sender.blockingSend");
          return Poll.done();
        };
    assertThat(harness.poll(blocks).isReady()).isTrue();
    assertThat(receiver.length()).isZero();
  }

  @Test
  void badCapacities() {
    assertThatThrownBy(() -> Mpmc.bounded(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> sender.trySend(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void everyoneSaysWhatItWaitsFor() throws Exception {
    Future<Optional<String>> receives = receiver.recv();
    assertThat(harness.poll(receives).isPending()).isTrue();
    assertThat(Description.of(receives))
        .hasToString("recv waits for a value of Mpmc[0 of 2 values, 0 sending, 1 receiving]");
    receives.cancel();
    assertThat(Description.of(receives)).hasToString("recv {state=over}");
    fill();
    Future<Void> sends = sender.send("c");
    assertThat(harness.poll(sends).isPending()).isTrue();
    assertThat(Description.of(sends))
        .hasToString("send waits for room in Mpmc[2 of 2 values, 1 sending, 0 receiving]");
    assertThat(Description.ofIterator(receiver))
        .hasToString(
            "Mpmc.Receiver waits for a value of Mpmc[2 of 2 values, 1 sending, 0 receiving]");
    receiver.closeChannel();
    assertThat(channel).hasToString("Mpmc[2 of 2 values, 0 sending, 0 receiving, closed]");
    assertThat(Mpmc.unbounded()).hasToString("Mpmc[0 values, 0 sending, 0 receiving]");
    receiver.cancel();
    assertThat(receiver.toString()).startsWith("receiver that is over of Mpmc[");
  }

  @Test
  void valuesAreDiscardedWhenTheReceiverIsGarbage() throws Exception {
    CountDownLatch closed = new CountDownLatch(2);
    Mpmc.Sender<AutoCloseable> left = senderOfAReceiverThatIsGone(closed);
    Collected.until(() -> closed.getCount() == 0);
    assertThat(left.trySend(() -> {})).isEqualTo(TrySend.CLOSED);
  }

  private static Mpmc.Sender<AutoCloseable> senderOfAReceiverThatIsGone(CountDownLatch closed) {
    Mpmc<AutoCloseable> channel = Mpmc.bounded(4);
    assertThat(channel.sender().trySend(closed::countDown)).isEqualTo(TrySend.SENT);
    assertThat(channel.sender().trySend(closed::countDown)).isEqualTo(TrySend.SENT);
    return channel.sender();
  }

  @Test
  void valuesAreDiscardedWhenTheWholeChannelIsGarbage() throws Exception {
    CountDownLatch closed = new CountDownLatch(2);
    assertThat(senderOfAReceiverThatIsGone(closed)).isNotNull();
    Collected.until(() -> closed.getCount() == 0);
  }

  /** A value that has nothing to close. */
  private static final class Plain {
    private @Nullable Object back;

    @Nullable Object back() {
      return back;
    }
  }

  private static WeakReference<Object> lostWithAValueThatLeadsBack() {
    Mpmc<Plain> lost = Mpmc.unbounded();
    Plain value = new Plain();
    value.back = lost;
    assertThat(lost.sender().trySend(value)).isEqualTo(TrySend.SENT);
    assertThat(value.back()).isSameAs(lost);
    return new WeakReference<>(value);
  }

  @Test
  void aPlainValueThatLeadsBackToItsChannelIsCollectedWithIt() {
    WeakReference<Object> value = lostWithAValueThatLeadsBack();
    Collected.until(() -> value.get() == null);
  }

  private static WeakReference<Object> lostWhileItsReceiversWait(Closeable promised)
      throws Exception {
    Mpmc<Object> lost = Mpmc.bounded(4);
    assertThat(PollHarness.create().poll(lost.receiver().recv()).isPending()).isTrue();
    assertThat(PollHarness.create().pollNext(lost.receiver().another()).isPending()).isTrue();
    assertThat(lost.sender().trySend(promised)).isEqualTo(TrySend.SENT);
    return new WeakReference<>(lost.receiver());
  }

  @Test
  void receiversThatWaitAreCollectedWithTheirChannelAndWhatTheyWerePromisedIsClosed()
      throws Exception {
    Closeable promised = new Closeable("promised");
    WeakReference<Object> receiver = lostWhileItsReceiversWait(promised);
    Collected.until(() -> receiver.get() == null && promised.closes() == 1);
  }

  @Test
  void aSenderIsToldOfAReceiverThatIsGarbage() throws Exception {
    CountDownLatch closed = new CountDownLatch(2);
    Mpmc.Sender<AutoCloseable> left = senderOfAReceiverThatIsGone(closed);
    Future<Void> told = left.whenClosed();
    assertThat(harness.poll(told).isPending()).isTrue();
    Collected.until(() -> harness.woken() && closed.getCount() == 0);
    assertThat(harness.poll(told).isReady()).isTrue();
    assertThat(left.trySend(() -> {})).isEqualTo(TrySend.CLOSED);
    assertThat(left.receiverCount()).isZero();
  }

  @Test
  void closeGivesUpOneReceiverAndCloseChannelAllSenders() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    assertThat(sender.receiverCount()).isEqualTo(2);
    Future<Void> told = sender.whenClosed();
    assertThat(other.poll(told).isPending()).isTrue();
    assertThat(other.poll(told).isPending()).isTrue();
    receiver.close();
    receiver.close();
    assertThat(sender.receiverCount()).isEqualTo(1);
    assertThat(sender.isClosed()).isFalse();
    fill();
    second.closeChannel();
    assertThat(other.woken()).isTrue();
    assertThat(other.poll(told).isReady()).isTrue();
    assertThat(other.poll(sender.whenClosed()).isReady()).isTrue();
    assertThat(second.isClosed()).isTrue();
    assertThat(second.length()).isEqualTo(2);
    assertThat(second.tryRecv().value()).isEqualTo("a");
    second.close();
    assertThat(second.length()).isZero();
  }

  @Test
  void anOnClosedThatIsCancelledIsForgotten() throws Exception {
    Future<Void> told = sender.whenClosed();
    assertThat(harness.poll(told).isPending()).isTrue();
    assertThat(Description.of(told).toString()).startsWith("whenClosed waits for the receivers of");
    told.cancel();
    receiver.close();
    assertThat(harness.woken()).isFalse();
    assertThat(Description.of(told)).hasToString("whenClosed {state=over}");
  }

  @Test
  void theEndCountsHoweverItIsSeen() throws Exception {
    List<Mpmc.Receiver<String>> receivers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      receivers.add(receiver.another());
    }
    receiver.close();
    sender.close();
    assertThat(receivers.get(0).isClosed()).isTrue();
    assertThat(receivers.get(0).tryRecv().isEnd()).isTrue();
    assertThat(sender.receiverCount()).isEqualTo(3);
    assertThat(harness.poll(receivers.get(1).recv()).value()).isEmpty();
    assertThat(sender.receiverCount()).isEqualTo(2);
    assertThat(harness.poll(receivers.get(2).recvMany(new ArrayList<>(), 2)).value()).isZero();
    assertThat(sender.receiverCount()).isEqualTo(1);
    assertThat(receivers.get(3).blockingRecv()).isEmpty();
    assertThat(sender.receiverCount()).isZero();
    for (Mpmc.Receiver<String> ended : receivers) {
      assertThat(ended.tryRecv().isEnd()).isTrue();
      assertThat(harness.poll(ended.recv()).value()).isEmpty();
      assertThatThrownBy(ended::another).isInstanceOf(PollAfterEndException.class);
      assertThat(harness.pollNext(ended).isEnd()).isTrue(); // not answered before
      assertThatThrownBy(() -> harness.pollNext(ended)).isInstanceOf(PollAfterEndException.class);
    }
  }

  @Test
  void aRecvOfAReceiverThatWasGivenUpPassesItsPromiseOn() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    Future<Optional<String>> first = receiver.recv();
    Future<Optional<String>> next = second.recv();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(other.poll(next).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    receiver.close();
    assertThat(other.woken()).isFalse();
    assertThat(harness.poll(first).value()).isEmpty();
    assertThat(other.woken()).isTrue();
    assertThat(other.poll(next).value()).contains("a");
  }

  @Test
  void lengthLeavesOutWhatIsPromisedToOthers() throws Exception {
    Mpmc.Receiver<String> second = receiver.another();
    assertThat(harness.pollNext(second).isPending()).isTrue();
    fill();
    assertThat(receiver.length()).isEqualTo(1);
    assertThat(sender.length()).isEqualTo(1);
    assertThat(second.length()).isEqualTo(2);
    assertThat(sender.capacity()).isEqualTo(2);
    assertThat(receiver.capacity()).isEqualTo(2);
    assertThat(Mpmc.unbounded().sender().capacity()).isEqualTo(Integer.MAX_VALUE);
  }

  private static <T> Mpmc.Receiver<T> closed(Mpmc.Receiver<T> receiver) {
    receiver.closeChannel();
    return receiver;
  }

  private void fill() {
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    assertThat(sender.trySend("b")).isEqualTo(TrySend.SENT);
  }
}
