package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is still reachable from a runtime, and from the wakers of tasks that have ended. */
@Timeout(120)
class MultiThreadRetentionTest {

  @Test
  void aMillionFinishedTasksWhoseWakersAreKeptRetainNothingElse() throws Exception {
    int count = 1_000_000;
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder().workers(2).debug(false).multiThread()) {
      AtomicReferenceArray<Waker> wakers = new AtomicReferenceArray<>(count);
      List<WeakReference<Object>> futures = new ArrayList<>();
      long before = used(memory);
      CountDownLatch all = new CountDownLatch(count);
      for (int i = 0; i < count; i++) {
        int index = i;
        byte[] ballast = new byte[index % 1000 == 0 ? 50_000 : 0];
        Future<byte[]> future =
            new Future<byte[]>() {
              @Override
              public Poll<byte[]> poll(Context cx) {
                wakers.set(index, cx.waker());
                all.countDown();
                return Poll.ready(ballast); // which is discarded
              }
            };
        if (index % 1000 == 0) {
          futures.add(new WeakReference<>(future));
          futures.add(new WeakReference<>(ballast));
        }
        runtime.spawn(future).detach();
      }
      MultiThreading.awaitOpen(all);
      await(() -> runtime.liveTasks() == 0);
      awaitDormant(runtime);
      awaitCollected(futures);
      long each = (used(memory) - before) / count;
      assertThat(each).as("bytes for each waker").isLessThan(60); // the task alone is 32
      for (int i = 0; i < count; i += 1000) {
        wakers.get(i).wake();
      }
      assertThat(wakers.length()).isEqualTo(count);
    }
  }

  private static long used(MemoryMXBean memory) {
    System.gc();
    System.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static void awaitCollected(List<WeakReference<Object>> references)
      throws InterruptedException {
    await(
        () -> {
          System.gc();
          return references.stream().allMatch(reference -> reference.get() == null);
        });
  }

  /** Ways for a task to end, or to wait, that leave something behind if nobody cleans up. */
  enum Way {
    READY,
    FAILED,
    CANCELLED,
    STOLEN,
    PINNED,
    BLOCKED_IN_PLACE,
    SLEPT,
    SLEEP_CANCELLED
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void anIdleRuntimeRetainsNothingOfTasksThatHaveEnded(Way way) throws Exception {
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder()
            .workers(4)
            .debug(false)
            .uncaughtFailureHandler((failure, origin) -> {})
            .multiThread()) {
      List<WeakReference<Object>> references = new ArrayList<>();
      run(runtime, way, references);
      await(() -> runtime.liveTasks() == 0);
      awaitDormant(runtime);
      awaitCollected(references);
    }
  }

  private static void run(
      MultiThreadRuntime runtime, Way way, List<WeakReference<Object>> references)
      throws Exception {
    List<JoinHandle<?>> handles = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Object state = new Object();
      references.add(new WeakReference<>(state));
      handles.add(
          switch (way) {
            case READY -> runtime.spawn(cx -> Poll.ready(state));
            case FAILED ->
                runtime.spawn(
                    cx -> {
                      throw new IllegalStateException(state.toString());
                    });
            case CANCELLED, SLEEP_CANCELLED, SLEPT ->
                runtime.spawn(
                    sleep(way == Way.SLEPT ? Duration.ofMillis(2) : Duration.ofHours(1))
                        .map(nothing -> state));
            case STOLEN ->
                runtime.spawn(
                    cx -> {
                      cx.spawner().spawn(inner -> Poll.ready(state)).detach();
                      cx.spawner().spawn(inner -> Poll.ready(state)).detach();
                      return Poll.done();
                    });
            case PINNED -> runtime.spawnPinned(() -> cx -> Poll.ready(state));
            case BLOCKED_IN_PLACE ->
                runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> state)));
          });
    }
    for (JoinHandle<?> handle : handles) {
      if (way == Way.CANCELLED || way == Way.SLEEP_CANCELLED) {
        handle.requestCancel();
      }
      handle.detach();
    }
  }

  @Test
  void aRuntimeThatIsClosedAndForgottenIsCollected() throws Exception {
    List<WeakReference<Object>> references = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      buildUseAndClose(references);
    }
    awaitCollected(references);
  }

  private static void buildUseAndClose(List<WeakReference<Object>> references) throws Exception {
    MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();
    assertThat(runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))).join()).isEqualTo(1);
    assertThat(runtime.spawnBlocking(() -> 2).join()).isEqualTo(2);
    runtime.close();
    references.add(new WeakReference<>(runtime));
    references.add(new WeakReference<>(runtime.timer()));
  }
}
