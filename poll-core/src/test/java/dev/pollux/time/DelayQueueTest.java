package dev.pollux.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.Turn;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PanicWaker;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelayQueueTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);
  private final DelayQueue<String> queue = new DelayQueue<>(clock);

  /** Polls, and moves the clock to the next deadline, until nothing is to come. */
  private List<String> drain() throws Exception {
    List<String> seen = new ArrayList<>();
    while (true) {
      Next<String> next = harness.pollNext(queue);
      if (next.isItem()) {
        seen.add(next.value() + "@" + clock.nanoTime() / 1_000_000);
      } else if (clock.advanceToNext()) {
        assertThat(harness.woken()).isTrue();
      } else {
        return seen;
      }
    }
  }

  private boolean pollIsPending() throws Exception {
    return harness.pollNext(queue).isPending();
  }

  @Test
  void elementsComeInTheOrderOfTheirDeadlines() throws Exception {
    queue.insert("c", Duration.ofMillis(30));
    queue.insert("a", Duration.ofMillis(10));
    queue.insert("d", Duration.ofMillis(40));
    queue.insert("b", Duration.ofMillis(20));
    assertThat(queue.peek()).contains("a");
    assertThat(queue.size()).isEqualTo(4);
    assertThat(drain()).containsExactly("a@10", "b@20", "c@30", "d@40");
    assertThat(queue.size()).isZero();
    assertThat(queue.peek()).isEmpty();
  }

  @Test
  void elementsOfOneDeadlineComeInTheOrderOfTheirInsertion() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      queue.insertAt("e" + i, 5_000_000);
      expected.add("e" + i + "@5");
    }
    assertThat(drain()).isEqualTo(expected);
  }

  @Test
  void noElementIsEarly() throws Exception {
    queue.insert("a", SECOND);
    clock.advance(SECOND.minusNanos(1));
    assertThat(pollIsPending()).isTrue();
    assertThat(harness.woken()).isFalse();
    clock.advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(queue).value()).isEqualTo("a");
  }

  @Test
  void aDelayCountsFromTheInsert() throws Exception {
    queue.insert("a", SECOND);
    clock.advance(SECOND);
    assertThat(harness.pollNext(queue).value()).isEqualTo("a");
  }

  @Test
  void whatIsDueIsGivenWithoutATimer() throws Exception {
    queue.insert("a", Duration.ZERO);
    queue.insert("b", Duration.ofSeconds(-1));
    queue.insertAt("c", -7);
    assertThat(drain()).containsExactly("c@0", "a@0", "b@0");
    assertThat(clock.armed()).isZero();
  }

  @Test
  void anEmptyQueueWaitsAndIsWokenByAnInsert() throws Exception {
    assertThat(pollIsPending()).isTrue();
    assertThat(clock.armed()).isZero();
    assertThat(harness.woken()).isFalse();
    queue.insert("a", SECOND);
    assertThat(harness.woken()).isTrue();
    assertThat(drain()).containsExactly("a@1000");
  }

  @Test
  void anEarlierElementWakesAndALaterOneDoesNot() throws Exception {
    queue.insert("b", Duration.ofSeconds(2));
    assertThat(pollIsPending()).isTrue();
    queue.insert("c", Duration.ofSeconds(3));
    assertThat(harness.woken()).isFalse();
    queue.insert("a", SECOND);
    assertThat(harness.woken()).isTrue();
    assertThat(clock.armed()).isEqualTo(1);
    assertThat(drain()).containsExactly("a@1000", "b@2000", "c@3000");
  }

  @Test
  void aResetToAnEarlierTimeWakes() throws Exception {
    queue.insert("a", Duration.ofSeconds(2));
    DelayQueue.Key<String> key = queue.insert("b", Duration.ofSeconds(3));
    assertThat(pollIsPending()).isTrue();
    assertThat(queue.reset(key, SECOND)).isTrue();
    assertThat(key.deadlineNanos()).isEqualTo(SECOND.toNanos());
    assertThat(harness.woken()).isTrue();
    assertThat(drain()).containsExactly("b@1000", "a@2000");
  }

  @Test
  void aResetPutsAnElementBehindItsEquals() throws Exception {
    DelayQueue.Key<String> key = queue.insert("a", SECOND);
    queue.insert("b", SECOND);
    assertThat(queue.reset(key, SECOND)).isTrue();
    assertThat(drain()).containsExactly("b@1000", "a@1000");
    assertThat(queue.reset(key, SECOND)).isFalse();
    assertThat(queue.resetAt(key, 0)).isFalse();
    assertThat(queue.size()).isZero();
  }

  @Test
  void aRemovedElementDoesNotCome() throws Exception {
    DelayQueue.Key<String> first = queue.insert("a", SECOND);
    queue.insert("b", Duration.ofSeconds(2));
    assertThat(pollIsPending()).isTrue();
    assertThat(queue.remove(first)).contains("a");
    assertThat(queue.remove(first)).isEmpty();
    assertThat(first.isQueued()).isFalse();
    assertThat(queue.peek()).contains("b");
    assertThat(drain()).containsExactly("b@2000");
  }

  @Test
  void anEmptiedQueueKeepsNoSleep() throws Exception {
    DelayQueue.Key<String> key = queue.insert("a", SECOND);
    assertThat(pollIsPending()).isTrue();
    assertThat(queue.remove(key)).contains("a");
    assertThat(pollIsPending()).isTrue();
    assertThat(clock.armed()).isZero();
    queue.insert("b", SECOND);
    assertThat(drain()).containsExactly("b@1000");
  }

  @Test
  void aKeyOfAnotherQueueIsRefused() {
    DelayQueue.Key<String> other = new DelayQueue<String>(clock).insert("a", SECOND);
    assertThatThrownBy(() -> queue.remove(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Key[due at 1000000000 ns]");
    assertThatThrownBy(() -> queue.reset(other, SECOND))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(other.isQueued()).isTrue();
  }

  @Test
  void whatNeverComesArmsNoTimer() throws Exception {
    queue.insert("never", Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(pollIsPending()).isTrue();
    assertThat(clock.armed()).isZero();
    queue.insert("a", SECOND);
    assertThat(harness.woken()).isTrue();
    assertThat(drain()).containsExactly("a@1000");
    assertThat(queue.peek()).contains("never");
  }

  @Test
  void aBurstGivesWayToOthers() throws Exception {
    for (int i = 0; i < 1000; i++) {
      queue.insert("e" + i, Duration.ZERO);
    }
    List<String> seen = new ArrayList<>();
    assertThat(harness.pollEach(queue, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).hasSize(128);
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void cancelDiscardsWhatHasNotComeOut() throws Exception {
    DelayQueue.Key<String> out = queue.insert("out", Duration.ZERO);
    assertThat(harness.pollNext(queue).value()).isEqualTo("out");
    DelayQueue.Key<String> held = queue.insert("a", SECOND);
    queue.insert("b", SECOND);
    assertThat(pollIsPending()).isTrue();
    assertThat(clock.armed()).isEqualTo(1);
    queue.cancel();
    queue.cancel();
    assertThat(harness.discarded()).containsExactlyInAnyOrder("a", "b");
    assertThat(clock.armed()).isZero();
    assertThat(queue.size()).isZero();
    assertThat(queue.remove(held)).isEmpty();
    assertThat(queue.reset(out, SECOND)).isFalse();
    assertThatThrownBy(() -> queue.insert("c", SECOND)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> harness.pollNext(queue)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void clearDiscardsAndTheQueueGoesOn() throws Exception {
    DelayQueue.Key<String> key = queue.insert("a", SECOND);
    assertThat(pollIsPending()).isTrue();
    queue.clear();
    assertThat(harness.discarded()).containsExactly("a");
    assertThat(clock.armed()).isZero();
    assertThat(queue.remove(key)).isEmpty();
    assertThat(harness.woken()).isFalse();
    queue.insert("b", SECOND);
    assertThat(harness.woken()).isTrue();
    assertThat(drain()).containsExactly("b@1000");
  }

  /** Closing an element may lead back to the queue. */
  @Test
  void whatIsDiscardedMayUseTheQueue() {
    List<String> done = new ArrayList<>();
    DelayQueue<AutoCloseable> closeables = new DelayQueue<>(clock);
    List<DelayQueue.Key<AutoCloseable>> keys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      keys.add(
          closeables.insert(
              () -> {
                done.add("closed");
                keys.forEach(key -> done.add("removed " + closeables.remove(key).isPresent()));
                closeables.insert(() -> done.add("last"), SECOND);
              },
              SECOND));
    }
    closeables.clear();
    assertThat(done).hasSize(12).doesNotContain("removed true", "last");
    assertThat(closeables.size()).isEqualTo(3);
    closeables.cancel();
    assertThat(done).hasSize(15).contains("last");
  }

  @Test
  void aTimerOfAnotherClockIsWaitedOnUntilItIsTime() throws Exception {
    ManualClock other = new ManualClock();
    other.advance(Duration.ofSeconds(5));
    DelayQueue<String> foreign = new DelayQueue<>(other);
    foreign.insert("a", SECOND);
    assertThat(harness.pollNext(foreign).isPending()).isTrue();
    clock.advance(SECOND); // ours is ahead
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(foreign).isPending()).isTrue();
    other.advance(SECOND);
    clock.advance(SECOND);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(foreign).value()).isEqualTo("a");
  }

  @Test
  void aWakerThatThrowsIsReported() throws Exception {
    Poller poller = new Poller(harness.services(), 1, false);
    assertThat(poller.pollNext(queue, new PanicWaker()).isPending()).isTrue();
    queue.insert("a", SECOND);
    assertThat(harness.uncaught()).hasSize(1);
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void anElementThatIsOutIsNotHeld() throws Exception {
    DelayQueue<Object> objects = new DelayQueue<>(clock);
    List<WeakReference<Object>> gone = new ArrayList<>();
    List<DelayQueue.Key<Object>> keys = insertAndTake(objects, gone);
    for (int i = 0; i < 100 && gone.stream().anyMatch(r -> r.get() != null); i++) {
      System.gc();
    }
    assertThat(gone).hasSize(3).allMatch(reference -> reference.get() == null);
    assertThat(keys).noneMatch(DelayQueue.Key::isQueued);
    assertThat(objects.size()).isZero();
  }

  private List<DelayQueue.Key<Object>> insertAndTake(
      DelayQueue<Object> objects, List<WeakReference<Object>> gone) throws Exception {
    List<DelayQueue.Key<Object>> keys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Object object = new Object();
      gone.add(new WeakReference<>(object));
      keys.add(objects.insert(object, i == 0 ? Duration.ZERO : SECOND));
    }
    assertThat(harness.pollNext(objects).isItem()).isTrue();
    assertThat(objects.remove(keys.get(1))).isPresent();
    objects.clear();
    harness.forget();
    return keys;
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> new DelayQueue<>(null)).hasMessage("timer");
    assertThatThrownBy(() -> queue.insert(null, SECOND)).hasMessage("value");
    assertThatThrownBy(() -> queue.insert("a", null)).hasMessage("delay");
    assertThatThrownBy(() -> queue.remove(null)).hasMessage("key");
    assertThat(queue.size()).isZero();
  }

  @Test
  void describesItself() throws Exception {
    AsyncIterator<String> iterator = queue;
    assertThat(Description.ofIterator(iterator))
        .hasToString("DelayQueue {size=0} waits for an element");
    DelayQueue.Key<String> key = queue.insert("a", SECOND);
    assertThat(pollIsPending()).isTrue();
    assertThat(Description.ofIterator(iterator).toString())
        .contains("DelayQueue {size=1}")
        .contains("sleep: sleep waits for a deadline in PT1S");
    assertThat(queue).hasToString("DelayQueue[1 waiting]");
    assertThat(key).hasToString("Key[due at 1000000000 ns]");
    queue.cancel();
    assertThat(Description.ofIterator(iterator)).hasToString("DelayQueue {size=0}");
    assertThat(key).hasToString("Key[not queued]");
  }
}
