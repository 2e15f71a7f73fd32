package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The paused clock, and the replay of an interleaving. */
@Timeout(60)
class CurrentThreadTimeTest {

  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder().pausedClock().seed(1).maxBlockingThreads(1).currentThread();
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    runtime.close();
  }

  @Test
  void thePausedClockDoesNotJumpWhileABlockingJobIsUnderWay() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Long> job =
        runtime.spawnBlocking(
            () -> {
              begun.countDown();
              gate.await();
              return runtime.timer().nanoTime();
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    Elsewhere<Void> driver = elsewhere(() -> runtime.blockOn(sleep(Duration.ofHours(1))));
    driver.asleep();
    assertThat(runtime.timer().nanoTime()).isZero();
    gate.countDown();
    driver.result();
    assertThat(job.join()).as("when the job ended").isZero();
    assertThat(runtime.timer().nanoTime()).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @Test
  void theJoinerOfABlockingJobRunsBeforeTheClockJumps() throws Exception {
    for (int i = 0; i < 500; i++) {
      long before = runtime.timer().nanoTime();
      runtime.spawn(sleep(Duration.ofHours(1))).detach();
      Future<Long> afterJob =
          runtime.spawnBlocking(() -> 1).flatMap(one -> cx -> Poll.ready(cx.timer().nanoTime()));
      assertThat(runtime.blockOn(afterJob)).isEqualTo(before);
      assertThat(runtime.timer().nanoTime()).isEqualTo(before);
    }
  }

  @Test
  void aJobThatWasTakenBackDoesNotHoldTheClock() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> first =
        runtime.spawnBlocking(
            () -> {
              begun.countDown();
              gate.await();
              return 1;
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    JoinHandle<Object> second = runtime.spawnBlocking(() -> 2);
    second.requestCancel();
    Elsewhere<Void> driver = elsewhere(() -> runtime.blockOn(sleep(Duration.ofHours(1))));
    driver.asleep();
    gate.countDown();
    driver.result();
    assertThat(first.join()).isEqualTo(1);
  }

  @Test
  void advanceFromAnotherThreadWakesWhatIsDue() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> job = // keeps the clock from jumping
        runtime.spawnBlocking(
            () -> {
              begun.countDown();
              gate.await();
              return 1;
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    Elsewhere<Void> driver = elsewhere(() -> runtime.blockOn(sleep(Duration.ofSeconds(10))));
    driver.asleep();
    runtime.advance(Duration.ofSeconds(9));
    driver.asleep();
    assertThat(driver.isDone()).isFalse();
    runtime.advance(Duration.ofSeconds(1));
    driver.result();
    assertThat(job.isFinished()).isFalse();
  }

  @Test
  void theClockGoesFromDeadlineToDeadlineInOrder() throws Exception {
    List<Long> seen = new ArrayList<>();
    List<Future<Boolean>> sleepers = new ArrayList<>();
    for (int seconds : new int[] {30, 10, 20, 10}) {
      sleepers.add(
          runtime.spawn(
              sleep(Duration.ofSeconds(seconds))
                  .flatMap(
                      done -> cx -> Poll.ready(seen.add(cx.timer().nanoTime() / 1_000_000_000L)))));
    }
    runtime.blockOn(Futures.joinAll(sleepers));
    assertThat(seen).containsExactly(10L, 10L, 20L, 30L);
  }

  @Test
  void theClockDoesNotJumpWhileATaskIsReady() throws Exception {
    Gate held = new Gate();
    JoinHandle<Void> sleeping = runtime.spawn(sleep(Duration.ofSeconds(1)));
    List<Long> seen = new ArrayList<>();
    Future<Integer> yields =
        new Future<>() {
          private int left = 500;

          @Override
          public Poll<Integer> poll(Context cx) {
            seen.add(cx.timer().nanoTime());
            if (left-- == 0) {
              return Poll.ready(1);
            }
            cx.wakeSelf();
            return Poll.pending();
          }
        };
    runtime.spawn(held).detach();
    runtime.blockOn(yields);
    assertThat(seen).containsOnly(0L);
    runtime.blockOn(sleeping);
    await(() -> held.polls == 1);
  }

  // ---- replay

  @Test
  void aSeedAndAPausedClockReplayOneInterleaving() throws Exception {
    List<String> first = trace(42);
    assertThat(first).hasSizeGreaterThan(100);
    for (int i = 0; i < 5; i++) {
      assertThat(trace(42)).isEqualTo(first);
    }
    assertThat(trace(43)).isNotEqualTo(first);
  }

  /** What tasks that yield, sleep, spawn, wake and cancel one another do, step by step. */
  private static List<String> trace(long seed) throws Exception {
    List<String> trace = new ArrayList<>();
    try (CurrentThreadRuntime replayed =
        PolluxRuntime.builder().seed(seed).pausedClock().currentThread()) {
      List<JoinHandle<Integer>> handles = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        handles.add(replayed.spawn(new Wanderer("t" + i, 12, trace, handles)));
      }
      for (int i = 0; i < 10; i++) {
        String name = "t" + i;
        trace.add(
            replayed.blockOn(
                handles.get(i).map(steps -> name + "=" + steps).recover(Throwable::getMessage)));
      }
      trace.add("at " + replayed.timer().nanoTime());
    }
    return trace;
  }

  private static final class Wanderer implements Future<Integer> {
    private final String name;
    private final List<String> trace;
    private final List<JoinHandle<Integer>> others;
    private int left;
    private Future<Void> sleep;

    Wanderer(String name, int steps, List<String> trace, List<JoinHandle<Integer>> others) {
      this.name = name;
      this.left = steps;
      this.trace = trace;
      this.others = others;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws Exception {
      while (true) {
        if (sleep != null) {
          if (sleep.poll(cx).isPending()) {
            return Poll.pending();
          }
          sleep = null;
        }
        int what = cx.nextInt(8);
        trace.add(name + ":" + what + "@" + cx.timer().nanoTime());
        if (left-- == 0) {
          return Poll.ready(what);
        }
        switch (what) {
          case 0, 1, 2 -> sleep = sleep(Duration.ofMillis(1 + cx.nextInt(20)));
          case 3, 4 -> {
            cx.wakeSelf();
            return Poll.pending();
          }
          case 5 -> {
            cx.waker().wake();
            return Poll.pending();
          }
          case 6 -> cx.spawner().spawn(new Wanderer(name + "c", 2, trace, others)).detach();
          default -> {
            if (cx.nextInt(10) == 0) {
              others.get(cx.nextInt(others.size())).requestCancel();
            }
          }
        }
      }
    }

    @Override
    public void cancel() {
      trace.add(name + " cancelled");
      if (sleep != null) {
        sleep.cancel();
      }
    }
  }
}
