package dev.pollux.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a task of its own reads ahead, and what becomes of it. */
class SpawnedIteratorTest {

  private final PollHarness harness = PollHarness.create();

  /** Counts what is taken from it. */
  private int pulled;

  private boolean cancelled;

  private AsyncIterator<Integer> numbers() {
    return AsyncIterators.pollFn(cx -> Next.item(pulled++), () -> cancelled = true);
  }

  @Test
  void nothingRunsBeforeTheFirstPoll() {
    AsyncIterator<Integer> spawned = numbers().spawned(4);
    assertThat(harness.liveTasks()).isZero();
    spawned.cancel();
    assertThat(cancelled).isTrue();
  }

  @Test
  void readsAheadAsFarAsTheCapacityAndNoFurther() throws Exception {
    for (int capacity : new int[] {1, 2, 3, 4, 7, 64, 100}) {
      pulled = 0;
      AsyncIterator<Integer> spawned = numbers().spawned(capacity);
      assertThat(harness.pollNext(spawned).isPending()).isTrue();
      for (int given = 0; given < 3 * capacity; given++) {
        harness.runTasks();
        assertThat(pulled)
            .as("pulled at capacity %s", capacity)
            .isLessThanOrEqualTo(given + capacity);
        if (given == 0) {
          assertThat(pulled).isEqualTo(capacity);
        }
        assertThat(harness.pollNext(spawned).value()).isEqualTo(given);
      }
      spawned.cancel();
      harness.runTasks();
      assertThat(harness.liveTasks()).isZero();
    }
  }

  @Test
  void waitingReaderIsWokenByTheFirstElementOfATurn() throws Exception {
    List<Waker> upstream = new ArrayList<>();
    List<Integer> there = new ArrayList<>();
    AsyncIterator<Integer> spawned =
        AsyncIterators.<Integer>pollFn(
                cx -> {
                  if (there.isEmpty()) {
                    upstream.add(cx.waker());
                    return Next.pending();
                  }
                  return Next.item(there.remove(0));
                })
            .spawned(64);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    assertThat(harness.woken()).isFalse();
    there.add(7); // far fewer than a batch
    upstream.get(0).wake();
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(spawned).value()).isEqualTo(7);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    spawned.cancel();
    harness.runTasks();
  }

  @Test
  void whatWasTakenIsHandedOverBeforeTheTaskBlocksInPlace() throws Exception {
    List<Boolean> wokenBefore = new ArrayList<>();
    AsyncIterator<Integer> spawned =
        AsyncIterators.range(0, 3)
            .map(
                x -> {
                  // As an executor does before it lets a poll block.
                  requireNonNull(Poller.attached()).endOfPollNow();
                  wokenBefore.add(harness.woken());
                  return x;
                })
            .spawned(64);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    assertThat(wokenBefore).containsExactly(false, true, true);
    assertThat(harness.runToEnd(spawned, 9)).containsExactly(0, 1, 2);
  }

  @Test
  void failureComesUnchangedAfterTheElementsBeforeIt() throws Exception {
    IOException torn = new IOException("torn");
    AsyncIterator<Integer> spawned =
        AsyncIterators.range(0, 3).chain(AsyncIterators.failed(torn)).spawned(16);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    for (int i = 0; i < 3; i++) {
      assertThat(spawned.knownEnded()).isFalse();
      assertThat(harness.pollNext(spawned).value()).isEqualTo(i);
    }
    assertThatThrownBy(() -> harness.pollNext(spawned)).isSameAs(torn);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void anInterruptOfTheTaskStaysSet() throws Exception {
    AsyncIterator<Integer> spawned =
        AsyncIterators.<Integer>failed(new InterruptedException()).spawned(1);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(spawned)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void endIsKnownOnceTheTaskIsOverAndAllIsRead() throws Exception {
    AsyncIterator<Integer> spawned = AsyncIterators.range(0, 2).spawned(16);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    assertThat(harness.pollNext(spawned).value()).isZero();
    assertThat(spawned.knownEnded()).isFalse();
    assertThat(harness.pollNext(spawned).value()).isEqualTo(1);
    assertThat(spawned.knownEnded()).isTrue();
    assertThat(harness.pollNext(spawned).isEnd()).isTrue();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void cancelDiscardsWhatWaitsAndStopsTheTask() throws Exception {
    AsyncIterator<Integer> spawned = numbers().spawned(4);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    assertThat(harness.pollNext(spawned).value()).isZero();
    spawned.cancel();
    harness.runTasks();
    assertThat(cancelled).isTrue();
    assertThat(harness.discarded()).hasSize(pulled - 1);
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void failureThatNobodyReadsIsReported() throws Exception {
    AsyncIterator<Integer> spawned =
        AsyncIterators.<Integer>failed(new IOException("torn")).spawned(4);
    assertThat(harness.pollNext(spawned).isPending()).isTrue();
    harness.runTasks();
    spawned.cancel();
    assertThat(harness.uncaught()).hasSize(1);
    assertThat(harness.uncaught().get(0)).hasMessage("torn");
  }

  @Test
  void tenThousandThatWereNotPolledAreCancelledInALoop() {
    AsyncIterator<Integer> spawned = numbers();
    for (int i = 0; i < 10_000; i++) {
      spawned = i % 2 == 0 ? spawned.spawned(1) : spawned.spawned(1).map(x -> x);
    }
    spawned.cancel();
    assertThat(cancelled).isTrue();
  }

  @Test
  void aRingThatIsTooLargeIsRefused() {
    AsyncIterator<Integer> numbers = numbers();
    assertThatThrownBy(() -> numbers.spawned((1 << 30) + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be at most 1073741824, was 1073741825");
    numbers.cancel();
  }

  @Test
  void capacityMustBePositive() {
    AsyncIterator<Integer> numbers = numbers();
    assertThatThrownBy(() -> numbers.spawned(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity")
        .hasMessageContaining("0");
    numbers.cancel();
  }
}
