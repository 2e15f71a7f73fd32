package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.awaitLatch;
import static dev.pollux.executor.service.Host.elsewhere;
import static dev.pollux.executor.service.Host.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.executor.service.Host.Elsewhere;
import dev.pollux.executor.service.Host.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What {@link ScheduledExecutorService} promises, whoever implements it. */
@Timeout(60)
abstract class ScheduledExecutorServiceContract {

  private final Host host = open();
  private final ScheduledExecutorService service = host.service;
  private final Held held = new Held();

  abstract Host open();

  @AfterEach
  void close() throws Exception {
    held.release();
    host.close();
  }

  private void awaitTermination() throws InterruptedException {
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  // ---- one run

  @Test
  void aTaskIsEnabledAfterTheDelay() throws Exception {
    for (int millis : new int[] {1, 3, 10}) {
      long before = System.nanoTime();
      assertThat(get(service.schedule(System::nanoTime, millis, TimeUnit.MILLISECONDS)) - before)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  @Test
  void theFutureOfADelayedRunnableAnswersNull() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Runnable increment = runs::incrementAndGet;
    assertThat(get(service.schedule(increment, 1, TimeUnit.MILLISECONDS))).isNull();
    assertThat(runs).hasValue(1);
  }

  @Test
  void zeroAndNegativeDelaysAreTreatedAsRequestsForImmediateExecution() throws Exception {
    for (long delay : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThat(get(service.schedule(() -> delay, delay, TimeUnit.DAYS))).isEqualTo(delay);
    }
  }

  @Test
  void aDelayOfAnyLengthIsTaken() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<ScheduledFuture<?>> never = new ArrayList<>();
    for (TimeUnit unit : TimeUnit.values()) {
      never.add(service.schedule(runs::incrementAndGet, Long.MAX_VALUE, unit));
      never.add(service.scheduleAtFixedRate(runs::incrementAndGet, Long.MAX_VALUE, 1, unit));
    }
    assertThat(get(service.schedule(() -> 1, 1, TimeUnit.MILLISECONDS))).isEqualTo(1);
    assertThat(runs).hasValue(0);
    assertThat(never)
        .noneMatch(ScheduledFuture::isDone)
        .allMatch(future -> future.getDelay(TimeUnit.DAYS) > 30_000)
        .allMatch(future -> future.cancel(false));
  }

  @Test
  void aPeriodOfAnyLengthIsTaken() throws Exception {
    for (boolean fixedRate : new boolean[] {true, false}) {
      CountDownLatch ran = new CountDownLatch(1);
      ScheduledFuture<?> once =
          fixedRate
              ? service.scheduleAtFixedRate(ran::countDown, 0, Long.MAX_VALUE, TimeUnit.DAYS)
              : service.scheduleWithFixedDelay(ran::countDown, 0, Long.MAX_VALUE, TimeUnit.DAYS);
      awaitLatch(ran);
      assertThat(get(service.schedule(() -> 1, 1, TimeUnit.MILLISECONDS))).isEqualTo(1);
      assertThat(once.isDone()).isFalse();
      assertThat(once.cancel(false)).isTrue();
    }
  }

  @Test
  void argumentsAreChecked() {
    TimeUnit unit = TimeUnit.SECONDS;
    Runnable nothing = () -> {};
    refusesNull(() -> service.schedule((Runnable) null, 1, unit));
    refusesNull(() -> service.schedule(nothing, 1, null));
    refusesNull(() -> service.schedule((Callable<?>) null, 1, unit));
    refusesNull(() -> service.schedule(() -> 1, 1, null));
    refusesNull(() -> service.scheduleAtFixedRate(null, 1, 1, unit));
    refusesNull(() -> service.scheduleAtFixedRate(nothing, 1, 1, null));
    refusesNull(() -> service.scheduleWithFixedDelay(null, 1, 1, unit));
    refusesNull(() -> service.scheduleWithFixedDelay(nothing, 1, 1, null));
    for (long period : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> service.scheduleAtFixedRate(nothing, 1, period, unit))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> service.scheduleWithFixedDelay(nothing, 1, period, unit))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void refusesNull(Executable call) {
    assertThatThrownBy(call::execute).isInstanceOf(NullPointerException.class);
  }

  @Test
  void tasksWithTheSameDelayAreEnabledInTheOrderOfSubmission() throws Exception {
    assumeTrue(host.isSerial);
    int count = 100;
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch ran = new CountDownLatch(count);
    List<ScheduledFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      futures.add(
          service.schedule(
              () -> {
                seen.add(number);
                ran.countDown();
              },
              5,
              TimeUnit.MILLISECONDS));
    }
    awaitLatch(ran);
    assertThat(futures).hasSize(count);
    assertThat(seen).isSorted();
  }

