package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Poll;
import dev.pollux.executor.task.Task;
import org.junit.jupiter.api.Test;

@SuppressWarnings("CheckReturnValue") // what comes out tells
class LocalQueueTest {

  private final LocalQueue queue = new LocalQueue();

  @Test
  void anEmptyQueueAnswersNull() {
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.pollFirst()).isNull();
  }

  @Test
  void tasksComeOutInTheOrderInWhichTheyWentIn() {
    Task<?> a = task();
    Task<?> b = task();
    Task<?> c = task();
    queue.addLast(a);
    queue.addLast(b);
    assertThat(queue.pollFirst()).isSameAs(a);
    queue.addLast(c);
    queue.addLast(a);
    assertThat(queue.isEmpty()).isFalse();
    assertThat(queue.pollFirst()).isSameAs(b);
    assertThat(queue.pollFirst()).isSameAs(c);
    assertThat(queue.pollFirst()).isSameAs(a);
    assertThat(queue.pollFirst()).isNull();
  }

  @Test
  void aQueueThatRanEmptyGoesOn() {
    for (int i = 0; i < 3; i++) {
      Task<?> task = task();
      queue.addLast(task);
      assertThat(queue.pollFirst()).isSameAs(task);
      assertThat(queue.isEmpty()).isTrue();
    }
  }

  @Test
  void aTaskThatWasTakenOutRefersToNoOther() {
    Task<?> a = task();
    Task<?> b = task();
    queue.addLast(a);
    queue.addLast(b);
    queue.pollFirst();
    assertThat(a.nextInQueue()).isNull();
  }

  @Test
  void theLinkOfAnEarlierQueueIsOverwritten() {
    Task<?> a = task();
    a.setNextInQueue(task());
    queue.addLast(a);
    assertThat(queue.pollFirst()).isSameAs(a);
    assertThat(queue.pollFirst()).isNull();
  }

  private static Task<Void> task() {
    return new Task<>(cx -> Poll.done());
  }
}
