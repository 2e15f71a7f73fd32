package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the runtimes count: that nothing is lost, and that durations are what they are. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {0, 1, 2, 8})
@Timeout(60)
class RuntimeMetricsTest {

  private final PolluxRuntime runtime;
  private final boolean currentThread;

  RuntimeMetricsTest(int workers) {
    RuntimeBuilder builder =
        PolluxRuntime.builder().name("counted").uncaughtFailureHandler((failure, origin) -> {});
    currentThread = workers == 0;
    runtime = currentThread ? builder.currentThread() : builder.workers(workers).multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    assertConserved();
    assertThat(runtime.metrics().liveTasks()).isZero();
  }

  private void assertConserved() {
    RuntimeMetrics metrics = runtime.metrics();
    assertThat(metrics.spawnedTasks())
        .as(metrics::toString)
        .isEqualTo(
            metrics.completedTasks()
                + metrics.failedTasks()
                + metrics.cancelledTasks()
                + metrics.liveTasks());
  }

  /** Runs what is ready until {@code condition} holds. */
  private void drive(BooleanSupplier condition) throws Exception {
    if (currentThread) {
      while (!condition.getAsBoolean()) {
        runtime.blockOn(Futures.yieldNow());
      }
    } else {
      await(condition);
    }
  }

  @Test
  void spawnedIsWhatEndedAndWhatLives() throws Exception {
    List<Gate> gates = new ArrayList<>();
    List<JoinHandle<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      waiting.add(i % 3 == 0 ? runtime.spawnPinned(() -> gate) : runtime.spawn(gate));
      runtime.spawn(Futures.ready(i)).detach();
      runtime
          .spawn(
              cx -> {
                cx.spawner().spawn(Futures.yieldNow()).detach();
                return Poll.done();
              })
          .detach();
      runtime.spawn(Futures.failed(new IllegalStateException("counted"))).detach();
    }
    drive(() -> runtime.metrics().liveTasks() <= 300 && gates.get(299).polls > 0);
    drive(() -> runtime.metrics().failedTasks() == 300);
    waiting.subList(0, 100).forEach(JoinHandle::requestCancel);
    drive(() -> runtime.metrics().liveTasks() == 200);
    gates.subList(100, 200).forEach(Gate::open);
    drive(() -> runtime.metrics().liveTasks() == 100);
    drive(
        () -> {
          RuntimeMetrics metrics = runtime.metrics();
          return metrics.completedTasks() + metrics.failedTasks() + metrics.cancelledTasks() + 100
              == metrics.spawnedTasks();
        });
    RuntimeMetrics metrics = runtime.metrics();
    assertThat(metrics.cancelledTasks()).isGreaterThanOrEqualTo(100);
    assertThat(metrics.failedTasks()).isEqualTo(300);
    if (!currentThread) { // there the test itself runs tasks to drive
      assertThat(metrics.spawnedTasks()).isEqualTo(1500);
      assertThat(metrics.localQueueDepth()).isZero();
    }
    assertThat(metrics.injectQueueDepth()).isZero();
  }

  @Test
  void whatIsRefusedEndsToo() throws Exception {
    runtime.close();
    assertThatThrownBy(() -> runtime.spawn(Futures.ready(1)).detach())
        .isInstanceOf(Exception.class);
    assertConserved();
  }

  @Test
  void everyPollIsAccountedFor() throws Exception {
    for (int i = 0; i < 50; i++) {
      runtime.blockOn(yields(200));
    }
    RuntimeMetrics metrics = runtime.metrics();
    assertThat(metrics.polls()).isBetween(10_000L, 12_000L);
    // Those since the last that was measured are not: each worker has as many at most.
    assertThat(metrics.pollTimes().count()).isBetween(1L, metrics.polls() + 50);
    assertThat(metrics.scheduleLatencies().count()).isPositive();
  }

  @Test
  void longPollsAreMeasuredAsTheyAre() throws Exception {
    runtime.blockOn(yields(10_000)); // many short ones: then few are measured
    long before = runtime.metrics().pollTimes().count();
    assertThat(before).isPositive();
    runtime.blockOn(
        cx -> {
          spin(Duration.ofMillis(30));
          return Poll.done();
        });
    runtime.blockOn(yields(1_000)); // until the worker has looked at the clock
    drive(() -> runtime.metrics().pollTimes().max().compareTo(Duration.ofMillis(29)) >= 0);
  }

  @Test
  void busyTimeIsTheTimeAwake() throws Exception {
    runtime.blockOn(Futures.ready(1));
    Duration before = runtime.metrics().busyTime();
    runtime.blockOn(
        cx -> {
          spin(Duration.ofMillis(50));
          return Poll.done();
        });
    assertThat(runtime.metrics().busyTime().minus(before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50));
    // A sleeping worker has no busy time: it stays as it is.
    if (!currentThread) {
      MultiThreading.awaitQuiet((MultiThreadRuntime) runtime, Duration.ofMillis(30));
    }
  }

  @Test
  void afterTheCloseNobodyIsBusy() throws Exception {
    runtime.blockOn(Futures.ready(1));
    runtime.close();
    await(() -> runtime.metrics().workerThreads() == 0);
    Duration busy = runtime.metrics().busyTime();
    spin(Duration.ofMillis(5));
    assertThat(runtime.metrics().busyTime()).isEqualTo(busy);
  }

  @Test
  void ofManyThatOnePollSpawnsAnyMayBeMeasured() throws Exception {
    for (int i = 0; i < 200; i++) {
      runtime.blockOn(
          cx -> {
            spin(Duration.ofNanos(50_000)); // long enough for each such poll to be measured
            for (int child = 0; child < 100; child++) {
              cx.spawner().spawn(yields(1)).detach();
            }
            return Poll.done();
          });
    }
    // The last of a hundred waits for many others; the first for nobody.
    DurationHistogram waits = runtime.metrics().scheduleLatencies();
    assertThat(waits.count()).isGreaterThan(20);
    assertThat(waits.buckets().size()).isGreaterThan(3);
  }

  @Test
  void timersAreCounted() throws Exception {
    List<JoinHandle<Void>> sleeps = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sleeps.add(runtime.spawn(Time.sleep(Duration.ofHours(1))));
    }
    drive(() -> runtime.metrics().timersPending() == 10);
    sleeps.forEach(JoinHandle::requestCancel);
    drive(() -> runtime.metrics().liveTasks() == 0);
    if (runtime.metrics().workers() == 1) { // else a worker that sleeps keeps what others disarmed
      drive(() -> runtime.metrics().timersPending() == 0);
    }
  }

  @Test
  void budgetForcedYieldsAreCounted() throws Exception {
    assertThat(runtime.metrics().budgetForcedYields()).isZero();
    runtime.blockOn(AsyncIterators.range(0, 1000).count());
    assertThat(runtime.metrics().budgetForcedYields()).isGreaterThanOrEqualTo(7);
  }

  @Test
  void theWaitOfATaskBehindALongPollIsSeen() throws Exception {
    if (currentThread) {
      return; // there the driver is this thread
    }
    runtime.blockOn(yields(100));
    int workers = runtime.metrics().workers();
    List<JoinHandle<Void>> stuck = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(workers);
    CountDownLatch release = new CountDownLatch(1);
    for (int i = 0; i < workers; i++) {
      stuck.add(
          runtime.spawn(
              cx -> {
                all.countDown();
                awaitOpen(release);
                return Poll.done();
              }));
    }
    awaitOpen(all);
    List<JoinHandle<Void>> waiting = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      waiting.add(runtime.spawn(cx -> Poll.done()));
    }
    spin(Duration.ofMillis(20));
    release.countDown();
    for (JoinHandle<Void> handle : waiting) {
      handle.join();
    }
    for (JoinHandle<Void> handle : stuck) {
      handle.join();
    }
    // The first from outside after a look is followed, if the last look was long enough ago.
    assertThat(runtime.metrics().scheduleLatencies().count()).isPositive();
  }

  private static Future<Void> yields(int count) {
    return new Future<>() {
      private int left = count;

      @Override
      public Poll<Void> poll(Context cx) {
        if (left-- == 0) {
          return Poll.done();
        }
        cx.wakeSelf();
        return Poll.pending();
      }
    };
  }

  /** Keeps the thread busy: what is measured is a clock, not a condition. */
  private static void spin(Duration duration) {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < duration.toNanos()) {
      Thread.onSpinWait();
    }
  }
}
