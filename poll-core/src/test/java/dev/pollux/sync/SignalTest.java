package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class SignalTest {

  private final PollHarness harness = PollHarness.create();
  private final Signal<Object> signal = new Signal<>();

  private void signal(Object value) {
    assertThat(signal.signal(value)).isTrue();
  }

  @Test
  void theLatestValueIsTakenOnce() throws Exception {
    signal("first");
    signal("second");
    Future<Object> take = signal.take();
    assertThat(harness.poll(take).value()).isEqualTo("second");
    assertThatThrownBy(() -> harness.poll(take)).isInstanceOf(PollAfterEndException.class);
    assertThat(signal.isSignalled()).isFalse();
    assertThat(harness.poll(signal.take()).isPending()).isTrue();
  }

  @Test
  void aValueThatIsReplacedIsDiscarded() throws Exception {
    Closeable first = new Closeable("first");
    Closeable second = new Closeable("second");
    signal(first);
    signal(second);
    assertThat(first.closes()).isEqualTo(1);
    assertThat(harness.poll(signal.take()).value()).isSameAs(second);
    assertThat(second.closes()).isZero();
  }

  @Test
  void theDiscardIsThatOfTheConsumer() throws Exception {
    Future<Object> take = signal.take();
    harness.poll(take);
    signal("first");
    signal("second");
    assertThat(harness.discarded()).containsExactly("first");
    assertThat(harness.poll(take).value()).isEqualTo("second");
  }

  @Test
  void theDiscardIsThatOfAConsumerWhoNeverHadToWait() throws Exception {
    signal("taken");
    assertThat(harness.poll(signal.take()).value()).isEqualTo("taken");
    signal("first");
    signal("second");
    assertThat(harness.discarded()).containsExactly("first");
  }

  @Test
  void theDiscardIsThatOfAConsumerWithoutBudget() throws Exception {
    Future<Object> take = signal.take();
    signal("first");
    Future<Object> starved =
        cx -> {
          while (cx.budget().tryConsume()) {}
          return take.poll(cx);
        };
    assertThat(harness.poll(starved).isPending()).isTrue();
    signal("second");
    assertThat(harness.discarded()).containsExactly("first");
    assertThat(harness.poll(take).value()).isEqualTo("second");
  }

  @Test
  void aSignalWakesWhoWaits() throws Exception {
    Future<Object> take = signal.take();
    assertThat(harness.poll(take).isPending()).isTrue();
    assertThat(harness.poll(take).isPending()).isTrue();
    signal("value");
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(take).value()).isEqualTo("value");
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<Object> take = signal.take();
    harness.poll(take);
    CountingWaker before = harness.replaceWaker();
    harness.poll(take);
    signal("value");
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void whoIsCancelledLeavesTheValue() throws Exception {
    Future<Object> take = signal.take();
    harness.poll(take);
    signal("value");
    take.cancel();
    take.cancel();
    assertThat(signal.tryTake().value()).isEqualTo("value");
    assertThat(signal.tryTake().isPending()).isTrue();
  }

  @Test
  void whoIsCancelledMakesRoomForAnother() throws Exception {
    Future<Object> first = signal.take();
    harness.poll(first);
    first.cancel();
    assertThat(signal).hasToString("Signal[empty]");
    Future<Object> second = signal.take();
    harness.poll(second);
    first.cancel();
    signal("value");
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(second).value()).isEqualTo("value");
  }

  @Test
  void aSecondWhoWaitsIsRefused() throws Exception {
    Future<Object> first = signal.take();
    Future<Object> second = signal.take();
    harness.poll(first);
    assertThatThrownBy(() -> harness.poll(second))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another take()");
    assertThatThrownBy(() -> harness.poll(second)).isInstanceOf(PollAfterEndException.class);
    signal("value");
    assertThat(harness.poll(first).value()).isEqualTo("value");
  }

  @Test
  void whoWasWokenAndFindsNothingWaitsAgain() throws Exception {
    Future<Object> take = signal.take();
    harness.poll(take);
    signal("first");
    assertThat(signal.tryTake().value()).isEqualTo("first");
    assertThat(harness.poll(take).isPending()).isTrue();
    signal("second");
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(take).value()).isEqualTo("second");
  }

  @Test
  void aCloseDiscardsTheValueAndRefusesOthers() throws Exception {
    Closeable value = new Closeable("value");
    Closeable late = new Closeable("late");
    signal(value);
    signal.close();
    signal.close();
    assertThat(value.closes()).isEqualTo(1);
    assertThat(signal.signal(late)).isFalse();
    assertThat(late.closes()).isZero();
    assertThat(signal.tryTake().isEnd()).isTrue();
    Future<Object> take = signal.take();
    assertThatThrownBy(() -> harness.poll(take)).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> harness.poll(take)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aCloseWakesWhoWaits() throws Exception {
    Future<Object> take = signal.take();
    harness.poll(take);
    signal.close();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThatThrownBy(() -> harness.poll(take)).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void aThreadMayBlock() throws Exception {
    BlockedThread<Object> blocked = BlockedThread.in(signal::blockingTake);
    signal("value");
    assertThat(blocked.result()).isEqualTo("value");
    signal("next");
    assertThat(signal.blockingTake()).isEqualTo("next");
  }

  @Test
  void anInterruptedThreadMakesRoomForAnother() {
    BlockedThread<Object> blocked = BlockedThread.in(signal::blockingTake);
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(signal).hasToString("Signal[empty]");
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    signal("value");
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(signal.blockingTake())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Signal.blockingTake");
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> signal.signal(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
  }

  @Test
  void describesItself() throws Exception {
    Future<Object> take = signal.take();
    assertThat(Description.of(take)).hasToString("Signal.take waits for a value");
    harness.poll(take);
    assertThat(signal).hasToString("Signal[awaited]");
    signal("value");
    assertThat(signal).hasToString("Signal[holds value]");
    take.cancel();
    assertThat(Description.of(take)).hasToString("Signal.take {state=over}");
    signal.close();
    assertThat(signal).hasToString("Signal[closed]");
  }
}
