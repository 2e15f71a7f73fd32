package dev.pollux.executor.scheduler;

import static dev.pollux.executor.scheduler.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.task.Task;
import org.junit.jupiter.api.Test;

class LifoSlotTest {

  private final LifoSlot slot = new LifoSlot();

  @Test
  void anEmptySlotHasNothingToTake() {
    assertThat(slot.isEmpty()).isTrue();
    assertThat(slot.take()).isNull();
    assertThat(slot.steal()).isNull();
  }

  @Test
  void theFirstTaskStays() {
    Task<?> first = task();
    assertThat(slot.tryPut(first)).isTrue();
    assertThat(slot.tryPut(task())).isFalse();
    assertThat(slot.isEmpty()).isFalse();
    assertThat(slot.take()).isSameAs(first);
    assertThat(slot.isEmpty()).isTrue();
    assertThat(slot.take()).isNull();
  }

  @Test
  void aStolenTaskMakesRoomForTheNext() {
    Task<?> first = task();
    Task<?> second = task();
    assertThat(slot.tryPut(first)).isTrue();
    assertThat(slot.steal()).isSameAs(first);
    assertThat(slot.take()).isNull();
    assertThat(slot.tryPut(second)).isTrue();
    assertThat(slot.steal()).isSameAs(second);
    assertThat(slot.steal()).isNull();
  }
}
