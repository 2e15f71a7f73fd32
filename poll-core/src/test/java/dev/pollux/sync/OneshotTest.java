package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PanicWaker;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OneshotTest {

  private final PollHarness harness = PollHarness.create();
  private final Oneshot<Object> oneshot = Oneshot.create();
  private final Oneshot.Sender<Object> sender = oneshot.sender();
  private final Oneshot.Receiver<Object> receiver = oneshot.receiver();

  @AfterEach
  void cancelWhatIsLeft() {
    receiver.cancel();
  }

  @Test
  void aValueThatWasSentIsReceived() throws Exception {
    assertThat(sender.send("value")).isTrue();
    assertThat(harness.poll(receiver).value()).isEqualTo("value");
    assertThatThrownBy(() -> harness.poll(receiver)).isInstanceOf(PollAfterEndException.class);
    assertThat(receiver.tryRecv().isEnd()).isTrue();
  }

  @Test
  void aSendWakesWhoWaits() throws Exception {
    assertThat(harness.poll(receiver).isPending()).isTrue();
    assertThat(harness.poll(receiver).isPending()).isTrue();
    assertThat(sender.send("value")).isTrue();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(receiver).value()).isEqualTo("value");
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    harness.poll(receiver);
    CountingWaker before = harness.replaceWaker();
    harness.poll(receiver);
    assertThat(sender.send("value")).isTrue();
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void oneValueIsSentAndNoMore() throws Exception {
    assertThat(sender.send("first")).isTrue();
    assertThat(sender.send("second")).isFalse();
    assertThat(harness.poll(receiver).value()).isEqualTo("first");
    assertThat(sender.send("third")).isFalse();
    assertThat(sender.isClosed()).isTrue();
  }

  @Test
  void aValueThatIsAWakerIsAValue() throws Exception {
    Waker value = new PanicWaker();
    assertThat(sender.send(value)).isTrue();
    receiver.close();
    assertThat(sender.send("second")).isFalse();
    assertThat(harness.poll(receiver).value()).isSameAs(value);
  }

  @Test
  void aSendAfterTheCancelIsRefusedAndTheValueLeftAlone() throws Exception {
    Closeable value = new Closeable("value");
    harness.poll(receiver);
    receiver.cancel();
    assertThat(sender.isClosed()).isTrue();
    assertThat(sender.send(value)).isFalse();
    assertThat(value.closes()).isZero();
    assertThat(harness.discarded()).isEmpty();
    assertThatThrownBy(() -> harness.poll(receiver)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aValueThatWasSentBeforeTheCancelIsDiscarded() throws Exception {
    Closeable value = new Closeable("value");
    harness.poll(receiver);
    assertThat(sender.send(value)).isTrue();
    receiver.cancel();
    receiver.cancel();
    assertThat(harness.discarded()).containsExactly(value);
    assertThat(value.closes()).isEqualTo(1);
  }

  @Test
  void aValueIsClosedThoughTheReceiverWasNeverPolled() {
    Closeable value = new Closeable("value");
    assertThat(sender.send(value)).isTrue();
    receiver.cancel();
    assertThat(value.closes()).isEqualTo(1);
  }

  @Test
  void aCancelAfterTheValueWasReceivedLeavesItAlone() throws Exception {
    Closeable value = new Closeable("value");
    assertThat(sender.send(value)).isTrue();
    harness.poll(receiver);
    receiver.cancel();
    assertThat(value.closes()).isZero();
  }

  @Test
  void aSenderThatIsClosedTellsTheReceiver() throws Exception {
    harness.poll(receiver);
    sender.close();
    sender.close();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(sender.send("late")).isFalse();
    assertThat(receiver.tryRecv().isEnd()).isTrue();
    assertThatThrownBy(() -> harness.poll(receiver))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("sender");
    assertThatThrownBy(() -> harness.poll(receiver)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theCloseOfASenderThatHasSentDoesNothing() throws Exception {
    assertThat(sender.send("value")).isTrue();
    sender.close();
    assertThat(harness.poll(receiver).value()).isEqualTo("value");
  }

  @Test
  void aReceiverThatIsClosedRefusesLaterSends() throws Exception {
    harness.poll(receiver);
    receiver.close();
    receiver.close();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(sender.send("late")).isFalse();
    assertThatThrownBy(() -> harness.poll(receiver))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("receiver");
  }

  @Test
  void aReceiverThatIsClosedStillTakesWhatCameBefore() {
    assertThat(sender.send("value")).isTrue();
    receiver.close();
    assertThat(receiver.tryRecv().value()).isEqualTo("value");
    assertThat(receiver.tryRecv().isEnd()).isTrue();
  }

  @Test
  void tryRecvNeitherWaitsNorRegisters() {
    assertThat(receiver.tryRecv().isPending()).isTrue();
    assertThat(sender.send("value")).isTrue();
    assertThat(harness.woken()).isFalse();
    assertThat(receiver.tryRecv().value()).isEqualTo("value");
  }

  @Test
  void withoutBudgetTheValueStays() throws Exception {
    Closeable value = new Closeable("value");
    assertThat(sender.send(value)).isTrue();
    Future<Object> starved =
        cx -> {
          while (cx.budget().tryConsume()) {}
          return receiver.poll(cx);
        };
    assertThat(harness.poll(starved).isPending()).isTrue();
    assertThat(harness.woken()).isTrue();
    receiver.cancel();
    assertThat(harness.discarded()).containsExactly(value);
  }

  @Test
  void theSenderHearsOfTheCancel() throws Exception {
    Future<Void> closed = sender.whenClosed();
    Future<Void> another = sender.whenClosed();
    Future<Void> gone = sender.whenClosed();
    assertThat(harness.poll(closed).isPending()).isTrue();
    assertThat(harness.poll(closed).isPending()).isTrue();
    assertThat(harness.poll(another).isPending()).isTrue();
    harness.poll(gone);
    gone.cancel();
    gone.cancel();
    receiver.cancel();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(closed).isReady()).isTrue();
    assertThat(harness.poll(another).isReady()).isTrue();
    assertThat(harness.poll(sender.whenClosed()).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(closed)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> harness.poll(gone)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theSenderHearsOfEveryEnd() throws Exception {
    Future<Void> closed = sender.whenClosed();
    harness.poll(closed);
    assertThat(sender.send("value")).isTrue();
    assertThat(harness.poll(closed).isReady()).isTrue();
    Oneshot<String> second = Oneshot.create();
    Future<Void> closedToo = second.sender().whenClosed();
    harness.poll(closedToo);
    second.receiver().close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(closedToo).isReady()).isTrue();
  }

  @Test
  void aForeignWakerThatThrowsHindersNothing() throws Exception {
    Future<Object> shown = cx -> receiver.poll(cx.withWaker(new PanicWaker()));
    assertThat(harness.poll(shown).isPending()).isTrue();
    assertThat(sender.send("value")).isTrue();
    assertThat(harness.poll(receiver).value()).isEqualTo("value");
  }

  @Test
  void aThreadMayBlock() throws Exception {
    BlockedThread<Object> blocked = BlockedThread.in(receiver::blockingRecv);
    assertThat(sender.send("value")).isTrue();
    assertThat(blocked.result()).isEqualTo("value");
  }

  @Test
  void anInterruptedThreadLeavesTheReceiverAsItWas() throws Exception {
    BlockedThread<Object> blocked = BlockedThread.in(receiver::blockingRecv);
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(receiver).hasToString("Oneshot.Receiver[open]");
    assertThat(sender.send("value")).isTrue();
    assertThat(receiver.blockingRecv()).isEqualTo("value");
    assertThatThrownBy(receiver::blockingRecv).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aBlockedThreadHearsOfTheClose() {
    BlockedThread<Object> blocked = BlockedThread.in(receiver::blockingRecv);
    sender.close();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ChannelClosedException.class);
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    assertThat(sender.send("value")).isTrue();
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(receiver.blockingRecv())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Oneshot.Receiver.blockingRecv");
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> sender.send(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
    assertThat(sender.isClosed()).isFalse();
  }

  @Test
  void aReceiverThatIsOverHoldsNeitherValueNorWaker() throws Exception {
    PollHarness another = PollHarness.create();
    List<WeakReference<Object>> gone = receivedFrom(another);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (gone.stream().anyMatch(one -> one.get() != null)) {
      assertThat(System.nanoTime()).as("the value or the waker is held").isLessThan(limit);
      System.gc();
    }
    assertThatThrownBy(() -> another.poll(receiver)).isInstanceOf(PollAfterEndException.class);
  }

  /** The value and the waker, of whom nobody should know any more. */
  private List<WeakReference<Object>> receivedFrom(PollHarness another) throws Exception {
    Object value = new Object();
    Poller poller = new Poller(new Services() {}, 1, false);
    Waker waker = new CountingWaker();
    assertThat(poller.poll(receiver, waker).isPending()).isTrue();
    assertThat(sender.send(value)).isTrue();
    assertThat(another.poll(receiver).value()).isSameAs(value);
    return List.of(new WeakReference<>(value), new WeakReference<>(waker));
  }

  @Test
  void describesItself() throws Exception {
    Future<Void> closed = sender.whenClosed();
    assertThat(Description.of(receiver))
        .hasToString("Oneshot.Receiver waits for a value of its sender");
    assertThat(Description.of(closed))
        .hasToString("Oneshot.Sender.whenClosed waits for the end of a oneshot");
    assertThat(oneshot).hasToString("Oneshot[open]");
    harness.poll(receiver);
    assertThat(sender).hasToString("Oneshot.Sender[awaited]");
    assertThat(sender.send("value")).isTrue();
    assertThat(receiver).hasToString("Oneshot.Receiver[sent]");
    receiver.cancel();
    assertThat(Description.of(receiver)).hasToString("Oneshot.Receiver {state=over}");
    harness.poll(closed);
    assertThat(Description.of(closed)).hasToString("Oneshot.Sender.whenClosed {state=over}");
    Oneshot<String> closedOne = Oneshot.create();
    closedOne.sender().close();
    assertThat(closedOne).hasToString("Oneshot[closed by the sender]");
    closedOne.receiver().cancel();
    Oneshot<String> closedOther = Oneshot.create();
    closedOther.receiver().close();
    assertThat(closedOther).hasToString("Oneshot[closed by the receiver]");
    closedOther.receiver().cancel();
  }
}
