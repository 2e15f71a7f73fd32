package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
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

  // ---- enabled before the first poll

  @Test
  void whoIsEnabledWaits() throws Exception {
    Notified first = notify.notified();
    assertThat(first.enable()).isFalse();
    assertThat(first.enable()).isFalse();
    Future<Void> second = polled();
    notify.notifyOne();
    assertThat(harness.woken()).isFalse();
    assertThat(first.enable()).isTrue();
    assertThat(isReady(second)).isFalse();
    assertThat(isReady(first)).isTrue();
    assertThatThrownBy(first::enable).isInstanceOf(PollAfterEndException.class);
    second.cancel();
  }

  @Test
  void whoIsEnabledAndPolledIsWoken() throws Exception {
    Notified waiter = notify.notified();
    assertThat(waiter.enable()).isFalse();
    assertThat(isReady(waiter)).isFalse();
    assertThat(notify).hasToString("Notify[1 waiting]");
    notify.notifyLast();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(isReady(waiter)).isTrue();
  }

  @Test
  void anEnableTakesThePermitAndACancelGivesItBack() throws Exception {
    notify.notifyOne();
    Notified first = notify.notified();
    Notified second = notify.notified();
    assertThat(first.enable()).isTrue();
    assertThat(second.enable()).isFalse();
    first.cancel();
    assertThat(second.enable()).isTrue();
    second.cancel();
    assertThat(notify).hasToString("Notify[a permit]");
    Notified third = notify.notified();
    assertThat(third.enable()).isTrue();
    notify.notifyWaiters();
    assertThat(isReady(third)).isTrue();
    assertThat(notify).hasToString("Notify[0 waiting]");
  }

  @Test
  void whoIsEnabledAfterNotifyWaitersLeavesThePermit() throws Exception {
    Notified made = notify.notified();
    notify.notifyOne();
    notify.notifyWaiters();
    assertThat(made.enable()).isTrue();
    assertThat(notify).hasToString("Notify[a permit]");
    made.cancel();
    assertThat(notify).hasToString("Notify[a permit]");
    Notified waits = notify.notified();
    assertThat(isReady(waits)).isTrue();
  }

  @Test
  void whoIsEnabledHearsOfNotifyWaiters() throws Exception {
    Notified waiter = notify.notified();
    assertThat(waiter.enable()).isFalse();
    notify.notifyWaiters();
    assertThat(waiter.enable()).isTrue();
    assertThat(isReady(waiter)).isTrue();
  }

  @Test
  void whoIsEnabledAndCancelledPassesItOn() throws Exception {
    Notified first = notify.notified();
    assertThat(first.enable()).isFalse();
    Future<Void> second = polled();
    notify.notifyOne();
    first.cancel();
    assertThat(isReady(second)).isTrue();
    Notified third = notify.notified();
    assertThat(third.enable()).isFalse();
    third.cancel();
    assertThat(notify).hasToString("Notify[0 waiting]");
    assertThatThrownBy(third::enable).isInstanceOf(PollAfterEndException.class);
  }

  /** Takes one job: what the documentation of the class shows, and {@code looked} in between. */
  static Future<Integer> next(Queue<Integer> jobs, Notify changed, Runnable looked) {
    return Futures.defer(
        () -> {
          Notified notified = changed.notified();
          notified.enable();
          Integer job = jobs.poll();
          looked.run();
          if (job == null) {
            return notified.flatMap(done -> next(jobs, changed, looked));
          }
          notified.cancel();
          return Futures.ready(job);
        });
  }

  @Test
  void twoConsumersWhoFoundNothingGetTwoJobs() throws Exception {
    Queue<Integer> jobs = new ArrayDeque<>();
    List<Integer> done = new ArrayList<>();
    AtomicBoolean added = new AtomicBoolean();
    Future<Integer> second =
        next(
            jobs,
            notify,
            () -> {
              if (!added.getAndSet(true)) { // both have looked, and neither has polled
                for (int job = 1; job <= 2; job++) {
                  jobs.add(job);
                  notify.notifyOne();
                }
              }
            });
    PollHarness another = PollHarness.create();
    Future<Integer> first =
        next(
            jobs,
            notify,
            () -> {
              if (!added.get()) {
                done.add(answer(another, second));
              }
            });
    done.add(answer(harness, first));
    assertThat(done).containsExactlyInAnyOrder(1, 2);
  }

  private static void goOn() {}

  private static Integer answer(PollHarness harness, Future<Integer> next) {
    try {
      return harness.poll(next).value();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void onePermitIsEnoughForTwoJobsAndTwoConsumers() throws Exception {
    Queue<Integer> jobs = new ArrayDeque<>();
    for (int job = 1; job <= 2; job++) {
      jobs.add(job);
      notify.notifyOne();
    }
    assertThat(harness.poll(next(jobs, notify, NotifyTest::goOn)).value()).isEqualTo(1);
    assertThat(harness.poll(next(jobs, notify, NotifyTest::goOn)).value()).isEqualTo(2);
    Future<Integer> third = next(jobs, notify, NotifyTest::goOn);
    assertThat(harness.poll(third).isPending()).isTrue();
    jobs.add(3);
    notify.notifyOne();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(third).value()).isEqualTo(3);
  }

  // ---- cancel

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
