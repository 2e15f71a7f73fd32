package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.armFromOutside;
import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.waits;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.Waker;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A poll that does not return stops no other task, timer or spawn. In each test the poll waits for
 * what it would hold up, so only another worker can have brought that about.
 */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {2, 8})
@Timeout(120)
class MultiThreadStuckWorkerTest {

  private final Uncaught uncaught = new Uncaught();
  private final MultiThreadRuntime runtime;
  private final RuntimeBuilder builder;

  MultiThreadStuckWorkerTest(int workers) {
    builder =
        PolluxRuntime.builder()
            .name("stuck")
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add);
    runtime = builder.multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    assertThat(runtime.liveTasks()).isZero();
    uncaught.assertNone();
  }

  private static Future<Void> opens(CountDownLatch latch) {
    return cx -> {
      latch.countDown();
      return Poll.done();
    };
  }

  // ---- tasks

  @Test
  void theTaskInTheLifoSlotRuns() throws Exception {
    for (int round = 0; round < 3; round++) {
      awaitDormant(runtime);
      stuckUntilItsFirstChildHasRun(runtime);
    }
    assertThat(runtime.metrics().rescues()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void theTaskInTheLifoSlotRunsInARuntimeThatWasBusy() throws Exception {
    for (int round = 0; round < 20; round++) {
      stuckUntilItsFirstChildHasRun(runtime);
    }
  }

  private static void stuckUntilItsFirstChildHasRun(MultiThreadRuntime runtime) throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    runtime
        .spawn(
            cx -> {
              cx.spawner().spawn(opens(ran)).detach();
              awaitOpen(ran);
              return Poll.done();
            })
        .join();
  }

  @Test
  void theTaskThatItWakesRuns() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    AtomicReference<Waker> waker = new AtomicReference<>();
    JoinHandle<Void> woken =
        runtime.spawn(
            cx -> {
              if (waker.getAndSet(cx.waker()) == null) {
                return Poll.pending();
              }
              ran.countDown();
              return Poll.done();
            });
    await(() -> waker.get() != null);
    awaitDormant(runtime);
    runtime
        .spawn(
            cx -> {
              waker.get().wake();
              awaitOpen(ran);
              return Poll.done();
            })
        .join();
    woken.join();
  }

  @Test
  void theTasksInItsRingRun() throws Exception {
    for (int round = 0; round < 3; round++) {
      awaitDormant(runtime);
      stuckUntilAllItsChildrenHaveRun(runtime, 100);
    }
    stuckUntilAllItsChildrenHaveRun(runtime, 2000);
  }

  @Test
  void theTasksInItsRingRunWithoutALifoSlot() throws Exception {
    try (MultiThreadRuntime fifo = builder.lifoSlot(false).multiThread()) {
      for (int round = 0; round < 3; round++) {
        awaitDormant(fifo);
        stuckUntilAllItsChildrenHaveRun(fifo, 1);
        stuckUntilAllItsChildrenHaveRun(fifo, 100);
      }
    }
  }

  private static void stuckUntilAllItsChildrenHaveRun(MultiThreadRuntime runtime, int children)
      throws Exception {
    CountDownLatch ran = new CountDownLatch(children);
    runtime
        .spawn(
            cx -> {
              for (int i = 0; i < children; i++) {
                cx.spawner().spawn(opens(ran)).detach();
              }
              awaitOpen(ran);
              return Poll.done();
            })
        .join();
  }

  @Test
  void tasksFromOutsideRun() throws Exception {
    for (int round = 0; round < 3; round++) {
      awaitDormant(runtime);
      CountDownLatch stuck = new CountDownLatch(1);
      CountDownLatch ran = new CountDownLatch(10);
      JoinHandle<Void> blocker =
          runtime.spawn(
              cx -> {
                stuck.countDown();
                awaitOpen(ran);
                return Poll.done();
              });
      awaitOpen(stuck);
      for (int i = 0; i < 10; i++) {
        runtime.spawn(opens(ran)).detach();
      }
      blocker.join();
    }
  }

  @Test
  void tasksThatAreWokenFromOutsideRun() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> waiting = runtime.spawn(gate);
    await(() -> gate.polls == 1);
    awaitDormant(runtime);
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch ran = new CountDownLatch(1);
    JoinHandle<Void> blocker =
        runtime.spawn(
            cx -> {
              stuck.countDown();
              awaitOpen(ran);
              return Poll.done();
            });
    awaitOpen(stuck);
    gate.open();
    assertThat(waiting.join()).isEqualTo("open");
    ran.countDown();
    blocker.join();
  }

  @Test
  void aRescuedTaskIsNotStuckBehindASecondPollThatBlocks() throws Exception {
    // All but one of the workers are stuck, one after the other, each with a child in its slot.
    int stuckWorkers = runtime.metrics().workers() - 1;
    CountDownLatch release = new CountDownLatch(1);
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < stuckWorkers; i++) {
      CountDownLatch childRan = new CountDownLatch(1);
      CountDownLatch stuck = new CountDownLatch(1);
      blockers.add(
          runtime.spawn(
              cx -> {
                cx.spawner().spawn(opens(childRan)).detach();
                stuck.countDown();
                awaitOpen(release);
                return Poll.done();
              }));
      awaitOpen(stuck);
      awaitOpen(childRan);
    }
    release.countDown();
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
  }

  // ---- timers

  @Test
  void theSleepOfAnotherTaskOnItsWorkerEnds() throws Exception {
    for (int round = 0; round < 3; round++) {
      awaitDormant(runtime);
      LocalPair pair = new LocalPair(runtime);
      pair.blocker.join();
      pair.sleeper.join();
    }
  }

  /** A sleeper whose timer is armed on a worker that gets stuck right afterwards. */
  private static final class LocalPair {
    final CountDownLatch slept = new CountDownLatch(1);
    final JoinHandle<Void> blocker;
    final JoinHandle<Void> sleeper;

    LocalPair(MultiThreadRuntime runtime) throws InterruptedException {
      // The sleep is polled by the blocker itself, with the waker of the sleeper: so it is armed
      // here.
      AtomicReference<Waker> waker = new AtomicReference<>();
      sleeper =
          runtime.spawn(
              cx -> {
                if (waker.getAndSet(cx.waker()) == null) {
                  return Poll.pending();
                }
                slept.countDown();
                return Poll.done();
              });
      await(() -> waker.get() != null);
      blocker =
          runtime.spawn(
              cx -> {
                Future<Void> nap = sleep(Duration.ofMillis(3));
                assertThat(nap.poll(cx.withWaker(waker.get())).isPending()).isTrue();
                awaitOpen(slept);
                nap.cancel();
                return Poll.done();
              });
    }
  }

  @Test
  void sleepsThatWereArmedOnAllWorkersEndWhileAllButOneAreStuck() throws Exception {
    int stuckWorkers = runtime.metrics().workers() - 1;
    int sleeps = 40 * runtime.metrics().workers();
    CountDownLatch slept = new CountDownLatch(sleeps);
    List<JoinHandle<Void>> sleepers = new ArrayList<>();
    for (int i = 0; i < sleeps; i++) {
      sleepers.add(
          runtime.spawn(
              sleep(Duration.ofMillis(10 + i % 20))
                  .map(
                      nothing -> {
                        slept.countDown();
                        return null;
                      })));
    }
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < stuckWorkers; i++) {
      blockers.add(
          runtime.spawn(
              cx -> {
                awaitOpen(slept);
                return Poll.done();
              }));
    }
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
    for (JoinHandle<Void> sleeper : sleepers) {
      sleeper.join();
    }
  }

  @Test
  void aSleepFromBeforeTheWorkerSleptEndsWhileItIsStuck() throws Exception {
    CountDownLatch slept = new CountDownLatch(1);
    // Long enough for everybody to go to sleep first; whoever has it in its wheel may get stuck.
    JoinHandle<Void> sleeper =
        runtime.spawn(
            sleep(Duration.ofMillis(150))
                .map(
                    nothing -> {
                      slept.countDown();
                      return null;
                    }));
    awaitDormant(runtime);
    int stuckWorkers = runtime.metrics().workers() - 1;
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < stuckWorkers; i++) {
      blockers.add(
          runtime.spawn(
              cx -> {
                awaitOpen(slept);
                return Poll.done();
              }));
    }
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
    sleeper.join();
  }

  @Test
  void aTimerThatIsArmedFromOutsideEndsWhileAnyWorkerIsStuck() throws Exception {
    for (int worker = 0; worker < runtime.metrics().workers(); worker++) {
      awaitDormant(runtime);
      CountDownLatch stuck = new CountDownLatch(1);
      CountDownLatch rang = new CountDownLatch(1);
      JoinHandle<Void> blocker = // pinned: in turn on each worker
          runtime.spawnPinned(
              () ->
                  cx -> {
                    stuck.countDown();
                    awaitOpen(rang);
                    return Poll.done();
                  });
      awaitOpen(stuck);
      armFromOutside(runtime, Duration.ofMillis(5), rang::countDown);
      blocker.join();
    }
  }

  @Test
  void aTimerOfAPollThatHasGivenItsWorkerAwayEndsWhileThatIsStuck() throws Exception {
    for (int round = 0; round < 3; round++) {
      CountDownLatch others = new CountDownLatch(1);
      CountDownLatch rang = new CountDownLatch(1);
      int workers = runtime.metrics().workers();
      JoinHandle<Void> sleeper =
          runtime.spawn(
              Futures.<Void>defer(
                      () -> {
                        try {
                          runtime.blockInPlace(
                              () -> {
                                awaitOpen(others);
                                return null;
                              });
                        } catch (Exception e) {
                          throw new AssertionError(e);
                        }
                        return sleep(Duration.ofMillis(5));
                      })
                  .map(
                      nothing -> {
                        rang.countDown();
                        return null;
                      }));
      awaitDormant(runtime);
      List<JoinHandle<Void>> blockers = new ArrayList<>();
      CountDownLatch stuck = new CountDownLatch(workers - 1);
      for (int i = 0; i < workers - 1; i++) {
        blockers.add(
            runtime.spawn(
                cx -> {
                  stuck.countDown();
                  awaitOpen(rang);
                  return Poll.done();
                }));
      }
      awaitOpen(stuck);
      others.countDown();
      sleeper.join();
      for (JoinHandle<Void> blocker : blockers) {
        blocker.join();
      }
    }
  }

  // ---- others

  @Test
  void aThreadThatBlocksOnAFutureIsNotHeldUp() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Void> blocker =
        runtime.spawn(
            cx -> {
              stuck.countDown();
              awaitOpen(release);
              return Poll.done();
            });
    awaitOpen(stuck);
    for (int i = 0; i < 20; i++) {
      String slept = runtime.blockOn(sleep(Duration.ofMillis(1)).map(nothing -> "slept"));
      assertThat(slept).isEqualTo("slept");
    }
    release.countDown();
    blocker.join();
  }

  @Test
  void cancellingATaskThatIsStuckWaitsForItsPoll() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    JoinHandle<Object> blocker =
        runtime.spawn(
            waits(
                cx -> {
                  stuck.countDown();
                  awaitOpen(release);
                },
                cancelled::countDown));
    awaitOpen(stuck);
    blocker.requestCancel();
    Elsewhere<Boolean> joiner =
        elsewhere(
            () -> {
              try {
                blocker.join();
                return false;
              } catch (TaskCancelledException e) {
                return true;
              }
            });
    joiner.asleep();
    assertThat(cancelled.getCount()).isEqualTo(1);
    release.countDown();
    assertThat(joiner.result()).isTrue();
    awaitOpen(cancelled);
  }
}
