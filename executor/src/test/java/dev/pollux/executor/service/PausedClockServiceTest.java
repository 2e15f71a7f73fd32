package dev.pollux.executor.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service on a runtime that the test drives by hand, with a clock that it moves. */
@Timeout(120)
class PausedClockServiceTest {

  private final List<Throwable> uncaught = new ArrayList<>();
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .name("paused")
          .pausedClock()
          .uncaughtFailureHandler((failure, origin) -> uncaught.add(failure))
          .currentThread();
  private final ScheduledExecutorService service = runtime.asScheduledExecutorService();
  private final List<Object> seen = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    service.shutdownNow();
    drive();
    assertThat(service.isTerminated()).isTrue();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(runtime.untilNextTimer()).isEmpty();
    runtime.close();
    assertThat(uncaught).isEmpty();
  }

  /** Runs what is ready. */
  private void drive() {
    while (runtime.tryTick()) {}
  }

  /** Moves the clock tick by tick, and runs what becomes ready. */
  private void pass(long millis) {
    drive();
    for (long i = 0; i < millis; i++) {
      runtime.advance(Duration.ofMillis(1));
      drive();
    }
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toMillis(runtime.timer().nanoTime());
  }

  private void seeNow() {
    seen.add(now());
  }

  // ---- when

  @Test
  void aDelayedCommandRunsAtItsTime() throws Exception {
    ScheduledFuture<Long> future = service.schedule(this::now, 10, TimeUnit.MILLISECONDS);
    pass(9);
    assertThat(future.isDone()).isFalse();
    assertThat(future.getDelay(TimeUnit.MILLISECONDS)).isEqualTo(1);
    pass(1);
    assertThat(future.get()).isEqualTo(10);
    pass(5);
    assertThat(future.getDelay(TimeUnit.MILLISECONDS)).isEqualTo(-5);
  }

  @Test
  void theDelayIsCountedFromSubmissionAndNotFromTheFirstPoll() throws Exception {
    ScheduledFuture<Long> future = service.schedule(this::now, 10, TimeUnit.MILLISECONDS);
    runtime.advance(Duration.ofMillis(10));
    drive();
    assertThat(future.get()).isEqualTo(10);
  }

  @Test
  void aFixedRateIsOneOfStartsAndDoesNotDrift() {
    ScheduledFuture<?> future =
        service.scheduleAtFixedRate(
            () -> {
              seeNow();
              runtime.advance(Duration.ofMillis(3));
            },
            5,
            10,
            TimeUnit.MILLISECONDS);
    pass(40);
    assertThat(seen).startsWith(5L, 15L, 25L, 35L);
    assertThat(future.getDelay(TimeUnit.MILLISECONDS)).isLessThanOrEqualTo(10);
  }

  @Test
  void aFixedDelayIsCountedFromTheEndOfARun() {
    ScheduledFuture<?> future =
        service.scheduleWithFixedDelay(
            () -> {
              seeNow();
              runtime.advance(Duration.ofMillis(3));
            },
            5,
            10,
            TimeUnit.MILLISECONDS);
    pass(40);
    assertThat(seen).startsWith(5L, 18L, 31L);
    assertThat(future.isDone()).isFalse();
  }

  @Test
  void executionsThatAreLateFollowAtOnceAndOthersHaveTheirTurnBetweenThem() {
    boolean[] first = {true};
    ScheduledFuture<?> future =
        service.scheduleAtFixedRate(
            () -> {
              seeNow();
              if (first[0]) {
                first[0] = false;
                runtime.advance(Duration.ofMillis(25));
              }
              service.execute(() -> seen.add("other"));
            },
            10,
            10,
            TimeUnit.MILLISECONDS);
    pass(10);
    assertThat(seen).containsExactly(10L, "other", 35L, "other", 35L, "other");
    pass(5);
    assertThat(seen).endsWith("other", 40L, "other").hasSize(8);
    assertThat(future.isDone()).isFalse();
  }

  @Test
  void aNegativeInitialDelayIsNoneAndTheRateIsCountedFromNow() {
    runtime.advance(Duration.ofMillis(100));
    ScheduledFuture<?> future =
        service.scheduleAtFixedRate(this::seeNow, -50, 10, TimeUnit.MILLISECONDS);
    pass(20);
    assertThat(seen).containsExactly(100L, 110L, 120L);
    assertThat(future.isDone()).isFalse();
  }

  @Test
  void theClockMayJumpFromTaskToTask() throws Exception {
    ScheduledFuture<?> daily = service.scheduleAtFixedRate(this::seeNow, 1, 1, TimeUnit.DAYS);
    ScheduledFuture<?> end = service.schedule(() -> daily.cancel(false), 100, TimeUnit.DAYS);
    while (!end.isDone()) {
      assertThat(runtime.tick()).isTrue();
    }
    assertThat(seen).hasSizeBetween(99, 100).startsWith(86_400_000L, 2 * 86_400_000L);
    assertThat(daily.isCancelled()).isTrue();
  }

  @Test
  void delaysThatDoNotFitSaturate() {
    runtime.advance(Duration.ofDays(1));
    ScheduledFuture<?> never = service.schedule(this::seeNow, Long.MAX_VALUE, TimeUnit.DAYS);
    ScheduledFuture<?> now = service.schedule(this::seeNow, Long.MIN_VALUE, TimeUnit.DAYS);
    assertThat(never.compareTo(now)).isPositive();
    assertThat(now.compareTo(never)).isNegative();
    drive();
    assertThat(now.isDone()).isTrue();
    assertThat(never.isDone()).isFalse();
    assertThat(never.getDelay(TimeUnit.DAYS)).isGreaterThan(100_000);
    ScheduledFuture<?> once =
        service.scheduleAtFixedRate(this::seeNow, 0, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    pass(3);
    assertThat(seen).hasSize(2);
    assertThat(once.getDelay(TimeUnit.DAYS)).isGreaterThan(100_000);
  }

  // ---- in which order

  @Test
  void commandsWithoutADelayRunInTheOrderOfSubmission() {
    List<Object> submitted = new ArrayList<>();
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      int number = i;
      submitted.add(i);
      switch (i % 3) {
        case 0 -> service.execute(() -> seen.add(number));
        case 1 -> futures.add(service.submit(() -> seen.add(number)));
        default -> futures.add(service.schedule(() -> seen.add(number), 0, TimeUnit.DAYS));
      }
    }
    drive();
    assertThat(seen).isEqualTo(submitted);
    assertThat(futures).allMatch(Future::isDone);
  }

  @Test
  void commandsWithTheSameDelayRunInTheOrderOfSubmission() {
    for (int delay : new int[] {1, 63, 64, 65, 700, 5_000, 300_000}) {
      seen.clear();
      List<Object> submitted = new ArrayList<>();
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        submitted.add(i);
        futures.add(service.schedule(() -> seen.add(number), delay, TimeUnit.MILLISECONDS));
        if (i % 20 == 0) {
          drive();
          runtime.advance(Duration.ofNanos(100_000L * (i % 40)));
        }
      }
      while (seen.size() < submitted.size()) {
        assertThat(runtime.tick()).isTrue();
      }
      assertThat(seen).as("delay of %s ms", delay).isEqualTo(submitted);
      assertThat(futures).allMatch(Future::isDone);
    }
  }

  // ---- periodic commands that end

  @Test
  void aPeriodicCommandThatThrowsRunsNoMore() {
    ScheduledFuture<?> future =
        service.scheduleAtFixedRate(
            () -> {
              seeNow();
              throw new IllegalStateException("first");
            },
            1,
            1,
            TimeUnit.MILLISECONDS);
    pass(5);
    assertThat(seen).containsExactly(1L);
    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("first");
    assertThat(runtime.untilNextTimer()).isEmpty();
  }

  @Test
  void aPeriodicCommandMayCancelItself() {
    List<ScheduledFuture<?>> self = new ArrayList<>();
    self.add(
        service.scheduleWithFixedDelay(
            () -> {
              seeNow();
              if (seen.size() == 3) {
                assertThat(self.get(0).cancel(true)).isTrue();
              }
            },
            0,
            1,
            TimeUnit.MILLISECONDS));
    pass(10);
    assertThat(seen).containsExactly(0L, 1L, 2L);
    assertThatThrownBy(self.get(0)::get).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).as("workers are never interrupted").isFalse();
  }

  @Test
  void shutdownFromInsideAPeriodicCommandCancelsIt() {
    ScheduledFuture<?> future =
        service.scheduleAtFixedRate(
            () -> {
              seeNow();
              service.shutdown();
              assertThat(service.isTerminated()).isFalse();
            },
            1,
            1,
            TimeUnit.MILLISECONDS);
    pass(3);
    assertThat(seen).containsExactly(1L);
    assertThat(future.isCancelled()).isTrue();
    assertThat(service.isTerminated()).isTrue();
  }

  // ---- cancelling

  @Test
  void aCancelledCommandIsForgottenByTheTimerAtOnce() {
    ScheduledFuture<?> future = service.schedule(this::seeNow, 1, TimeUnit.HOURS);
    drive();
    assertThat(runtime.untilNextTimer()).isPresent();
    int live = runtime.liveTasks();
    assertThat(future.cancel(false)).isTrue();
    drive();
    assertThat(runtime.untilNextTimer()).isEmpty();
    assertThat(runtime.liveTasks()).isEqualTo(live - 1);
  }

  @Test
  void nothingIsReachableOfCommandsThatWereCancelled() throws Exception {
    List<WeakReference<Object>> works = new ArrayList<>();
    List<WeakReference<Object>> futures = new ArrayList<>();
    submitAndCancel(100_000, works, futures);
    assertCollected(works); // though nobody has driven the runtime
    drive();
    assertCollected(futures);
    assertThat(runtime.untilNextTimer()).isEmpty();
    assertThat(service.isShutdown()).isFalse();
  }

  private void submitAndCancel(
      int count, List<WeakReference<Object>> works, List<WeakReference<Object>> futures) {
    List<ScheduledFuture<?>> submitted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Runnable work = () -> seen.add(number);
      works.add(new WeakReference<>(work));
      ScheduledFuture<?> future =
          i % 2 == 0
              ? service.schedule(work, 1 + i, TimeUnit.SECONDS)
              : service.scheduleAtFixedRate(work, 1 + i, 1, TimeUnit.SECONDS);
      futures.add(new WeakReference<>(future));
      submitted.add(future);
    }
    drive();
    for (ScheduledFuture<?> future : submitted) {
      assertThat(future.cancel(true)).isTrue();
    }
  }

  private static void assertCollected(List<WeakReference<Object>> references)
      throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Host.LIMIT_SECONDS);
    while (references.stream().anyMatch(reference -> reference.get() != null)) {
      assertThat(System.nanoTime()).as("still reachable").isLessThan(limit);
      System.gc();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void nothingIsReachableOfCommandsThatHaveRun() throws Exception {
    List<WeakReference<Object>> works = new ArrayList<>();
    List<Future<?>> held = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      int number = i;
      Runnable work = () -> seen.add(number);
      works.add(new WeakReference<>(work));
      held.add(
          i % 2 == 0
              ? service.submit(work)
              : service.schedule(work, i % 10, TimeUnit.MILLISECONDS));
    }
    pass(10);
    assertThat(held).allMatch(Future::isDone);
    assertCollected(works);
    assertThat(held).hasSize(1_000);
  }

  // ---- many

  @Test
  void aMillionDelayedCommandsRun() {
    AtomicInteger runs = new AtomicInteger();
    List<ScheduledFuture<?>> some = new ArrayList<>();
    int count = 1_000_000;
    for (int i = 0; i < count; i++) {
      ScheduledFuture<?> future =
          service.schedule(runs::incrementAndGet, 1 + i % 5_000, TimeUnit.MILLISECONDS);
      if (i % 1_000 == 0) {
        some.add(future);
      }
    }
    service.shutdown();
    while (!service.isTerminated()) {
      assertThat(runtime.tick()).isTrue();
    }
    assertThat(runs).hasValue(count);
    assertThat(some).allMatch(Future::isDone).noneMatch(Future::isCancelled);
  }
}
