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

class SetOnceTest {

  private final PollHarness harness = PollHarness.create();
  private final SetOnce<String> once = new SetOnce<>();

  @Test
  void theFirstValueStays() throws Exception {
    assertThat(once.get()).isEmpty();
    assertThat(once.isSet()).isFalse();
    assertThat(once.set("first")).isTrue();
    assertThat(once.set("second")).isFalse();
    assertThat(once.get()).contains("first");
    assertThat(once.isSet()).isTrue();
    assertThat(harness.poll(once.await()).value()).isEqualTo("first");
  }

  @Test
  void theSetWakesAllWhoWait() throws Exception {
    Future<String> first = once.await();
    Future<String> second = once.await();
    Future<String> gone = once.await();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    harness.poll(gone);
    gone.cancel();
    gone.cancel();
    assertThat(once.set("value")).isTrue();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(first).value()).isEqualTo("value");
    assertThat(harness.poll(second).value()).isEqualTo("value");
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> harness.poll(gone)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<String> waiter = once.await();
    harness.poll(waiter);
    CountingWaker before = harness.replaceWaker();
    harness.poll(waiter);
    assertThat(once.set("value")).isTrue();
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void theValueIsNotDiscarded() throws Exception {
    SetOnce<Closeable> closeables = new SetOnce<>();
    Future<Closeable> waiter = closeables.await();
    harness.poll(waiter);
    Closeable value = new Closeable("value");
    assertThat(closeables.set(value)).isTrue();
    waiter.cancel();
    assertThat(value.closes()).isZero();
  }

  @Test
  void aThreadMayBlock() throws Exception {
    BlockedThread<String> blocked = BlockedThread.in(once::blockingAwait);
    assertThat(once.set("value")).isTrue();
    assertThat(blocked.result()).isEqualTo("value");
    assertThat(once.blockingAwait()).isEqualTo("value");
  }

  @Test
  void anInterruptedThreadGivesUp() {
    BlockedThread<String> blocked = BlockedThread.in(once::blockingAwait);
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(once.blockingAwait())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SetOnce.blockingAwait");
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> once.set(null)).hasMessage("value");
    assertThat(once.isSet()).isFalse();
  }

  @Test
  void describesItself() {
    Future<String> waiter = once.await();
    assertThat(Description.of(waiter)).hasToString("SetOnce.await waits for the value to be set");
    assertThat(once).hasToString("SetOnce[not set]");
    assertThat(once.set("value")).isTrue();
    assertThat(once).hasToString("SetOnce[value]");
    waiter.cancel();
    assertThat(Description.of(waiter)).hasToString("SetOnce.await {state=over}");
  }
}
