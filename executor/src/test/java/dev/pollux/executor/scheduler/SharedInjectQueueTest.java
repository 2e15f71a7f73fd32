package dev.pollux.executor.scheduler;

import static dev.pollux.executor.scheduler.Tasks.drain;
import static dev.pollux.executor.scheduler.Tasks.fill;
import static dev.pollux.executor.scheduler.Tasks.task;
import static dev.pollux.executor.scheduler.Tasks.tasks;
import static dev.pollux.executor.scheduler.Tasks.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("CheckReturnValue") // what comes out tells
class SharedInjectQueueTest {

  private final SharedInjectQueue inject = new SharedInjectQueue();
  private final Ring ring = new Ring(4);

  private List<Task<?>> push(int count) {
    List<Task<?>> tasks = tasks(count);
    tasks.forEach(task -> assertThat(inject.push(task)).isTrue());
    return tasks;
  }

  private List<Task<?>> pushBatch(int count) {
    List<Task<?>> tasks = tasks(count);
    inject.pushBatch(tasks.toArray(Task<?>[]::new));
    return tasks;
  }

  private List<Task<?>> take(int most) {
    return with(inject.take(most, ring), ring);
  }

  @Test
  void anEmptyQueueHasNothingToTake() {
    assertThat(inject.isEmpty()).isTrue();
    assertThat(inject.size()).isZero();
    assertThat(take(3)).isEmpty();
    inject.pushBatch(new Task<?>[0]);
    assertThat(inject.isEmpty()).isTrue();
  }

  @Test
  void theOldestIsAnsweredAndTheOthersFollowInTheRing() {
    List<Task<?>> tasks = push(3);
    assertThat(inject.isEmpty()).isFalse();
    assertThat(inject.size()).isEqualTo(3);
    assertThat(inject.take(5, ring)).isSameAs(tasks.get(0));
    assertThat(drain(ring)).isEqualTo(tasks.subList(1, 3));
    assertThat(inject.isEmpty()).isTrue();
    assertThat(tasks).allSatisfy(task -> assertThat(task.nextInQueue()).isNull());
  }

  @Test
  void whatTheTakerHasNoRoomForIsLeftInOrder() {
    List<Task<?>> tasks = push(10);
    assertThat(take(3)).isEqualTo(tasks.subList(0, 3));
    assertThat(inject.size()).isEqualTo(7);
    List<Task<?>> rest = new ArrayList<>();
    while (!inject.isEmpty()) {
      rest.addAll(take(2));
    }
    assertThat(rest).isEqualTo(tasks.subList(3, 10));
  }

  @Test
  void batchesAreClaimedPieceByPiece() {
    List<Task<?>> first = pushBatch(3);
    List<Task<?>> second = pushBatch(1);
    assertThat(inject.size()).isEqualTo(4);
    assertThat(take(2)).isEqualTo(first.subList(0, 2));
    assertThat(take(5)).isEqualTo(first.subList(2, 3));
    assertThat(take(5)).isEqualTo(second);
    assertThat(inject.isEmpty()).isTrue();
  }

  @Test
  void aFullRingTakesTheOneThatIsAnswered() {
    List<Task<?>> own = fill(ring, 4);
    List<Task<?>> tasks = push(2);
    assertThat(inject.take(1, ring)).isSameAs(tasks.get(0));
    assertThat(drain(ring)).isEqualTo(own);
    assertThat(take(1)).isEqualTo(tasks.subList(1, 2));
  }

  @Test
  void whoTakesOneAtATimeComesToEverythingThoughBatchesNeverEnd() {
    pushBatch(3);
    Task<?> outside = push(1).get(0);
    for (int i = 0; i < 100; i++) {
      if (take(1).contains(outside)) {
        return;
      }
      pushBatch(1); // as of a worker that has more tasks than its ring holds
    }
    throw new AssertionError("starved");
  }

  @Test
  void aClosedQueueRefusesSingleTasksAndKeepsWhatIsThere() {
    List<Task<?>> tasks = push(5);
    inject.close(2);
    inject.close(2);
    Task<?> late = task();
    assertThat(inject.push(late)).isFalse();
    assertThat(late.nextInQueue()).isNull();
    assertThat(inject.isEmpty()).isFalse();
    assertThat(inject.size()).isEqualTo(5);
    List<Task<?>> taken = new ArrayList<>(take(5));
    assertThat(taken).isEqualTo(tasks.subList(0, 2));
    taken.addAll(take(1));
    taken.addAll(take(5));
    taken.addAll(take(5));
    assertThat(taken).isEqualTo(tasks);
    assertThat(inject.isEmpty()).isTrue();
    assertThat(take(1)).isEmpty();
  }

  @Test
  void aClosedQueueTakesBatches() {
    inject.close(2);
    assertThat(inject.isEmpty()).isTrue();
    assertThat(inject.size()).isZero();
    List<Task<?>> tasks = pushBatch(2);
    assertThat(inject.isEmpty()).isFalse();
    assertThat(take(1)).isEqualTo(tasks.subList(0, 1));
    assertThat(take(1)).isEqualTo(tasks.subList(1, 2));
  }
}
