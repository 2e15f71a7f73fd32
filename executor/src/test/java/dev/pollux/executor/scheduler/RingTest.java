package dev.pollux.executor.scheduler;

import static dev.pollux.executor.scheduler.Tasks.drain;
import static dev.pollux.executor.scheduler.Tasks.fill;
import static dev.pollux.executor.scheduler.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.task.Task;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RingTest {

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -4, 0, 1, 3, 6, 255})
  void aCapacityThatIsNoPowerOfTwoOrTooSmallIsRefused(int capacity) {
    assertThatThrownBy(() -> new Ring(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be a power of two, at least 2, was " + capacity);
  }

  @Test
  void anEmptyRingHasNothingToTake() {
    Ring ring = new Ring(2);
    assertThat(ring.pop()).isNull();
    assertThat(ring.takeAll(new Task<?>[2])).isZero();
    assertThat(ring.stealInto(new Ring(2))).isNull();
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.size()).isZero();
    assertThat(ring.room()).isEqualTo(2);
    ring.forget();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 256})
  void aFullRingRefusesAndKeepsTheOrder(int capacity) {
    Ring ring = new Ring(capacity);
    assertThat(ring.capacity()).isEqualTo(capacity);
    List<Task<?>> tasks = fill(ring, capacity);
    assertThat(ring.tryPush(task())).isFalse();
    assertThat(ring.size()).isEqualTo(capacity);
    assertThat(ring.room()).isZero();
    assertThat(ring.isEmpty()).isFalse();
    assertThat(drain(ring)).isEqualTo(tasks);
    assertThat(ring.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -2, -3, Integer.MAX_VALUE, Integer.MAX_VALUE - 1})
  void theIndicesWrapAround(int start) {
    Ring ring = new Ring(4, start);
    for (int round = 0; round < 3; round++) {
      List<Task<?>> tasks = fill(ring, 4);
      assertThat(ring.tryPush(task())).isFalse();
      assertThat(ring.size()).isEqualTo(4);
      Ring thief = new Ring(4, start - 2);
      assertThat(ring.stealInto(thief)).isSameAs(tasks.get(0));
      assertThat(drain(thief)).containsExactly(tasks.get(1));
      ring.forget();
      assertThat(drain(ring)).containsExactly(tasks.get(2), tasks.get(3));
    }
  }

  @Test
  void takeAllTakesWhatIsLeftOldestFirst() {
    Ring ring = new Ring(4, -2);
    List<Task<?>> tasks = fill(ring, 4);
    assertThat(ring.pop()).isNotNull();
    Task<?>[] room = new Task<?>[4];
    assertThat(ring.takeAll(room)).isEqualTo(3);
    assertThat(room).containsExactly(tasks.get(1), tasks.get(2), tasks.get(3), null);
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.room()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aThiefTakesTheOlderHalfRoundedUp(int count) {
    Ring victim = new Ring(8);
    Ring thief = new Ring(8);
    List<Task<?>> tasks = fill(victim, count);
    int half = (count + 1) / 2;
    assertThat(victim.stealInto(thief)).isSameAs(tasks.get(0));
    assertThat(drain(thief)).isEqualTo(tasks.subList(1, half));
    assertThat(drain(victim)).isEqualTo(tasks.subList(half, count));
  }

  @Test
  void aThiefTakesNoMoreThanItHasRoomFor() {
    Ring victim = new Ring(8);
    Ring thief = new Ring(2);
    List<Task<?>> tasks = fill(victim, 8);
    List<Task<?>> own = fill(thief, 1);
    assertThat(victim.stealInto(thief)).isSameAs(tasks.get(0));
    assertThat(victim.stealInto(thief)).as("with a full ring").isSameAs(tasks.get(2));
    assertThat(drain(thief)).containsExactly(own.get(0), tasks.get(1));
    assertThat(drain(victim)).isEqualTo(tasks.subList(3, 8));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -100, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 7})
  void afterForgetNoStolenTaskIsReachable(int passed) {
    Ring victim = new Ring(4, passed);
    List<WeakReference<Task<?>>> stolen = filledAndStolen(victim);
    victim.forget(); // would take seconds if it walked over all that has passed
    assertThat(stolen).allSatisfy(RingTest::isCollected);
    assertThat(victim.isEmpty()).isTrue();
  }

  private static List<WeakReference<Task<?>>> filledAndStolen(Ring victim) {
    List<WeakReference<Task<?>>> stolen = new ArrayList<>();
    fill(victim, victim.capacity()).forEach(task -> stolen.add(new WeakReference<>(task)));
    while (victim.stealInto(new Ring(2)) != null) {
      // one or two at a time
    }
    return stolen;
  }

  @Test
  void forgetKeepsWhatIsStillThere() {
    Ring ring = new Ring(4, -2);
    List<Task<?>> first = fill(ring, 4);
    assertThat(ring.stealInto(new Ring(4))).isSameAs(first.get(0));
    List<Task<?>> second = fill(ring, 1); // into the slot of a stolen one
    ring.forget();
    assertThat(drain(ring)).containsExactly(first.get(2), first.get(3), second.get(0));
  }

  @Test
  void whatWasPoppedIsNotReachable() {
    Ring ring = new Ring(2);
    WeakReference<Task<?>> popped = popped(ring);
    assertThat(popped).satisfies(RingTest::isCollected);
    assertThat(ring.isEmpty()).isTrue();
  }

  private static WeakReference<Task<?>> popped(Ring ring) {
    WeakReference<Task<?>> popped = new WeakReference<>(fill(ring, 1).get(0));
    assertThat(ring.pop()).isNotNull();
    return popped;
  }

  private static void isCollected(WeakReference<Task<?>> reference) {
    for (int i = 0; i < 20 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get() == null).isTrue();
  }
}
