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

class NotifyTest {

  private final PollHarness harness = PollHarness.create();
  private final Notify notify = new Notify();

  private boolean isReady(Future<Void> future) throws Exception {
    return harness.poll(future).isReady();
  }

  private Future<Void> polled() throws Exception {
    Future<Void> waiter = notify.notified();
    assertThat(isReady(waiter)).isFalse();
    return waiter;
  }

  @Test
  void notifyOneReachesWhoHasWaitedLongest() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    notify.notifyOne();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(isReady(second)).isFalse();
    assertThat(isReady(first)).isTrue();
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(PollAfterEndException.class);
    notify.notifyOne();
    assertThat(isReady(second)).isTrue();
  }

  @Test
  void notifyLastReachesWhoCameLast() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    notify.notifyLast();
    assertThat(isReady(first)).isFalse();
    assertThat(isReady(second)).isTrue();
    notify.notifyLast();
    assertThat(isReady(first)).isTrue();
  }

  @Test
  void ifNobodyWaitsOnePermitIsLeft() throws Exception {
    notify.notifyOne();
    notify.notifyOne();
    notify.notifyLast();
    assertThat(isReady(notify.notified())).isTrue();
    assertThat(isReady(notify.notified())).isFalse();
  }

  @Test
  void notifyWaitersReachesAllAndLeavesNoPermit() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    notify.notifyWaiters();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(isReady(first)).isTrue();
    assertThat(isReady(second)).isTrue();
    assertThat(isReady(notify.notified())).isFalse();
  }

  @Test
  void notifyWaitersReachesWhatWasMadeAndNotPolled() throws Exception {
    Future<Void> made = notify.notified();
    notify.notifyWaiters();
    Future<Void> late = notify.notified();
    assertThat(isReady(late)).isFalse();
    assertThat(isReady(made)).isTrue();
  }

  @Test
  void notifyWaitersReachesWhatWasMadeWhileOthersWait() throws Exception {
    Future<Void> waiting = polled();
    Future<Void> made = notify.notified();
    notify.notifyWaiters();
    assertThat(isReady(made)).isTrue();
    assertThat(isReady(waiting)).isTrue();
  }

  @Test
  void notifyWaitersLeavesAPermitWhereItIs() throws Exception {
    notify.notifyOne();
    Future<Void> made = notify.notified();
    notify.notifyWaiters();
    assertThat(isReady(made)).isTrue();
    assertThat(isReady(notify.notified())).isTrue();
    assertThat(isReady(notify.notified())).isFalse();
  }

  @Test
  void whatIsNeverPolledTakesNoNotificationAway() throws Exception {
    Future<Void> forgotten = notify.notified();
    Future<Void> waiting = polled();
    notify.notifyOne();
    assertThat(isReady(waiting)).isTrue();
    notify.notifyOne();
    assertThat(notify).hasToString("Notify[a permit]");
    forgotten.cancel();
    assertThat(notify).hasToString("Notify[a permit]");
    assertThatThrownBy(() -> harness.poll(forgotten)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whoIsCancelledLeavesTheQueue() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    first.cancel();
    first.cancel();
    notify.notifyOne();
    assertThat(isReady(second)).isTrue();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void theLastWhoIsCancelledLeavesItEmpty() throws Exception {
    Future<Void> first = polled();
    first.cancel();
    assertThat(notify).hasToString("Notify[0 waiting]");
    notify.notifyOne();
    assertThat(isReady(notify.notified())).isTrue();
  }

  @Test
  void whoIsCancelledPassesNotifyOneOn() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    notify.notifyOne();
    first.cancel();
    assertThat(isReady(second)).isTrue();
  }

  @Test
  void whoIsCancelledPassesNotifyLastOnToTheLast() throws Exception {
    Future<Void> first = polled();
    Future<Void> second = polled();
    Future<Void> third = polled();
    notify.notifyLast();
    third.cancel();
    assertThat(isReady(first)).isFalse();
    assertThat(isReady(second)).isTrue();
  }

  @Test
  void whoIsCancelledAndAloneLeavesThePermit() throws Exception {
    Future<Void> first = polled();
    notify.notifyOne();
    first.cancel();
    assertThat(isReady(notify.notified())).isTrue();
  }

  @Test
  void whoIsCancelledPassesNotifyWaitersNotOn() throws Exception {
    Future<Void> first = polled();
    notify.notifyWaiters();
    first.cancel();
    assertThat(isReady(notify.notified())).isFalse();
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<Void> waiter = polled();
    CountingWaker before = harness.replaceWaker();
    assertThat(isReady(waiter)).isFalse();
    assertThat(isReady(waiter)).isFalse();
    notify.notifyOne();
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void aThreadMayBlock() throws Exception {
    BlockedThread<Void> blocked =
        BlockedThread.in(
            () -> {
              notify.blockingNotified();
              return null;
            });
    notify.notifyOne();
    assertThat(blocked.result()).isNull();
    notify.notifyOne();
    notify.blockingNotified();
  }

  @Test
  void anInterruptedThreadLeavesTheQueue() {
    BlockedThread<Void> blocked =
        BlockedThread.in(
            () -> {
              notify.blockingNotified();
              return null;
            });
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(notify).hasToString("Notify[0 waiting]");
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    assertThatThrownBy(
            () ->
                harness.poll(
                    cx -> {
                      notify.blockingNotified();
                      return Poll.done();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Notify.blockingNotified");
  }

  @Test
  void describesItself() throws Exception {
    Future<Void> waiter = notify.notified();
    assertThat(Description.of(waiter)).hasToString("Notify.notified waits for a notification");
    harness.poll(waiter);
    assertThat(notify).hasToString("Notify[1 waiting]");
    waiter.cancel();
    assertThat(Description.of(waiter)).hasToString("Notify.notified {state=over}");
  }
}
