package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AtomicWakerTest {

  private final AtomicWaker slot = new AtomicWaker();
  private final AtomicInteger wakes = new AtomicInteger();
  private final Waker waker = wakes::incrementAndGet;

  @Test
  void wakesTheRegisteredWakerOnce() {
    slot.register(waker);
    assertThat(slot.isRegistered()).isTrue();
    slot.wake();
    slot.wake();
    assertThat(wakes).hasValue(1);
    assertThat(slot.isRegistered()).isFalse();
  }

  @Test
  void wakesTheLatestWaker() {
    AtomicInteger older = new AtomicInteger();
    slot.register(older::incrementAndGet);
    slot.register(waker);
    slot.wake();
    assertThat(wakes).hasValue(1);
    assertThat(older).hasValue(0);
  }

  @Test
  void canBeRegisteredWithAgainAfterAWake() {
    slot.register(waker);
    slot.register(waker);
    slot.wake();
    slot.register(waker);
    slot.wake();
    assertThat(wakes).hasValue(2);
  }

  @Test
  void takeHandsTheWakerOver() {
    assertThat(slot.take()).isNull();
    slot.register(waker);
    assertThat(slot.take()).isSameAs(waker);
    slot.wake();
    assertThat(wakes).hasValue(0);
  }

  @Test
  void clearForgetsTheWaker() {
    slot.register(waker);
    slot.clear();
    slot.wake();
    assertThat(wakes).hasValue(0);
  }

  @Test
  void aWakerThatThrowsIsReportedAndGoesNoFurther() {
    List<Throwable> reported = new ArrayList<>();
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((failure, origin) -> reported.add(failure));
    try {
      RuntimeException failure = new IllegalStateException("foreign");
      slot.register(
          () -> {
            throw failure;
          });
      slot.wake();
      assertThat(reported).containsExactly(failure);
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> slot.register(null)).hasMessage("waker");
  }

  /** The race of the class comment, in every order of its four steps, with and without the skip. */
  @Test
  void noOrderOfRegisterCheckSetAndWakeLosesTheWakeUp() {
    for (boolean registeredBefore : new boolean[] {false, true}) {
      for (int[] order : Interleavings.of(2, 2)) {
        AtomicWaker raced = new AtomicWaker();
        AtomicInteger woken = new AtomicInteger();
        Waker consumer = woken::incrementAndGet;
        if (registeredBefore) {
          raced.register(consumer);
        }
        boolean[] flag = {false};
        boolean[] seen = {false};
        List<Runnable> consumerSteps =
            List.of(() -> raced.register(consumer), () -> seen[0] = flag[0]);
        List<Runnable> producerSteps = List.of(() -> flag[0] = true, raced::wake);
        int[] at = {0, 0};
        for (int thread : order) {
          (thread == 0 ? consumerSteps : producerSteps).get(at[thread]++).run();
        }
        assertThat(seen[0] || woken.get() > 0)
            .as("order %s, registered before: %s", Arrays.toString(order), registeredBefore)
            .isTrue();
      }
    }
  }
}
