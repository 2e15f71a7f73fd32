package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Poll;
import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One owner that pushes, pops and overflows, and three thieves that steal from it, take from the
 * inject queue and push from outside: each task is seen by one of them, once.
 */
@Tag("stress")
@Timeout(60)
class RingAndInjectStressTest {

  private static final int TASKS = 100_000;
  private static final int THIEVES = 3;

  private final long seed = System.nanoTime();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicIntegerArray seen = new AtomicIntegerArray(TASKS);
  private final AtomicInteger left = new AtomicInteger(TASKS);
  private final SharedInjectQueue inject = new SharedInjectQueue();

  private static final class Numbered extends Task<Void> {
    final int number;

    Numbered(int number) {
      super(cx -> Poll.done());
      this.number = number;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 16, 256})
  void eachTaskIsSeenOnce(int capacity) throws Exception {
    Ring ring = new Ring(capacity, -capacity - 1);
    List<FutureTask<Void>> threads = new ArrayList<>();
    threads.add(start("owner", () -> own(ring, new Random(seed))));
    for (int i = 1; i <= THIEVES; i++) {
      Random random = new Random(seed + i);
      threads.add(start("thief " + i, () -> rob(ring, new Ring(capacity), random)));
    }
    for (FutureTask<Void> thread : threads) {
      thread.get(50, TimeUnit.SECONDS);
    }
    for (int i = 0; i < TASKS; i++) {
      assertThat(seen.get(i)).as("task %s, seed %s", i, seed).isOne();
    }
  }

  private static FutureTask<Void> start(String name, Runnable body) {
    FutureTask<Void> task = new FutureTask<>(body, null);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private void own(Ring ring, Random random) {
    Task<?>[] overflowing = new Task<?>[ring.capacity()];
    while (left.get() > 0) {
      for (int i = random.nextInt(2 * ring.capacity() + 1); i > 0; i--) {
        Task<?> task = newTask();
        if (task != null && !ring.tryPush(task)) {
          overflow(ring, task, overflowing);
        }
      }
      for (int i = random.nextInt(ring.capacity() + 1); i > 0; i--) {
        see(ring.pop());
      }
      if (random.nextInt(4) == 0) {
        see(inject.take(1 + random.nextInt(1 + ring.room()), ring));
      }
      if (random.nextInt(8) == 0) {
        ring.forget();
      }
    }
  }

  private void overflow(Ring ring, Task<?> task, Task<?>[] overflowing) {
    int count = ring.takeAll(overflowing);
    List<Task<?>> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i >= count / 2 || !ring.tryPush(overflowing[i])) {
        batch.add(overflowing[i]);
      }
    }
    batch.add(task);
    inject.pushBatch(batch.toArray(Task<?>[]::new));
  }

  private void rob(Ring ring, Ring own, Random random) {
    while (left.get() > 0) {
      see(ring.stealInto(own));
      if (random.nextInt(4) == 0) {
        see(inject.take(1 + random.nextInt(1 + own.room()), own));
      }
      for (int i = random.nextInt(own.capacity() + 1); i > 0; i--) {
        see(own.pop());
      }
      Task<?> task = random.nextInt(4) == 0 ? newTask() : null;
      if (task != null) {
        assertThat(inject.push(task)).isTrue();
      }
      if (random.nextInt(8) == 0) {
        own.forget();
      }
    }
  }

  private Task<?> newTask() {
    if (numbers.get() >= TASKS) {
      return null;
    }
    int number = numbers.getAndIncrement();
    return number < TASKS ? new Numbered(number) : null;
  }

  private void see(Task<?> task) {
    if (task != null) {
      seen.incrementAndGet(((Numbered) task).number);
      left.decrementAndGet();
    }
  }
}
