package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RendezvousTest {

  private final PollHarness sends = PollHarness.create();
  private final PollHarness receives = PollHarness.create();
  private final PollHarness other = PollHarness.create();
  private final Rendezvous<String> channel = Rendezvous.create();
  private final Rendezvous.Sender<String> sender = channel.sender();
  private final Rendezvous.Receiver<String> receiver = channel.receiver();

  @Test
  void aSendIsDoneWhenAReceiverHasTheValue() throws Exception {
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(receives.poll(receiver.recv()).value()).contains("a");
    assertThat(sends.woken()).isTrue();
    assertThat(sends.poll(send).isReady()).isTrue();
  }

  @Test
  void aSendThatMeetsAReceiverThatWaitsIsDoneWhenThatHasBeenPolled() throws Exception {
    Future<Optional<String>> recv = receiver.recv();
    assertThat(receives.poll(recv).isPending()).isTrue();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(receives.woken()).isTrue();
    assertThat(sends.woken()).isFalse();
    assertThat(receives.poll(recv).value()).contains("a");
    assertThat(sends.woken()).isTrue();
    assertThat(sends.poll(send).isReady()).isTrue();
  }

  @Test
  void aReceiverWhoseSenderIsCancelledWaitsForAnother() throws Exception {
    Future<Optional<String>> recv = receiver.recv();
    assertThat(receives.poll(recv).isPending()).isTrue();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    send.cancel();
    assertThat(sends.discarded()).containsExactly("a");
    assertThat(receives.woken()).isTrue();
    assertThat(receives.poll(recv).isPending()).isTrue();
    Future<Void> second = sender.send("b");
    assertThat(other.poll(second).isPending()).isTrue();
    assertThat(receives.woken()).isTrue();
    assertThat(receives.poll(recv).value()).contains("b");
    assertThat(other.poll(second).isReady()).isTrue();
  }

  @Test
  void aReceiverThatIsCancelledLeavesTheSenderToTheNext() throws Exception {
    Future<Optional<String>> first = receiver.recv();
    Future<Optional<String>> second = receiver.another().recv();
    assertThat(receives.poll(first).isPending()).isTrue();
    assertThat(other.poll(second).isPending()).isTrue();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(receives.woken()).isTrue();
    assertThat(other.woken()).isFalse();
    first.cancel();
    assertThat(other.woken()).isTrue();
    assertThat(sends.woken()).isFalse();
    assertThat(other.poll(second).value()).contains("a");
    assertThat(sends.poll(send).isReady()).isTrue();
  }

  @Test
  void trySendNeedsAReceiverThatNobodyElseHas() throws Exception {
    assertThat(sender.trySend("a")).isEqualTo(TrySend.FULL);
    Future<Optional<String>> recv = receiver.recv();
    assertThat(receives.poll(recv).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    assertThat(sender.trySend("b")).isEqualTo(TrySend.FULL);
    assertThat(receives.poll(recv).value()).contains("a");
  }

  @Test
  void whatTrySendHasSentOutlivesTheReceiverThatItMet() throws Exception {
    Future<Optional<String>> recv = receiver.recv();
    assertThat(receives.poll(recv).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    Future<Void> send = sender.send("b");
    assertThat(sends.poll(send).isPending()).isTrue();
    recv.cancel();
    receiver.closeChannel(); // what is sent is sent; who waits is refused
    assertThatThrownBy(() -> sends.poll(send)).isInstanceOf(ChannelClosedException.class);
    assertThat(sends.discarded()).containsExactly("b");
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    assertThat(receiver.tryRecv().isEnd()).isTrue();
  }

  @Test
  void whatTrySendHasSentIsDiscardedWithTheLastReceiver() throws Exception {
    assertThat(receives.pollNext(receiver).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    receiver.cancel();
    assertThat(receives.discarded()).containsExactly("a");
  }

  @Test
  void valuesKeepTheirOrderHoweverTheyAreSent() throws Exception {
    Rendezvous.Receiver<String> second = receiver.another();
    Future<Optional<String>> first = receiver.recv();
    assertThat(receives.poll(first).isPending()).isTrue();
    assertThat(sends.poll(sender.send("a")).isPending()).isTrue();
    Future<Optional<String>> next = second.recv();
    assertThat(other.poll(next).isPending()).isTrue();
    assertThat(sender.trySend("b")).isEqualTo(TrySend.SENT);
    assertThat(other.poll(next).value()).contains("a");
    assertThat(receives.poll(first).value()).contains("b");
  }

  @Test
  void tryRecvNeedsASender() throws Exception {
    assertThat(receiver.tryRecv().isPending()).isTrue();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(receiver.tryRecv().value()).isEqualTo("a");
    assertThat(sends.poll(send).isReady()).isTrue();
  }

  @Test
  void recvManyTakesWhoeverWaits() throws Exception {
    Future<Void> first = sender.send("a");
    Future<Void> second = sender.send("b");
    assertThat(sends.poll(first).isPending()).isTrue();
    assertThat(other.poll(second).isPending()).isTrue();
    List<String> into = new ArrayList<>();
    assertThat(receives.poll(receiver.recvMany(into, 5)).value()).isEqualTo(2);
    assertThat(into).containsExactly("a", "b");
    assertThat(sends.poll(first).isReady()).isTrue();
    assertThat(other.poll(second).isReady()).isTrue();
  }

  @Test
  void theLastSendThatIsCancelledIsTheEnd() throws Exception {
    Future<Optional<String>> recv = receiver.recv();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    sender.close();
    // Its turn has come, and goes with the sender; the end comes in its place.
    assertThat(receives.pollNext(receiver.another()).isItem()).isTrue();
    assertThat(sends.poll(send).isReady()).isTrue();
    assertThat(other.poll(recv).value()).isEmpty();

    Rendezvous<String> second = Rendezvous.create();
    PollHarness waits = PollHarness.create();
    Future<Optional<String>> promised = second.receiver().recv();
    assertThat(receives.poll(promised).isPending()).isTrue();
    Future<Void> last = second.sender().send("b");
    assertThat(sends.poll(last).isPending()).isTrue();
    Future<Optional<String>> behind = second.receiver().recv();
    assertThat(waits.poll(behind).isPending()).isTrue();
    second.sender().close();
    assertThat(waits.woken()).isFalse();
    last.cancel();
    assertThat(waits.woken()).isTrue();
    assertThat(waits.poll(behind).value()).isEmpty();
    assertThat(receives.poll(promised).value()).isEmpty();
  }

  @Test
  void plainThreadsMeet() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              sender.blockingSend("a");
              taken.countDown();
              return null;
            });
    FutureTask<Optional<String>> got = new FutureTask<>(receiver::blockingRecv);
    start(task);
    start(got);
    assertThat(got.get(30, TimeUnit.SECONDS)).contains("a");
    assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
    task.get(30, TimeUnit.SECONDS);
  }

  @Test
  void blockingSendIsDoneWhenTheValueIsTaken() throws Exception {
    Future<Optional<String>> recv = receiver.recv();
    assertThat(receives.poll(recv).isPending()).isTrue();
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              sender.blockingSend("a");
              return null;
            });
    start(task);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!receives.woken()) {
      assertThat(System.nanoTime()).isLessThan(limit);
      Thread.onSpinWait();
    }
    assertThat(task.isDone()).isFalse();
    assertThat(receives.poll(recv).value()).contains("a");
    task.get(30, TimeUnit.SECONDS);
  }

  private static void start(FutureTask<?> task) {
    Thread thread = new Thread(task, "plain");
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void theLongestWaitingKeepsItsPlaceThoughItsSenderIsCancelled() throws Exception {
    Future<Optional<String>> first = receiver.recv();
    Future<Optional<String>> second = receiver.another().recv();
    assertThat(receives.poll(first).isPending()).isTrue();
    assertThat(other.poll(second).isPending()).isTrue();
    Future<Void> gone = sender.send("gone");
    assertThat(sends.poll(gone).isPending()).isTrue();
    gone.cancel();
    assertThat(receives.woken()).isTrue();
    assertThat(receives.poll(first).isPending()).isTrue();
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(receives.woken()).isTrue();
    assertThat(other.woken()).isFalse();
    assertThat(receives.poll(first).value()).contains("a");
  }

  @Test
  void allWhoWaitInVainGoBackInTheirOrder() throws Exception {
    Rendezvous.Receiver<String> iterator = receiver.another();
    Future<Optional<String>> second = receiver.recv();
    Future<Optional<String>> third = receiver.recv();
    PollHarness last = PollHarness.create();
    assertThat(receives.pollNext(iterator).isPending()).isTrue();
    assertThat(other.poll(second).isPending()).isTrue();
    assertThat(last.poll(third).isPending()).isTrue();
    Future<Void> one = sender.send("one");
    Future<Void> two = sender.send("two");
    assertThat(sends.poll(one).isPending()).isTrue();
    assertThat(sends.poll(two).isPending()).isTrue();
    one.cancel();
    two.cancel();
    assertThat(iterator.tryRecv().isPending()).isTrue(); // takes the promise, not the place
    assertThat(other.poll(second).isPending()).isTrue();
    assertThat(receives.pollNext(iterator).isPending()).isTrue();
    assertThat(sender.trySend("a")).isEqualTo(TrySend.SENT);
    assertThat(receives.woken()).isTrue();
    assertThat(other.woken()).isFalse();
    assertThat(sender.trySend("b")).isEqualTo(TrySend.SENT);
    assertThat(other.woken()).isTrue();
    assertThat(last.woken()).isFalse();
  }

  @Test
  void everyoneSaysWhatItWaitsFor() throws Exception {
    Future<Void> send = sender.send("a");
    assertThat(sends.poll(send).isPending()).isTrue();
    assertThat(Description.of(send))
        .hasToString("send waits for a receiver of Rendezvous[1 sending, 0 receiving]");
    assertThat(receiver.length()).isEqualTo(1);
    sender.close();
    assertThat(channel).hasToString("Rendezvous[1 sending, 0 receiving, all senders closed]");
  }
}
