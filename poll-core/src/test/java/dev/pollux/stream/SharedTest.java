package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Poller;
import dev.pollux.sync.LaggedException;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several readers of one upstream, polled by hand, each by a harness of its own. */
class SharedTest {

  private final PollHarness first = PollHarness.create();
  private final PollHarness second = PollHarness.create();
  private final PollHarness third = PollHarness.create();

  private final Pushed source = new Pushed();

  private Sharing<Integer> sharing() {
    return source.iterator().shared();
  }

  private static <T> T next(PollHarness harness, AsyncIterator<T> reader) throws Exception {
    Next<T> next = harness.pollNext(reader);
    return next.isItem() ? next.value() : null;
  }

  private static Shared<Integer> shared(SharedElements.Policy policy, Sharing<Integer> sharing) {
    return switch (policy) {
      case SLOWEST -> sharing.slowest(2);
      case DROPPING -> sharing.dropping(2);
      case LAGGING -> sharing.lagging(2);
      case REPLAYING -> sharing.replaying(2);
      case CACHED -> sharing.cached(9);
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyReaderGetsEveryElementInOrderAndTheEnd(SharedElements.Policy policy) throws Exception {
    Shared<Integer> shared = shared(policy, sharing());
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    source.push(1, 2);
    assertThat(next(first, a)).isEqualTo(1);
    assertThat(next(second, b)).isEqualTo(1);
    assertThat(next(second, b)).isEqualTo(2);
    assertThat(next(first, a)).isEqualTo(2);
    assertThat(first.pollNext(a).isPending()).isTrue();
    assertThat(second.pollNext(b).isPending()).isTrue();
    source.end();
    assertThat(first.woken() || second.woken()).isTrue();
    assertThat(first.pollNext(a).isEnd()).isTrue();
    assertThat(second.woken()).isTrue();
    assertThat(b.knownEnded()).isTrue();
    assertThat(second.pollNext(b).isEnd()).isTrue();
    shared.close();
    assertThat(source.cancelled).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theSameFailureComesOutOfEveryReaderAfterWhatItHolds(SharedElements.Policy policy)
      throws Exception {
    Shared<Integer> shared = shared(policy, sharing());
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    IOException failure = new IOException("torn");
    source.push(1, failure);
    assertThat(next(first, a)).isEqualTo(1);
    assertThatThrownBy(() -> first.pollNext(a)).isSameAs(failure);
    assertThat(b.knownEnded()).isFalse();
    assertThat(next(second, b)).isEqualTo(1);
    assertThatThrownBy(() -> second.pollNext(b)).isSameAs(failure);
    AsyncIterator<Integer> late = shared.subscribe();
    if (policy == SharedElements.Policy.REPLAYING || policy == SharedElements.Policy.CACHED) {
      assertThat(next(third, late)).isEqualTo(1);
    }
    assertThatThrownBy(() -> third.pollNext(late)).isSameAs(failure);
    shared.close();
  }

  @ParameterizedTest
  @EnumSource
  void theUpstreamIsCancelledWithTheLastReaderAndTheHandle(SharedElements.Policy policy)
      throws Exception {
    Shared<Integer> shared = shared(policy, sharing());
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    assertThat(first.pollNext(a).isPending()).isTrue();
    a.cancel();
    b.cancel();
    assertThat(source.cancelled).isFalse();
    AsyncIterator<Integer> c = shared.subscribe();
    shared.close();
    shared.close();
    assertThat(source.cancelled).isFalse();
    assertThatThrownBy(shared::subscribe)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    c.cancel();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aHandleThatIsClosedWithoutReadersCancelsTheUpstream() {
    sharing().slowest(1).close();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aViewIsUsedOnce() {
    Sharing<Integer> sharing = sharing();
    sharing.slowest(1).close();
    assertThatThrownBy(() -> sharing.dropping(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sharing().slowest(0)).hasMessage("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> sharing().cached(0)).hasMessage("limit must be at least 1, was 0");
  }

  // ---- who drives

  @ParameterizedTest
  @EnumSource
  void aWakeReachesEveryReaderThatWaits(SharedElements.Policy policy) throws Exception {
    Shared<Integer> shared = shared(policy, sharing());
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    assertThat(first.pollNext(a).isPending()).isTrue();
    assertThat(second.pollNext(b).isPending()).isTrue();
    source.push(7);
    assertThat(first.woken()).isTrue();
    assertThat(second.woken()).isTrue();
    assertThat(next(second, b)).isEqualTo(7); // though it is not the one that polled before
    shared.close();
  }

  @Test
  void aDriverThatIsCancelledBeforeTheWakeTakesNothingWithIt() throws Exception {
    Shared<Integer> shared = sharing().slowest(1);
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    assertThat(first.pollNext(a).isPending()).isTrue();
    assertThat(second.pollNext(b).isPending()).isTrue();
    a.cancel();
    source.push(7);
    assertThat(second.woken()).isTrue();
    assertThat(next(second, b)).isEqualTo(7);
    shared.close();
  }

  @Test
  void aDriverThatIsCancelledAfterTheWakeTakesNothingWithIt() throws Exception {
    Shared<Integer> shared = sharing().slowest(1);
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    assertThat(first.pollNext(a).isPending()).isTrue();
    assertThat(second.pollNext(b).isPending()).isTrue();
    source.push(7);
    a.cancel();
    assertThat(second.woken()).isTrue();
    assertThat(next(second, b)).isEqualTo(7);
    shared.close();
  }

  @Test
  void whoWaitedWhileAnotherDroveIsWokenWhenThatStops() throws Exception {
    List<AsyncIterator<Integer>> readers = new ArrayList<>();
    AtomicInteger polls = new AtomicInteger();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(
            cx -> {
              if (polls.getAndIncrement() == 0) {
                // Somebody else comes while this is polled, and then the event it waits for.
                assertThat(second.pollNext(readers.get(1)).isPending()).isTrue();
                assertThat(second.woken()).isFalse();
                cx.waker().wake();
                assertThat(second.woken()).isFalse();
                assertThat(second.pollNext(readers.get(1)).isPending()).isTrue();
                assertThat(polls).hasValue(1); // one at a time
                return Next.pending();
              }
              return Next.item(7);
            });
    try (Shared<Integer> shared = upstream.shared().slowest(1)) {
      readers.add(shared.subscribe());
      readers.add(shared.subscribe());
    }
    assertThat(first.pollNext(readers.get(0)).isPending()).isTrue();
    assertThat(first.woken()).isTrue();
    assertThat(second.woken()).isTrue();
    readers.get(0).cancel();
    assertThat(next(second, readers.get(1))).isEqualTo(7);
    readers.get(1).cancel();
  }

  @Test
  void whoWaitedWhileAnotherDroveHearsOfTheEnd() throws Exception {
    List<AsyncIterator<Integer>> readers = new ArrayList<>();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(
            cx -> {
              assertThat(second.pollNext(readers.get(1)).isPending()).isTrue();
              return Next.end();
            });
    try (Shared<Integer> shared = upstream.shared().slowest(1)) {
      readers.add(shared.subscribe());
      readers.add(shared.subscribe());
    }
    assertThat(first.pollNext(readers.get(0)).isEnd()).isTrue();
    assertThat(second.woken()).isTrue();
    assertThat(second.pollNext(readers.get(1)).isEnd()).isTrue();
  }

  @Test
  void anUpstreamThatWasNotWokenIsNotPolledAgain() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(
            cx -> {
              polls.incrementAndGet();
              return Next.pending();
            });
    try (Shared<Integer> shared = upstream.shared().slowest(1)) {
      AsyncIterator<Integer> a = shared.subscribe();
      AsyncIterator<Integer> b = shared.subscribe();
      for (int i = 0; i < 5; i++) {
        assertThat(first.pollNext(a).isPending()).isTrue();
        assertThat(second.pollNext(b).isPending()).isTrue();
      }
      assertThat(polls).hasValue(1);
    }
  }

  @Test
  void aDriverWhosePollHasBlockedInPlaceHandsOnAllTheSame() throws Exception {
    Poller poller = new Poller(first.services(), 1, false);
    AtomicInteger polls = new AtomicInteger();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(
            cx -> {
              if (polls.getAndIncrement() == 0) {
                poller.endOfPollNow(); // as an executor does before it lets a poll block
                cx.waker().wake();
                return Next.pending();
              }
              return Next.item(7);
            });
    try (Shared<Integer> shared = upstream.shared().slowest(1)) {
      AsyncIterator<Integer> a = shared.subscribe();
      assertThat(poller.pollNext(a, first.waker()).isPending()).isTrue();
      assertThat(first.woken()).isTrue();
      assertThat(next(first, a)).isEqualTo(7);
      a.cancel();
    }
  }

  // ---- policies

  @Test
  void theSlowestStopsTheOthersUntilItReadsOrLeaves() throws Exception {
    Shared<Integer> shared = sharing().slowest(2);
    AsyncIterator<Integer> fast = shared.subscribe();
    AsyncIterator<Integer> slow = shared.subscribe();
    source.push(1, 2, 3, 4, 5, 6);
    assertThat(next(first, fast)).isEqualTo(1);
    assertThat(next(first, fast)).isEqualTo(2);
    assertThat(first.pollNext(fast).isPending()).isTrue();
    assertThat(first.woken()).isFalse();
    assertThat(source.given).isEqualTo(2);
    assertThat(Description.ofIterator(fast).toString())
        .contains("another reader")
        .contains("0 of 2");
    assertThat(next(second, slow)).isEqualTo(1);
    assertThat(first.woken()).isTrue();
    assertThat(next(first, fast)).isEqualTo(3);
    assertThat(first.pollNext(fast).isPending()).isTrue();
    slow.cancel();
    assertThat(first.woken()).isTrue();
    assertThat(next(first, fast)).isEqualTo(4);
    assertThat(first.discarded()).isEmpty(); // another has got them
    shared.close();
    fast.cancel();
  }

  @Test
  void whatNobodyHasGotIsDiscarded() throws Exception {
    Shared<Integer> shared = sharing().slowest(4);
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    source.push(1, 2);
    assertThat(next(first, a)).isEqualTo(1);
    a.cancel();
    assertThat(next(first, b)).isEqualTo(1);
    shared.close();
    b.cancel();
    assertThat(first.discarded()).isEmpty();
    assertThat(source.given).isEqualTo(1); // nothing is pulled ahead
  }

  @Test
  void aReaderThatIsFullMissesWhatComes() throws Exception {
    Shared<Integer> shared = sharing().dropping(2);
    AsyncIterator<Integer> fast = shared.subscribe();
    AsyncIterator<Integer> slow = shared.subscribe();
    source.push(1, 2, 3, 4);
    for (int i = 1; i <= 3; i++) {
      assertThat(next(first, fast)).isEqualTo(i);
    }
    assertThat(Description.ofIterator(slow).attributes()).containsEntry("missed", "1");
    assertThat(next(second, slow)).isEqualTo(1);
    assertThat(next(first, fast)).isEqualTo(4);
    assertThat(next(second, slow)).isEqualTo(2);
    assertThat(next(second, slow)).isEqualTo(4);
    source.end();
    assertThat(second.pollNext(slow).isEnd()).isTrue();
    assertThat(first.pollNext(fast).isEnd()).isTrue();
    shared.close();
  }

  @Test
  void aReaderThatLagsIsToldHowMuch() throws Exception {
    Shared<Integer> shared = sharing().lagging(2);
    AsyncIterator<Integer> fast = shared.subscribe();
    AsyncIterator<Integer> slow = shared.subscribe();
    source.push(1, 2, 3, 4, 5);
    for (int i = 1; i <= 5; i++) {
      assertThat(next(first, fast)).isEqualTo(i);
    }
    assertThat(slow.knownEnded()).isFalse();
    assertThatThrownBy(() -> second.pollNext(slow))
        .isInstanceOfSatisfying(
            LaggedException.class, lagged -> assertThat(lagged.missed()).isEqualTo(3))
        .hasMessage("missed 3 values of a shared stream");
    assertThatThrownBy(() -> second.pollNext(slow)).isInstanceOf(IllegalStateException.class);
    source.push(6);
    assertThat(next(first, fast)).isEqualTo(6);
    fast.cancel();
    shared.close();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aLateReaderGetsTheLastFew() throws Exception {
    Shared<Integer> shared = sharing().replaying(2);
    AsyncIterator<Integer> early = shared.subscribe();
    source.push(1, 2, 3, 4);
    for (int i = 1; i <= 3; i++) {
      assertThat(next(first, early)).isEqualTo(i);
    }
    AsyncIterator<Integer> late = shared.subscribe();
    assertThat(first.pollNext(early).isPending()).isTrue(); // the late one is full
    assertThat(next(second, late)).isEqualTo(2);
    assertThat(first.woken()).isTrue();
    assertThat(next(second, late)).isEqualTo(3);
    assertThat(next(second, late)).isEqualTo(4);
    source.end();
    assertThat(second.pollNext(late).isEnd()).isTrue();
    AsyncIterator<Integer> tooLate = shared.subscribe();
    shared.close();
    assertThat(third.runToEnd(tooLate, 9)).containsExactly(3, 4);
    assertThat(first.runToEnd(early, 9)).containsExactly(4);
  }

  @Test
  void aReaderThatComesWhileTheUpstreamIsPolledHoldsNoMoreThanTheLimitAndHindersNobodyLater()
      throws Exception {
    List<Shared<Integer>> handle = new ArrayList<>();
    List<AsyncIterator<Integer>> late = new ArrayList<>();
    AtomicInteger given = new AtomicInteger();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(
            cx -> {
              if (given.get() == 2) { // two came before it
                late.add(handle.get(0).subscribe());
                late.add(handle.get(0).subscribe());
              }
              return Next.item(given.incrementAndGet());
            });
    Shared<Integer> shared = upstream.shared().replaying(2);
    handle.add(shared);
    AsyncIterator<Integer> early = shared.subscribe();
    for (int i = 1; i <= 3; i++) {
      assertThat(next(first, early)).isEqualTo(i);
    }
    assertThat(Description.ofIterator(late.get(0)).attributes()).containsEntry("held", "2 of 2");
    assertThat(first.pollNext(early).isPending()).isTrue();
    late.get(0).cancel();
    assertThat(next(second, late.get(1))).isEqualTo(2);
    assertThat(first.woken()).isTrue();
    assertThat(next(first, early)).isEqualTo(4);
    assertThat(next(second, late.get(1))).isEqualTo(3);
    assertThat(next(second, late.get(1))).isEqualTo(4);
    shared.close();
    early.cancel();
    late.get(1).cancel();
  }

  @Test
  void aCacheGivesAllToEverybodyOrFails() throws Exception {
    Shared<Integer> shared = sharing().cached(3);
    AsyncIterator<Integer> a = shared.subscribe();
    source.push(1, 2, 3, 4);
    assertThat(next(first, a)).isEqualTo(1);
    assertThat(next(first, a)).isEqualTo(2);
    AsyncIterator<Integer> b = shared.subscribe();
    shared.close();
    assertThat(next(second, b)).isEqualTo(1);
    assertThat(next(second, b)).isEqualTo(2);
    assertThat(next(second, b)).isEqualTo(3);
    assertThatThrownBy(() -> second.pollNext(b))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cached keeps 3 elements at most, and one more came");
    assertThat(source.cancelled).isTrue();
    assertThat(first.discarded()).containsExactly(4);
    assertThat(next(first, a)).isEqualTo(3);
    assertThatThrownBy(() -> first.pollNext(a)).hasMessageContaining("one more came");
  }

  @Test
  void whatIsKeptForLateReadersIsLetGoOfWhenNobodyIsLate() throws Exception {
    Shared<Integer> shared = sharing().replaying(2);
    AsyncIterator<Integer> a = shared.subscribe();
    AsyncIterator<Integer> b = shared.subscribe();
    source.push(1, 2, 3);
    assertThat(next(first, a)).isEqualTo(1);
    a.cancel();
    b.cancel();
    shared.close();
    assertThat(source.cancelled).isTrue();
    assertThat(first.discarded()).isEmpty(); // 1 was given
  }

  // ---- numbers

  @Test
  void noMoreIsHeldThanWasSaid() throws Exception {
    for (int capacity = 1; capacity <= 3; capacity++) {
      Pushed counted = new Pushed();
      Shared<Integer> shared = counted.iterator().shared().slowest(capacity);
      AsyncIterator<Integer> fast = shared.subscribe();
      AsyncIterator<Integer> slow = shared.subscribe();
      for (int i = 0; i < 20; i++) {
        counted.push(i);
      }
      int slowGot = 0;
      for (int i = 0; i < 60 && slowGot < 20; i++) {
        first.pollNext(fast);
        assertThat(counted.given - slowGot).isLessThanOrEqualTo(capacity);
        if (i % 3 == 2 && second.pollNext(slow).isItem()) {
          slowGot++;
        }
        assertThat(counted.given - slowGot).isLessThanOrEqualTo(capacity);
      }
      assertThat(slowGot).isGreaterThan(10);
      shared.close();
      fast.cancel();
      slow.cancel();
    }
  }

  @Test
  void aPipelineOfTenThousandIsCancelledInALoop() {
    AsyncIterator<Integer> iterator = source.iterator();
    for (int i = 0; i < 10_000; i++) {
      try (Shared<Integer> shared = iterator.shared().slowest(1)) {
        iterator = i % 2 == 0 ? shared.subscribe() : shared.subscribe().map(x -> x);
      }
    }
    iterator.cancel();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aPipelineTooDeepToPollFailsAndIsReleased() {
    AsyncIterator<Integer> iterator = source.iterator();
    for (int i = 0; i < 50_000; i++) {
      try (Shared<Integer> shared = iterator.shared().slowest(1)) {
        iterator = shared.subscribe();
      }
    }
    AsyncIterator<Integer> deep = iterator;
    assertThatThrownBy(() -> first.pollNext(deep)).isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(() -> first.pollNext(deep)).isInstanceOf(IllegalStateException.class);
    assertThat(source.cancelled).isTrue();
  }
}