  // ---- many runs

  @Test
  void aPeriodicTaskRunsAgainAndAgain() throws Exception {
    for (boolean fixedRate : new boolean[] {true, false}) {
      CountDownLatch runs = new CountDownLatch(5);
      long before = System.nanoTime();
      ScheduledFuture<?> future = periodic(fixedRate, runs::countDown);
      awaitLatch(runs);
      assertThat(System.nanoTime() - before)
          .as("1 ms before the first of five runs, and between them")
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
      assertThat(future.isDone()).isFalse();
      assertThat(future.cancel(false)).isTrue();
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }
  }

  private ScheduledFuture<?> periodic(boolean fixedRate, Runnable command) {
    return fixedRate
        ? service.scheduleAtFixedRate(command, 1, 1, TimeUnit.MILLISECONDS)
        : service.scheduleWithFixedDelay(command, 1, 1, TimeUnit.MILLISECONDS);
  }

  @Test
  void aThrowSuppressesSubsequentExecutionsAndIsTheCauseOfGet() throws Exception {
    for (boolean fixedRate : new boolean[] {true, false}) {
      AtomicInteger runs = new AtomicInteger();
      ScheduledFuture<?> future =
          periodic(
              fixedRate,
              () -> {
                if (runs.incrementAndGet() == 3) {
                  throw new IllegalStateException("third");
                }
              });
      assertThatThrownBy(() -> get(future))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("third");
      assertThat(future.isDone()).isTrue();
      assertThat(future.isCancelled()).isFalse();
      service.submit(() -> {}).get();
      assertThat(runs).hasValue(3);
    }
  }

  @Test
  void successiveExecutionsNeverOverlapAndEachSeesTheOneBefore() throws Exception {
    for (boolean fixedRate : new boolean[] {true, false}) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger overlaps = new AtomicInteger();
      CountDownLatch runs = new CountDownLatch(20);
      int[] plain = new int[1];
      ScheduledFuture<?> future =
          periodic(
              fixedRate,
              () -> {
                if (inside.getAndIncrement() != 0) {
                  overlaps.incrementAndGet();
                }
                if (plain[0]++ == 20 - runs.getCount()) {
                  runs.countDown();
                }
                long until = System.nanoTime() + 2_000_000; // longer than the period
                while (System.nanoTime() < until) {
                  Thread.onSpinWait();
                }
                inside.decrementAndGet();
              });
      awaitLatch(runs);
      assertThat(future.cancel(false)).isTrue();
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void aTaskMayCancelItselfFromItsOwnRun() throws Exception {
    for (boolean interrupt : new boolean[] {true, false}) {
      AtomicInteger runs = new AtomicInteger();
      CountDownLatch cancelled = new CountDownLatch(1);
      CountDownLatch published = new CountDownLatch(1);
      AtomicReference<ScheduledFuture<?>> self = new AtomicReference<>();
      self.set(
          service.scheduleAtFixedRate(
              () -> {
                Host.holdOn(published);
                if (runs.incrementAndGet() == 2) {
                  self.get().cancel(interrupt);
                  cancelled.countDown();
                }
              },
              0,
              1,
              TimeUnit.MILLISECONDS));
      published.countDown();
      awaitLatch(cancelled);
      assertThatThrownBy(() -> get(self.get())).isInstanceOf(CancellationException.class);
      get(service.schedule(() -> 1, 5, TimeUnit.MILLISECONDS));
      assertThat(runs).hasValue(2);
    }
  }

  // ---- shutting down

  @Test
  void delayedTasksRunAfterShutdownByDefault() throws Exception {
    ScheduledFuture<Integer> delayed = service.schedule(() -> 1, 10, TimeUnit.MILLISECONDS);
    service.shutdown();
    assertThat(service.isTerminated() && !delayed.isDone()).isFalse();
    assertThat(get(delayed)).isEqualTo(1);
    awaitTermination();
  }

  @Test
  void periodicTasksAreCancelledByShutdownByDefault() throws Exception {
    ScheduledFuture<?> atRate = service.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS);
    ScheduledFuture<?> withDelay = service.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.HOURS);
    service.shutdown();
    awaitTermination();
    assertThat(atRate.isCancelled()).isTrue();
    assertThat(withDelay.isCancelled()).isTrue();
    assertThatThrownBy(atRate::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void aPeriodicTaskThatRunsWhileTheServiceIsShutDownIsCancelledAfterIt() throws Exception {
    ScheduledFuture<?> periodic =
        service.scheduleAtFixedRate(held::call, 0, 1, TimeUnit.MILLISECONDS);
    awaitLatch(held.begun);
    Elsewhere<Object> waiter = elsewhere(() -> get(periodic));
    waiter.asleep();
    service.shutdown();
    held.release();
    awaitTermination();
    assertThat(periodic.isCancelled()).isTrue();
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(CancellationException.class);
  }

  @Test
  void aCancelledDelayedTaskDoesNotHoldUpTermination() throws Exception {
    ScheduledFuture<?> delayed = service.schedule(() -> {}, 1, TimeUnit.HOURS);
    service.shutdown();
    assertThat(service.isTerminated()).isFalse();
    assertThat(delayed.cancel(false)).isTrue();
    awaitTermination();
  }

  @Test
  void shutdownNowStopsDelayedAndPeriodicTasks() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    ScheduledFuture<?> delayed = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    ScheduledFuture<?> periodic =
        service.scheduleAtFixedRate(runs::incrementAndGet, 1, 1, TimeUnit.HOURS);
    assertThat(service.shutdownNow())
        .containsExactlyInAnyOrder((Runnable) delayed, (Runnable) periodic);
    awaitTermination();
    assertThat(runs).hasValue(0);
  }

