package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A clock that stands until nothing else can happen, with several workers. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadPausedClockTest {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;

  MultiThreadPausedClockTest(int workers) {
    this.workers = workers;
    this.runtime =
        PolluxRuntime.builder()
            .name("paused")
            .workers(workers)
            .pausedClock()
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    uncaught.assertNone();
  }

  private long now() {
    return runtime.timer().nanoTime();
  }

  @Test
  void itStandsAtZeroAndIsMovedByHand() throws Exception {
    assertThat(now()).isZero();
    Spinner spinner = new Spinner(); // so that it never moves by itself
    JoinHandle<String> spinning = runtime.spawn(spinner);
    List<JoinHandle<Void>> sleeps = new ArrayList<>();
    CountDownLatch armed = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      Future<Void> nap = sleep(Duration.ofMinutes(i + 1));
      sleeps.add(
          runtime.spawn(
              cx -> {
                Poll<Void> poll = nap.poll(cx);
                armed.countDown();
                return poll;
              }));
    }
    awaitOpen(armed);
    runtime.advance(Duration.ofMinutes(10));
    assertThat(now()).isEqualTo(Duration.ofMinutes(10).toNanos());
    for (int i = 0; i < 10; i++) {
      sleeps.get(i).join();
    }
    assertThat(sleeps.subList(10, 20)).noneMatch(JoinHandle::isFinished);
    runtime.advance(Duration.ofMinutes(10));
    for (int i = 10; i < 20; i++) {
      sleeps.get(i).join();
    }
    spinner.stop = true;
    spinning.join();
    assertThatThrownBy(() -> runtime.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duration must not be negative, was PT-0.000000001S");
    assertThatThrownBy(() -> runtime.advance(null)).isInstanceOf(NullPointerException.class);
    runtime.advance(ChronoUnit.FOREVER.getDuration());
    assertThat(now()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClockThatIsNotPausedIsNotMovedByHand() {
    try (MultiThreadRuntime real = PolluxRuntime.builder().name("real").multiThread()) {
      assertThatThrownBy(() -> real.advance(Duration.ofSeconds(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("\"real\"")
          .hasMessageContaining("pausedClock()");
    }
  }

  @Test
  void hoursOfSleepTakeNoTime() throws Exception {
    long sum =
        runtime.blockOn(
            Futures.<Long>defer(
                () -> {
                  Context cx = Context.current().orElseThrow();
                  List<JoinHandle<Long>> children = new ArrayList<>();
                  for (int i = 1; i <= 100; i++) {
                    long hours = i;
                    children.add(
                        cx.spawner()
                            .spawn(sleep(Duration.ofHours(hours)).map(nothing -> now() / HOUR)));
                  }
                  return Futures.joinAll(children)
                      .map(all -> all.stream().mapToLong(Long::longValue).sum());
                }));
    assertThat(sum).as("each woke at its own hour").isEqualTo(100 * 101 / 2);
    assertThat(now()).isEqualTo(100 * HOUR);
  }

  @Test
  void aChainOfSleepsThroughManyTasksAddsUp() throws Exception {
    // Each link is a task of its own, spawned by the one before: from worker to worker.
    assertThat(runtime.blockOn(link(200))).isEqualTo(200 * HOUR);
  }

  private Future<Long> link(int left) {
    if (left == 0) {
      return Futures.lazy(this::now);
    }
    return sleep(Duration.ofHours(1)).flatMap(nothing -> runtime.spawn(link(left - 1)));
  }

  @Test
  void timeoutsRunOnIt() {
    assertThatThrownBy(() -> runtime.blockOn(new Gate().timeout(Duration.ofDays(365))))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(Duration.ofDays(365).toNanos());
    assertThatThrownBy(() -> runtime.blockOn(new Gate(), Duration.ofDays(365)))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(Duration.ofDays(730).toNanos());
  }

  @Test
  void pinnedTasksSleepOnIt() throws Exception {
    List<JoinHandle<Long>> handles = new ArrayList<>();
    for (int i = 1; i <= 3 * workers; i++) {
      handles.add(runtime.spawnPinned(() -> sleep(Duration.ofHours(1)).map(nothing -> now())));
    }
    for (JoinHandle<Long> handle : handles) {
      assertThat(handle.join()).isGreaterThanOrEqualTo(HOUR);
    }
  }

  // ---- what holds it

  @Test
  void aTaskThatIsBeingPolledHoldsIt() throws Exception {
    CountDownLatch polling = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Long> busy =
        runtime.spawn(
            cx -> {
              polling.countDown();
              awaitOpen(release);
              return Poll.ready(now());
            });
    awaitOpen(polling);
    JoinHandle<Void> sleeper = runtime.spawn(sleep(Duration.ofHours(1)));
    release.countDown();
    assertThat(busy.join()).isZero();
    sleeper.join();
    assertThat(now()).isEqualTo(HOUR);
  }

  @Test
  void aBlockingJobHoldsIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Long> job =
        runtime.spawnBlocking(
            () -> {
              begun.countDown();
              awaitOpen(release);
              return now();
            });
    awaitOpen(begun);
    JoinHandle<Void> sleeper = runtime.spawn(sleep(Duration.ofHours(1)));
    awaitDormant(runtime);
    assertThat(now()).isZero();
    assertThat(sleeper.isFinished()).isFalse();
    release.countDown();
    assertThat(job.join()).isZero();
    sleeper.join();
    assertThat(now()).isEqualTo(HOUR);
  }

  @Test
  void aTaskThatWaitsForAJobGoesOnAtTheSameTime() throws Exception {
    for (int round = 0; round < 50; round++) {
      long before = now();
      long after =
          runtime.blockOn(
              Futures.<Long>defer(
                  () -> {
                    Context cx = Context.current().orElseThrow();
                    JoinHandle<Void> sleeper = cx.spawner().spawn(sleep(Duration.ofHours(1)));
                    Future<Long> job = cx.blocking().spawnBlocking(() -> 1).map(one -> now());
                    return job.flatMap(then -> sleeper.map(nothing -> then));
                  }));
      assertThat(after).isEqualTo(before);
      assertThat(now()).isEqualTo(before + HOUR);
    }
  }

  @Test
  void aCallThatBlocksInPlaceHoldsItUntilItsPollIsOver() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong afterCall = new AtomicLong(-1);
    JoinHandle<Void> caller =
        runtime.spawn(
            Futures.<Void>defer(
                () -> {
                  try {
                    runtime.blockInPlace(
                        () -> {
                          begun.countDown();
                          awaitOpen(release);
                          return null;
                        });
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                  afterCall.set(now());
                  return sleep(Duration.ofMinutes(30));
                }));
    awaitOpen(begun);
    JoinHandle<Long> sleeper = runtime.spawn(sleep(Duration.ofHours(1)).map(nothing -> now()));
    awaitDormant(runtime);
    assertThat(now()).isZero();
    release.countDown();
    caller.join();
    assertThat(afterCall).hasValue(0);
    assertThat(sleeper.join()).isEqualTo(HOUR);
  }

  @Test
  void theLastCallThatBlocksInPlaceLetsItGo() throws Exception {
    for (int round = 1; round <= 5; round++) {
      CountDownLatch begun = new CountDownLatch(2 * workers);
      CountDownLatch release = new CountDownLatch(1);
      List<JoinHandle<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 2 * workers; i++) {
        callers.add(
            runtime.spawn(
                cx -> {
                  runtime.blockInPlace(
                      () -> {
                        begun.countDown();
                        awaitOpen(release);
                        return null;
                      });
                  return Poll.done();
                }));
      }
      awaitOpen(begun);
      JoinHandle<Void> sleeper = runtime.spawn(sleep(Duration.ofHours(1)));
      awaitDormant(runtime);
      release.countDown();
      sleeper.join();
      assertThat(now()).isEqualTo(round * HOUR);
      for (JoinHandle<Void> caller : callers) {
        caller.join();
      }
    }
  }

  @Test
  void itMovesForWhatIsArmedFromOutside() throws Exception {
    CountDownLatch rang = new CountDownLatch(1);
    MultiThreading.armFromOutside(runtime, Duration.ofHours(1), rang::countDown);
    awaitOpen(rang);
    assertThat(now()).isEqualTo(HOUR);
  }

  @Test
  void advancingWakesATimerWhoseWorkerIsStuck() throws Exception {
    if (workers == 1) {
      return;
    }
    CountDownLatch rang = new CountDownLatch(1);
    CountDownLatch armed = new CountDownLatch(1);
    JoinHandle<Void> blocker =
        runtime.spawn(
            cx -> {
              Future<Void> nap = sleep(Duration.ofHours(1));
              assertThat(nap.poll(cx.withWaker(rang::countDown)).isPending()).isTrue();
              armed.countDown();
              awaitOpen(rang);
              nap.cancel();
              return Poll.done();
            });
    awaitOpen(armed);
    runtime.advance(Duration.ofHours(1));
    blocker.join();
  }

  @Test
  void severalThreadsMoveItAndBlockAtOnce() throws Exception {
    List<Elsewhere<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          elsewhere(
              () -> {
                for (int round = 0; round < 50; round++) {
                  long before = now();
                  long after = runtime.blockOn(sleep(Duration.ofMinutes(1)).map(nothing -> now()));
                  assertThat(after - before)
                      .isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
                  runtime.advance(Duration.ofSeconds(1));
                }
                return null;
              }));
    }
    for (Elsewhere<Void> thread : threads) {
      thread.result();
    }
    assertThat(now()).isGreaterThanOrEqualTo(Duration.ofSeconds(200).toNanos());
    await(() -> runtime.liveTasks() == 0);
  }
}
