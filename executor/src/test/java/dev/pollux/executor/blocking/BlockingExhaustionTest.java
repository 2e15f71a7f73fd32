package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static dev.pollux.executor.blocking.OuterRuntime.occupy;
import static dev.pollux.executor.blocking.OuterRuntime.upTo;
import static dev.pollux.executor.blocking.OuterRuntime.withExhaustion;
import static dev.pollux.executor.blocking.OuterRuntime.withFactory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.BlockingPoolExhaustedException;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import dev.pollux.executor.UncaughtFailurePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pools whose threads all wait for jobs that no thread is left for, and pools that only look so.
 */
@Timeout(60)
class BlockingExhaustionTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final OuterRuntime runtime = new OuterRuntime();
  private final CountDownLatch gate = new CountDownLatch(1);
  private BlockingPool pool;

  @AfterEach
  void shutDown() throws Exception {
    gate.countDown();
    if (pool != null) {
      assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
      assertThat(pool.threads()).isZero();
      await(pool::isIdle);
    }
  }

  private void pool(int threads, BlockingExhaustion exhaustion) {
    pool = runtime.pool(withExhaustion(upTo(threads), exhaustion));
  }

  // ---- GROW

  @Test
  void aJobThatWaitsForAQueuedOneGetsAThreadForIt() throws Exception {
    pool(1, BlockingExhaustion.GROW);
    AtomicReference<TaskInfo> waitedFor = new AtomicReference<>();
    JoinHandle<Integer> outer =
        pool.spawnBlocking(
            "outer",
            () -> {
              JoinHandle<Integer> inner = pool.spawnBlocking("inner", () -> 1);
              waitedFor.set(inner);
              return inner.join() + 1;
            });
    assertThat(outer.join(LIMIT)).isEqualTo(2);
    await(() -> pool.threads() == 1);
    assertThat(runtime.reports).singleElement().isInstanceOf(BlockingPoolExhaustedException.class);
    assertThat(runtime.reports.get(0))
        .hasMessageContaining("\"outer\" is exhausted")
        .hasMessageContaining(
            TaskInfo.describe(outer) + " waits for " + TaskInfo.describe(waitedFor.get()))
        .hasMessageContaining("task 1 \"outer\" (spawned at " + OuterRuntime.SITE + ")");
    assertThat(runtime.origins).containsExactly(TaskInfo.describe(outer) + " of runtime \"outer\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aChainOfJobsLongerThanThePoolGetsThrough(int threads) throws Exception {
    pool(threads, BlockingExhaustion.GROW);
    int length = 20;
    assertThat(pool.spawnBlocking(() -> chain(length)).join(LIMIT)).isEqualTo(length);
    await(() -> pool.threads() <= threads);
    assertThat(runtime.reports)
        .hasSize(length - threads + 1)
        .allMatch(report -> report instanceof BlockingPoolExhaustedException);
  }

  private int chain(int length) throws Exception {
    return length == 0 ? 0 : 1 + pool.spawnBlocking(() -> chain(length - 1)).join();
  }

  @Test
  void aTimedJoinCountsAsWell() throws Exception {
    pool(1, BlockingExhaustion.GROW);
    JoinHandle<Integer> outer = pool.spawnBlocking(() -> pool.spawnBlocking(() -> 1).join(LIMIT));
    assertThat(outer.join(LIMIT)).isEqualTo(1);
    assertThat(runtime.reports).hasSize(1);
  }

  @Test
  void theThreadBeyondTheMaximumRunsTheQueueWhileAllOthersWaitAndThenLeaves() throws Exception {
    pool(1, BlockingExhaustion.GROW);
    List<Thread> ranOn = Collections.synchronizedList(new ArrayList<>());
    JoinHandle<Object> outer =
        pool.spawnBlocking(
            () -> {
              List<JoinHandle<Boolean>> inner = new ArrayList<>();
              for (int i = 0; i < 10; i++) {
                inner.add(pool.spawnBlocking(() -> ranOn.add(Thread.currentThread())));
              }
              for (JoinHandle<Boolean> handle : inner) {
                handle.join();
              }
              return null;
            });
    outer.join(LIMIT);
    await(() -> pool.threads() == 1);
    assertThat(ranOn).hasSize(10);
    assertThat(pool.threads()).isEqualTo(1);
  }

  @Test
  void aJobQueuedWhileAllThreadsWaitForOneAnotherGetsAThread() throws Exception {
    pool(2, BlockingExhaustion.GROW);
    List<JoinHandle<Object>> circle = circle();
    await(() -> pool.waitingThreads() == 2);
    assertThat(runtime.reports).as("nothing is queued").isEmpty();
    JoinHandle<Integer> late = pool.spawnBlocking("late", () -> 1);
    assertThat(late.join(LIMIT)).isEqualTo(1);
    assertThat(runtime.reports).singleElement().isInstanceOf(BlockingPoolExhaustedException.class);
    circle.forEach(JoinHandle::requestCancel);
    for (JoinHandle<Object> handle : circle) {
      assertThatThrownBy(() -> handle.join(LIMIT)).isInstanceOf(RuntimeException.class);
    }
    await(() -> pool.threads() <= 2);
  }

  @Test
  void ifNoThreadCanBeAddedTheJoinFails() throws Exception {
    IllegalStateException noMore = new IllegalStateException("no more");
    AtomicBoolean first = new AtomicBoolean(true);
    pool =
        runtime.pool(
            withFactory(
                upTo(1),
                body -> {
                  if (first.getAndSet(false)) {
                    return new Thread(body);
                  }
                  throw noMore;
                }));
    AtomicReference<JoinHandle<Integer>> inner = new AtomicReference<>();
    JoinHandle<Integer> outer =
        pool.spawnBlocking(
            () -> {
              inner.set(pool.spawnBlocking(() -> 1));
              return inner.get().join();
            });
    assertThatThrownBy(() -> outer.join(LIMIT))
        .isInstanceOf(TaskFailedException.class)
        .cause()
        .isInstanceOf(BlockingPoolExhaustedException.class)
        .hasCause(noMore);
    assertThat(inner.get().join(LIMIT)).isEqualTo(1);
    assertThat(runtime.reports).hasSize(1);
  }

  @Test
  void ifNoThreadCanBeAddedTheSpawnFails() throws Exception {
    AtomicBoolean refuses = new AtomicBoolean();
    pool =
        runtime.pool(
            withFactory(
                upTo(2),
                body -> {
                  if (refuses.get()) {
                    throw new IllegalStateException("no more");
                  }
                  return new Thread(body);
                }));
    List<JoinHandle<Object>> circle = circle();
    await(() -> pool.waitingThreads() == 2);
    refuses.set(true);
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("no more");
    assertThat(pool.queueDepth()).isZero();
    refuses.set(false);
    assertThat(pool.spawnBlocking(() -> 2).join(LIMIT)).isEqualTo(2);
    circle.forEach(JoinHandle::requestCancel);
  }

  // ---- FAIL

  @Test
  void withFailTheJoinThrowsAndTheJobWaitedForIsUnharmed() throws Exception {
    pool(1, BlockingExhaustion.FAIL);
    AtomicReference<JoinHandle<Integer>> inner = new AtomicReference<>();
    AtomicReference<Integer> depth = new AtomicReference<>();
    JoinHandle<Integer> outer =
        pool.spawnBlocking(
            "outer",
            () -> {
              inner.set(pool.spawnBlocking("inner", () -> 1));
              try {
                return inner.get().join();
              } finally {
                depth.set(pool.queueDepth());
              }
            });
    assertThatThrownBy(() -> outer.join(LIMIT))
        .isInstanceOf(TaskFailedException.class)
        .cause()
        .isInstanceOf(BlockingPoolExhaustedException.class)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("runtime \"outer\"")
        .hasMessageContaining(
            TaskInfo.describe(outer) + " waits for " + TaskInfo.describe(inner.get()));
    assertThat(depth.get()).isEqualTo(1);
    assertThat(inner.get().join(LIMIT)).isEqualTo(1);
    assertThat(pool.threads()).isEqualTo(1);
    assertThat(runtime.reports).singleElement().isInstanceOf(BlockingPoolExhaustedException.class);
    assertThat(runtime.uncaught).isEmpty();
  }

  @Test
  void aTimedJoinFailsAtOnceAndCanBeDoneAgain() throws Exception {
    pool(1, BlockingExhaustion.FAIL);
    JoinHandle<JoinHandle<Integer>> outer =
        pool.spawnBlocking(
            () -> {
              JoinHandle<Integer> inner = pool.spawnBlocking(() -> 1);
              for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> inner.join(Duration.ofDays(1)))
                    .isInstanceOf(BlockingPoolExhaustedException.class);
                assertThatThrownBy(() -> inner.join(Duration.ZERO))
                    .isInstanceOf(TimeoutException.class);
              }
              return inner;
            });
    assertThat(outer.join(LIMIT).join(LIMIT)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void inAChainTheJoinOfTheQueuedJobFailsAndTheOthersGoOn(boolean aWaitsFirst) throws Exception {
    pool(2, BlockingExhaustion.FAIL);
    JoinHandle<String> a =
        pool.spawnBlocking(
            "a",
            () -> {
              JoinHandle<String> b =
                  pool.spawnBlocking(
                      "b",
                      () -> {
                        JoinHandle<String> c = pool.spawnBlocking("c", () -> "c");
                        if (aWaitsFirst) {
                          await(() -> pool.waitingThreads() == 1);
                        }
                        try {
                          return "b" + c.join();
                        } catch (BlockingPoolExhaustedException e) {
                          c.requestCancel();
                          return "b alone";
                        }
                      });
              if (!aWaitsFirst) {
                await(() -> pool.waitingThreads() == 1);
              }
              return "a, " + b.join();
            });
    assertThat(a.join(LIMIT)).isEqualTo("a, b alone");
    assertThat(runtime.reports).hasSize(1);
    assertThat(runtime.reports.get(0))
        .hasMessageMatching(".* task [0-9]+ \"b\" .* waits for task [0-9]+ \"c\" .*");
  }

  @Test
  void aJobQueuedWhileAllThreadsWaitForOneAnotherBreaksTheCircle() throws Exception {
    pool(2, BlockingExhaustion.FAIL);
    List<JoinHandle<Object>> circle = circle();
    await(() -> pool.waitingThreads() == 2);
    JoinHandle<Integer> late = pool.spawnBlocking("late", () -> 1);
    assertThat(late.join(LIMIT)).isEqualTo(1);
    assertThat(runtime.reports).hasSize(1);
    for (JoinHandle<Object> handle : circle) {
      assertThatThrownBy(() -> handle.join(LIMIT)).isInstanceOf(RuntimeException.class);
    }
  }

  // ---- no false alarms

  @ParameterizedTest
  @EnumSource
  void aJoinIsNoAlarmWhileAThreadIsFree(BlockingExhaustion exhaustion) throws Exception {
    pool(2, exhaustion);
    for (int i = 0; i < 200; i++) {
      JoinHandle<Integer> outer = pool.spawnBlocking(() -> pool.spawnBlocking(() -> 1).join());
      assertThat(outer.join(LIMIT)).isEqualTo(1);
    }
    assertThat(pool.threads()).isLessThanOrEqualTo(2);
    assertThat(runtime.reports).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aJoinIsNoAlarmWhileAnotherThreadRuns(BlockingExhaustion exhaustion) throws Exception {
    pool(2, exhaustion);
    occupy(pool, 1, gate);
    JoinHandle<Integer> outer =
        pool.spawnBlocking(
            () -> {
              JoinHandle<Integer> inner = pool.spawnBlocking(() -> 1);
              return inner.join();
            });
    await(() -> pool.waitingThreads() == 1);
    JoinHandle<Integer> another = pool.spawnBlocking(() -> 2);
    assertThat(pool.threads()).isEqualTo(2);
    gate.countDown();
    assertThat(outer.join(LIMIT)).isEqualTo(1);
    assertThat(another.join(LIMIT)).isEqualTo(2);
    assertThat(runtime.reports).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void joinersThatAreNoThreadsOfThePoolAreNoAlarm(BlockingExhaustion exhaustion) throws Exception {
    pool(1, exhaustion);
    occupy(pool, 1, gate);
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 1);
    BlockingPool other = runtime.pool(withExhaustion(upTo(1), exhaustion));
    JoinHandle<Integer> elsewhere =
        other.spawnBlocking(
            () -> {
              return queued.join();
            });
    JoinHandle<Integer> behind = other.spawnBlocking(() -> 2);
    await(() -> queued.toString().contains("JOINER_SET"));
    assertThat(runtime.reports).isEmpty();
    gate.countDown();
    assertThat(elsewhere.join(LIMIT)).isEqualTo(1);
    assertThat(behind.join(LIMIT)).isEqualTo(2);
    assertThat(runtime.reports).isEmpty();
    assertThat(other.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void joinsOfJobsThatEndAtThatMomentAreNoAlarm(BlockingExhaustion exhaustion) throws Exception {
    pool(2, exhaustion);
    for (int i = 0; i < 2000; i++) {
      JoinHandle<Integer> inner = pool.spawnBlocking(() -> 1);
      JoinHandle<Integer> outer = pool.spawnBlocking(() -> inner.join());
      JoinHandle<Integer> behind = pool.spawnBlocking(() -> 2);
      assertThat(outer.join(LIMIT)).isEqualTo(1);
      assertThat(behind.join(LIMIT)).isEqualTo(2);
    }
    assertThat(runtime.reports).isEmpty();
    assertThat(pool.threads()).isLessThanOrEqualTo(2);
  }

  // ---- blockOn

  private CurrentThreadRuntime runtime(BlockingExhaustion exhaustion) {
    RuntimeBuilder builder =
        PolluxRuntime.builder()
            .name("whole")
            .maxBlockingThreads(1)
            .blockingExhaustion(exhaustion)
            .uncaughtFailureHandler(
                (failure, origin) -> {
                  runtime.reports.add(failure);
                  runtime.origins.add(origin);
                });
    return builder.currentThread();
  }

  @Test
  void aBlockOnThatNeedsThePoolGetsAThreadWithoutAReport() throws Exception {
    try (CurrentThreadRuntime whole = runtime(BlockingExhaustion.GROW)) {
      JoinHandle<Integer> outer =
          whole.spawnBlocking(
              () -> {
                JoinHandle<Integer> inner = whole.spawnBlocking(() -> 1);
                return whole.blockOn(inner);
              });
      assertThat(outer.join(LIMIT)).isEqualTo(1);
      assertThat(runtime.reports).isEmpty();
    }
  }

  @Test
  void aBlockOnWhoseTaskQueuesAJobLaterGetsAThread() throws Exception {
    try (CurrentThreadRuntime whole = runtime(BlockingExhaustion.GROW)) {
      JoinHandle<Integer> outer =
          whole.spawnBlocking(
              () ->
                  whole.blockOn(
                      Futures.lazy(() -> whole.spawnBlocking(() -> 2)).flatMap(job -> job)));
      assertThat(outer.join(LIMIT)).isEqualTo(2);
      assertThat(runtime.reports).isEmpty();
    }
  }

  @Test
  void aJoinOfATaskThatNeedsThePoolGetsAThreadWithoutAReport() throws Exception {
    try (CurrentThreadRuntime whole = runtime(BlockingExhaustion.GROW)) {
      CountDownLatch spawned = new CountDownLatch(1);
      AtomicReference<JoinHandle<Integer>> inner = new AtomicReference<>();
      JoinHandle<Integer> outer =
          whole.spawnBlocking(
              () -> {
                JoinHandle<Integer> task = whole.spawn(whole.spawnBlocking(() -> 3));
                inner.set(task);
                spawned.countDown();
                return task.join();
              });
      assertThat(spawned.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(whole.blockOn(outer)).isEqualTo(3);
      assertThat(runtime.reports).isEmpty();
    }
  }

  @Test
  void aBlockOnIsNoAlarmWithFail() throws Exception {
    try (CurrentThreadRuntime whole = runtime(BlockingExhaustion.FAIL)) {
      AtomicReference<Waker> waker = new AtomicReference<>();
      AtomicBoolean open = new AtomicBoolean();
      JoinHandle<Integer> outer =
          whole.spawnBlocking(
              () ->
                  whole.blockOn(
                      cx -> {
                        waker.set(cx.waker());
                        return open.get() ? Poll.ready(1) : Poll.pending();
                      }));
      await(() -> waker.get() != null);
      JoinHandle<Integer> queued = whole.spawnBlocking(() -> 2);
      assertThat(queued.isFinished()).isFalse();
      open.set(true);
      waker.get().wake();
      assertThat(outer.join(LIMIT)).isEqualTo(1);
      assertThat(queued.join(LIMIT)).isEqualTo(2);
      assertThat(runtime.reports).isEmpty();
    }
  }

  @Test
  void anExhaustionIsReportedToTheHandlerOfTheRuntimeAndDoesNotEndIt() throws Exception {
    try (CurrentThreadRuntime whole =
        PolluxRuntime.builder()
            .name("whole")
            .maxBlockingThreads(1)
            .captureSpawnSites(true)
            .uncaughtFailurePolicy(UncaughtFailurePolicy.SHUT_DOWN)
            .uncaughtFailureHandler((failure, origin) -> runtime.reports.add(failure))
            .currentThread()) {
      JoinHandle<Integer> outer =
          whole.spawnBlocking("outer", () -> whole.spawnBlocking("inner", () -> 1).join());
      assertThat(whole.blockOn(outer)).isEqualTo(1);
      assertThat(runtime.reports).hasSize(1);
      assertThat(runtime.reports.get(0))
          .isInstanceOf(BlockingPoolExhaustedException.class)
          .hasMessageContaining("runtime \"whole\"")
          .hasMessageContaining("\"outer\" (spawned at " + getClass().getName())
          .hasMessageContaining("\"inner\" (spawned at " + getClass().getName());
    }
  }

  /** Two jobs that join each other, and can be interrupted. */
  private List<JoinHandle<Object>> circle() {
    AtomicReference<JoinHandle<Object>> second = new AtomicReference<>();
    JoinHandle<Object> first =
        pool.spawnInterruptible(
            "first",
            () -> {
              await(() -> second.get() != null);
              return second.get().join();
            });
    second.set(pool.spawnInterruptible("second", () -> first.join()));
    return List.of(first, second.get());
  }
}