  // ---- the future

  @Test
  void theDelayOfAFutureIsWhatIsLeft() {
    ScheduledFuture<?> hour = service.schedule(() -> {}, 1, TimeUnit.HOURS);
    long first = hour.getDelay(TimeUnit.NANOSECONDS);
    assertThat(first).isPositive().isLessThanOrEqualTo(TimeUnit.HOURS.toNanos(1));
    assertThat(hour.getDelay(TimeUnit.MINUTES)).isBetween(58L, 60L);
    assertThat(hour.getDelay(TimeUnit.NANOSECONDS)).isLessThanOrEqualTo(first);
  }

  @Test
  void theDelayOfATaskThatIsDueIsNotPositive() throws Exception {
    ScheduledFuture<?> now = service.schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
    get(now);
    assertThat(now.getDelay(TimeUnit.NANOSECONDS)).isNotPositive();
  }

  @Test
  void futuresAreOrderedByTimeAndThenBySubmission() {
    List<ScheduledFuture<?>> submitted = new ArrayList<>();
    for (int hours : new int[] {3, 1, 2, 1}) {
      submitted.add(service.schedule(() -> {}, hours, TimeUnit.HOURS));
    }
    submitted.add(service.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.DAYS));
    submitted.add(service.scheduleAtFixedRate(() -> {}, 4, 1, TimeUnit.HOURS));
    List<ScheduledFuture<?>> sorted = new ArrayList<>(submitted);
    Collections.shuffle(sorted);
    Collections.sort(sorted);
    assertThat(sorted)
        .containsExactly(
            submitted.get(1),
            submitted.get(3),
            submitted.get(2),
            submitted.get(0),
            submitted.get(5),
            submitted.get(4));
    for (ScheduledFuture<?> one : submitted) {
      for (ScheduledFuture<?> other : submitted) {
        assertThat(Integer.signum(one.compareTo(other)))
            .isEqualTo(-Integer.signum(other.compareTo(one)));
        assertThat(one.compareTo(other) == 0).isEqualTo(one == other);
      }
    }
  }

  @Test
  void aFutureKnowsWhetherItIsPeriodic() {
    assertThat(isPeriodic(service.schedule(() -> {}, 1, TimeUnit.HOURS))).isFalse();
    assertThat(isPeriodic(service.schedule(() -> 1, 1, TimeUnit.HOURS))).isFalse();
    assertThat(isPeriodic(service.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS))).isTrue();
    assertThat(isPeriodic(service.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.HOURS))).isTrue();
  }

  private static boolean isPeriodic(ScheduledFuture<?> future) {
    return ((RunnableScheduledFuture<?>) future).isPeriodic();
  }
}
