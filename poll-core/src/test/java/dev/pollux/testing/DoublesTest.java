package dev.pollux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Turn;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DoublesTest {

  @Test
  void aCountingWakerCountsFromAnyThread() throws Exception {
    CountingWaker waker = new CountingWaker();
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      new Thread(
              () -> {
                for (int wakes = 0; wakes < 100; wakes++) {
                  waker.wake();
                }
                done.countDown();
              })
          .start();
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(waker.count()).isEqualTo(400);
    assertThat(waker.reset()).isEqualTo(400);
    assertThat(waker.count()).isZero();
  }

  @Test
  void aPanicWakerFailsTheCallThatWakesIt() {
    assertThatThrownBy(new PanicWaker()::wake).isInstanceOf(AssertionError.class);
  }

  @Test
  void pendingOnceWakesTheWakerThatItIsPolledWith() throws Exception {
    CountingWaker waker = new CountingWaker();
    Future<Integer> future = new PendingOnce<>(Futures.ready(7));
    Poller poller = new Poller(new Services() {}, 0, true);
    assertThat(poller.poll(future, waker).isPending()).isTrue();
    assertThat(waker.count()).isEqualTo(1);
    assertThat(poller.poll(future, new PanicWaker()).value()).isEqualTo(7);
  }

  @Test
  void pendingOnceIsThenTheFutureThatItWraps() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<Integer> future = new PendingOnce<>(new PendingOnce<>(Futures.ready(7)));
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(harness.poll(future).value()).isEqualTo(7);
  }

  @Test
  void anInterleavedFutureIsPendingBeforeEveryPoll() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<Integer> future = InterleavePending.future(new PendingOnce<>(Futures.ready(7)));
    for (int polls = 1; polls <= 3; polls++) {
      assertThat(harness.poll(future).isPending()).isTrue();
      assertThat(harness.wakes()).isEqualTo(polls);
    }
    assertThat(harness.poll(future).value()).isEqualTo(7);
  }

  @Test
  void anInterleavedIteratorIsPendingBeforeEveryAnswer() throws Exception {
    PollHarness harness = PollHarness.create();
    var iterator = InterleavePending.iterator(AsyncIterators.of(1, 2));
    List<String> answers = new ArrayList<>();
    Next<Integer> next;
    do {
      next = harness.pollNext(iterator);
      answers.add(next.toString());
    } while (!next.isEnd());
    assertThat(answers)
        .containsExactly("Pending", "Item[value=1]", "Pending", "Item[value=2]", "Pending", "End");
  }

  @Test
  void anInterleavedIteratorGivesOneElementATurn() throws Exception {
    PollHarness harness = PollHarness.create();
    var iterator = InterleavePending.iterator(AsyncIterators.of(1, 2));
    List<Integer> elements = new ArrayList<>();
    assertThat(harness.pollEach(iterator, elements::add)).isEqualTo(Turn.PENDING);
    assertThat(elements).isEmpty();
    assertThat(harness.pollEach(iterator, elements::add)).isEqualTo(Turn.PENDING);
    assertThat(elements).containsExactly(1);
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void doublesAreDescribed() {
    assertThat(Description.of(new PendingOnce<>(InterleavePending.future(Futures.ready(1)))))
        .hasToString(
            """
            pending once {pending=true}
              body: interleave pending
                body: ready\
            """);
  }

  @Test
  void aPendingOnceThatIsCancelledCancelsWhatItWraps() throws Exception {
    PollHarness harness = PollHarness.create();
    List<String> cancelled = new ArrayList<>();
    Future<Integer> future =
        new PendingOnce<>(Futures.pollFn(cx -> Poll.pending(), () -> cancelled.add("child")));
    assertThat(harness.poll(future).isPending()).isTrue();
    future.cancel();
    future.cancel();
    assertThat(cancelled).containsExactly("child");
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(IllegalStateException.class);
  }
}
