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

class BarrierTest {

  private final PollHarness harness = PollHarness.create();
  private final Barrier barrier = new Barrier(3);

  private Future<Boolean> come() throws Exception {
    Future<Boolean> waiter = barrier.await();
    assertThat(harness.poll(waiter).isPending()).isTrue();
    return waiter;
  }

  @Test
  void allGoOnWhenTheLastHasComeWhoLeads() throws Exception {
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(barrier.waiting()).isEqualTo(2);
    assertThat(harness.woken()).isFalse();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(first).value()).isFalse();
    assertThat(harness.poll(second).value()).isFalse();
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void itBeginsAnewThoughNotAllHaveGoneOn() throws Exception {
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    Future<Boolean> third = come();
    Future<Boolean> fourth = come();
    assertThat(harness.poll(first).value()).isFalse();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    assertThat(harness.poll(second).value()).isFalse();
    assertThat(harness.poll(third).value()).isFalse();
    assertThat(harness.poll(fourth).value()).isFalse();
  }

  @Test
  void whoIsCancelledGivesItsPlaceBack() throws Exception {
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    first.cancel();
    first.cancel();
    assertThat(barrier.waiting()).isEqualTo(1);
    Future<Boolean> third = come();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    assertThat(harness.poll(second).value()).isFalse();
    assertThat(harness.poll(third).value()).isFalse();
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whoIsCancelledAfterTheLastHasComeTakesNothingFromTheNext() throws Exception {
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    first.cancel();
    assertThat(barrier.waiting()).isZero();
    assertThat(harness.poll(second).value()).isFalse();
  }

  @Test
  void whoWasNotPolledHasNotCome() throws Exception {
    Future<Boolean> made = barrier.await();
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    assertThat(barrier.waiting()).isEqualTo(2);
    made.cancel();
    assertThat(barrier.waiting()).isEqualTo(2);
    first.cancel();
    second.cancel();
    assertThat(barrier.waiting()).isZero();
  }

  @Test
  void withOneNobodyWaits() throws Exception {
    Barrier alone = new Barrier(1);
    assertThat(harness.poll(alone.await()).value()).isTrue();
    assertThat(harness.poll(alone.await()).value()).isTrue();
    assertThat(alone.parties()).isEqualTo(1);
    assertThatThrownBy(() -> new Barrier(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parties must be at least 1, was 0");
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<Boolean> first = come();
    Future<Boolean> second = come();
    CountingWaker before = harness.replaceWaker();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(barrier.await()).value()).isTrue();
    assertThat(before.count()).isEqualTo(1);
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(second).isReady()).isTrue();
  }

  @Test
  void threadsMayBlock() throws Exception {
    BlockedThread<Boolean> first = BlockedThread.in(barrier::blockingAwait);
    BlockedThread<Boolean> second = BlockedThread.in(barrier::blockingAwait);
    assertThat(barrier.blockingAwait()).isTrue();
    assertThat(first.result()).isFalse();
    assertThat(second.result()).isFalse();
  }

  @Test
  void anInterruptedThreadHasNotCome() {
    BlockedThread<Boolean> blocked = BlockedThread.in(barrier::blockingAwait);
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(barrier.waiting()).isZero();
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(barrier.blockingAwait())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Barrier.blockingAwait");
  }

  @Test
  void describesItself() throws Exception {
    Future<Boolean> first = come();
    assertThat(Description.of(first))
        .hasToString("Barrier.await waits for others to come: 1 of 3 wait");
    assertThat(barrier).hasToString("Barrier[1 of 3 waiting]");
    first.cancel();
    assertThat(Description.of(first)).hasToString("Barrier.await {state=over}");
  }
}
