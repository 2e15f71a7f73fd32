package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static dev.pollux.executor.blocking.OuterRuntime.occupy;
import static dev.pollux.executor.blocking.OuterRuntime.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of pools of several threads, from inside and outside. */
@Timeout(60)
class BlockingShutdownTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final OuterRuntime runtime = new OuterRuntime();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final BlockingPool pool = runtime.pool(upTo(3));

  @AfterEach
  void shutDown() throws Exception {
    gate.countDown();
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
    assertThat(pool.threads()).isZero();
    await(pool::isIdle);
  }

  @Test
  void whatHasNotBegunIsTakenBackAndWhatRunsIsAnswered() throws Exception {
    List<JoinHandle<String>> running = occupy(pool, 3, gate);
    List<JoinHandle<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      queued.add(pool.spawnBlocking(() -> 1));
    }
    assertThat(pool.shutdown(1)).containsExactlyInAnyOrderElementsOf(running);
    assertThat(pool.queueDepth()).isZero();
    for (JoinHandle<Integer> handle : queued) {
      assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    }
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RuntimeShutdownException.class)
        .hasMessage("runtime \"outer\" was shut down and takes no blocking jobs");
    assertThatThrownBy(() -> pool.spawnInterruptible("late", () -> 1))
        .isInstanceOf(RuntimeShutdownException.class);
    gate.countDown();
    for (JoinHandle<String> handle : running) {
      assertThat(handle.join()).isEqualTo("occupied");
    }
    await(() -> pool.threads() == 0);
  }

  @Test
  void idleThreadsEndAtOnce() throws Exception {
    CountDownLatch own = new CountDownLatch(1);
    occupy(pool, 3, own);
    own.countDown();
    await(() -> pool.idleThreads() == 3);
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
    assertThat(pool.threads()).isZero();
  }

  @Test
  void runningJobsThatAskedForItAreInterruptedAndNoOthers() throws Exception {
    List<JoinHandle<String>> running = occupy(pool, 1, gate);
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> interruptible =
        pool.spawnInterruptible(
            () -> {
              begun.countDown();
              new CountDownLatch(1).await();
              return null;
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.shutdown(1_000_000)).contains(running.get(0));
    assertThatThrownBy(() -> interruptible.join(LIMIT)).isInstanceOf(TaskCancelledException.class);
    gate.countDown();
    assertThat(running.get(0).join()).isEqualTo("occupied");
  }

  @Test
  void aJobThatClosesThePoolIsNeitherAwaitedNorInterruptedByThat() throws Exception {
    List<JoinHandle<String>> running = occupy(pool, 1, gate);
    AtomicBoolean interrupted = new AtomicBoolean(true);
    JoinHandle<List<TaskInfo>> closer =
        pool.spawnInterruptible(
            () -> {
              List<TaskInfo> left = pool.shutdown(1);
              interrupted.set(Thread.currentThread().isInterrupted());
              return left;
            });
    assertThat(closer.join(LIMIT)).singleElement().isSameAs(running.get(0));
    assertThat(interrupted).isFalse();
  }

  @Test
  void twoJobsThatCloseThePoolDoNotWaitForEachOther() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    List<JoinHandle<List<TaskInfo>>> closers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      closers.add(
          pool.spawnBlocking(
              () -> {
                both.await(30, TimeUnit.SECONDS);
                return pool.shutdown(TimeUnit.DAYS.toNanos(1));
              }));
    }
    for (JoinHandle<List<TaskInfo>> closer : closers) {
      assertThat(closer.join(LIMIT)).isEmpty();
    }
  }

  @Test
  void whoeverClosesFromOutsideWaitsForAJobThatClosesAsWell() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    JoinHandle<List<TaskInfo>> closer =
        pool.spawnBlocking(
            () -> {
              List<TaskInfo> left = pool.shutdown(0);
              closing.countDown();
              gate.await();
              return left;
            });
    assertThat(closing.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.shutdown(1)).singleElement().isSameAs(closer);
    gate.countDown();
    assertThat(pool.shutdown(TimeUnit.DAYS.toNanos(1))).isEmpty();
    assertThat(closer.join(LIMIT)).isEmpty();
  }

  @Test
  void aJobThatJoinsOneThatIsTakenBackEnds() throws Exception {
    occupy(pool, 2, gate);
    AtomicReference<JoinHandle<Integer>> inner = new AtomicReference<>();
    JoinHandle<Integer> outer =
        pool.spawnBlocking(
            () -> {
              inner.set(pool.spawnBlocking(() -> 1));
              return inner.get().join();
            });
    await(() -> pool.waitingThreads() == 1);
    assertThat(pool.shutdown(1)).isNotEmpty();
    assertThatThrownBy(() -> outer.join(LIMIT)).hasCauseInstanceOf(TaskCancelledException.class);
  }

  @Test
  void everyJobSpawnedWhileThePoolClosesEndsOrWasRefused() throws Exception {
    for (int round = 0; round < 200; round++) {
      BlockingPool own = runtime.pool(upTo(2));
      AtomicInteger accepted = new AtomicInteger();
      List<JoinHandle<Integer>> handles = new ArrayList<>();
      CyclicBarrier start = new CyclicBarrier(2);
      FutureTask<Void> spawner =
          new FutureTask<>(
              () -> {
                start.await(30, TimeUnit.SECONDS);
                try {
                  while (true) {
                    handles.add(own.spawnBlocking(accepted::incrementAndGet));
                  }
                } catch (RuntimeShutdownException refused) {
                  return null;
                }
              });
      new Thread(spawner).start();
      start.await(30, TimeUnit.SECONDS);
      assertThat(own.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
      spawner.get(30, TimeUnit.SECONDS);
      assertThat(own.threads()).isZero();
      assertThat(own.queueDepth()).isZero();
      await(own::isIdle);
      int completed = 0;
      int takenBack = 0;
      for (JoinHandle<Integer> handle : handles) {
        try {
          handle.join(LIMIT);
          completed++;
        } catch (TaskCancelledException e) {
          takenBack++;
        }
      }
      assertThat(completed).isEqualTo(accepted.get());
      assertThat(takenBack).isEqualTo(handles.size() - completed);
    }
  }
}
