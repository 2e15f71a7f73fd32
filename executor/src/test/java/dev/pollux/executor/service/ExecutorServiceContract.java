package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.awaitLatch;
import static dev.pollux.executor.service.Host.elsewhere;
import static dev.pollux.executor.service.Host.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.executor.service.Host.Elsewhere;
import dev.pollux.executor.service.Host.Held;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What {@link java.util.concurrent.ExecutorService} promises, whoever implements it. */
@Timeout(60)
abstract class ExecutorServiceContract {

  private final Host host = open();
  private final ScheduledExecutorService service = host.service;
  private final Held held = new Held();

  abstract Host open();

  @AfterEach
  void close() throws Exception {
    held.release();
    host.close();
  }

  // ---- submitting

  @Test
  void executeRunsTheCommandAtSomeTime() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    service.execute(ran::countDown);
    awaitLatch(ran);
  }

  @Test
  void theFutureOfACallableAnswersItsResult() throws Exception {
    assertThat(get(service.submit(() -> "value"))).isEqualTo("value");
    assertThat(get(service.submit(() -> (String) null))).isNull();
  }

  @Test
  void theFutureOfARunnableAnswersNullUponCompletion() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    assertThat(get(service.submit((Runnable) runs::incrementAndGet))).isNull();
    assertThat(runs).hasValue(1);
  }

  @Test
  void theFutureOfARunnableAnswersTheGivenResultUponCompletion() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    assertThat(get(service.submit(runs::incrementAndGet, "given"))).isEqualTo("given");
    assertThat(runs).hasValue(1);
  }

  @Test
  void commandsRunOnceEach() throws Exception {
    int count = 1_000;
    AtomicInteger runs = new AtomicInteger();
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(service.submit((Runnable) runs::incrementAndGet));
    }
    for (Future<?> future : futures) {
      assertThat(get(future)).isNull();
    }
    assertThat(runs).hasValue(count);
  }

  @Test
  void aCommandMaySubmitOthers() throws Exception {
    AtomicReference<Future<String>> inner = new AtomicReference<>();
    get(service.submit(() -> inner.set(service.submit(() -> "inner"))));
    assertThat(get(inner.get())).isEqualTo("inner");
  }

  @Test
  void aFailedCommandDoesNotHurtTheNext() throws Exception {
    Future<?> failed =
        service.submit(
            () -> {
              throw new IOException("disk");
            });
    assertThatThrownBy(() -> get(failed))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(get(service.submit(() -> 1))).isEqualTo(1);
  }

  @Test
  void nullIsRefused() {
    refusesNull(() -> service.execute(null));
    refusesNull(() -> service.submit((Runnable) null));
    refusesNull(() -> service.submit(null, 1));
    refusesNull(() -> service.submit((Callable<?>) null));
    refusesNull(() -> service.invokeAll(null));
    refusesNull(() -> service.invokeAll(null, 1, TimeUnit.SECONDS));
    refusesNull(() -> service.invokeAll(List.of(), 1, null));
    refusesNull(() -> service.invokeAny(null));
    refusesNull(() -> service.invokeAny(null, 1, TimeUnit.SECONDS));
    refusesNull(() -> service.invokeAny(List.of(() -> 1), 1, null));
    refusesNull(() -> service.invokeAll(Arrays.asList((Callable<Integer>) null)));
    refusesNull(() -> service.invokeAny(Arrays.asList((Callable<Integer>) null)));
  }

  private static void refusesNull(Executable call) {
    assertThatThrownBy(call::execute).isInstanceOf(NullPointerException.class);
  }

  // ---- memory effects

  @Test
  @SuppressWarnings("ThreadSafe") // what the test is about
  void whatWasDoneBeforeSubmissionHappensBeforeTheRunAndTheRunBeforeGet() throws Exception {
    int[] plain = new int[1];
    for (int i = 0; i < 1_000; i++) {
      plain[0]++;
      Future<?> future = service.submit(() -> plain[0] *= 3);
      get(future);
      assertThat(plain[0] % 3).isZero();
      plain[0] /= 3;
    }
    assertThat(plain[0]).isEqualTo(1_000);
  }

  // ---- invokeAll

  @Test
  void invokeAllAnswersFuturesThatAreDoneInTheOrderOfTheTasks() throws Exception {
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int value = i;
      tasks.add(() -> value);
    }
    List<Future<Integer>> futures = service.invokeAll(tasks);
    assertThat(futures).hasSize(100).allMatch(Future::isDone);
    for (int i = 0; i < 100; i++) {
      assertThat(futures.get(i).get()).isEqualTo(i);
    }
  }

  @Test
  void invokeAllWaitsForTasksThatFail() throws Exception {
    List<Callable<Integer>> tasks =
        List.of(
            () -> {
              throw new IOException("disk");
            },
            () -> 2);
    List<Future<Integer>> futures = service.invokeAll(tasks);
    assertThatThrownBy(() -> futures.get(0).get()).hasCauseInstanceOf(IOException.class);
    assertThat(futures.get(1).get()).isEqualTo(2);
  }

  @Test
  void invokeAllOfNothingIsNothing() throws Exception {
    assertThat(service.invokeAll(List.of())).isEmpty();
    assertThat(service.invokeAll(List.of(), 1, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void invokeAllWithTimeEnoughIsAsWithout() throws Exception {
    List<Future<Integer>> futures =
        service.invokeAll(List.of(() -> 1, () -> 2), Host.LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(futures).hasSize(2).allMatch(Future::isDone).noneMatch(Future::isCancelled);
  }

  @Test
  void invokeAllCancelsWhatHasNotCompletedInTime() throws Exception {
    List<Callable<String>> tasks = List.of(held, held);
    List<Future<String>> futures = service.invokeAll(tasks, 20, TimeUnit.MILLISECONDS);
    assertThat(futures).hasSize(2).allMatch(Future::isDone).allMatch(Future::isCancelled);
  }

  @Test
  void invokeAllThatIsInterruptedCancelsWhatHasNotCompleted() throws Exception {
    CountDownLatch secondRan = new CountDownLatch(1);
    List<Callable<String>> tasks =
        List.of(
            held,
            () -> {
              secondRan.countDown();
              return "second";
            });
    if (host.isSerial) {
      Elsewhere<List<Future<String>>> caller = elsewhere(() -> service.invokeAll(tasks));
      awaitLatch(held.begun);
      caller.asleep().thread.interrupt();
      assertThatThrownBy(caller::result).hasCauseInstanceOf(InterruptedException.class);
      held.release();
      assertThat(get(service.submit(() -> secondRan.getCount()))).isEqualTo(1);
    }
  }

  @Test
  void invokeWithoutTimeDoesNotWait() throws Exception {
    Future<String> running = held.runOn(service);
    for (long timeout : new long[] {0, -1, Long.MIN_VALUE}) {
      if (host.isSerial) {
        List<Callable<String>> tasks = List.of(() -> "too late");
        assertThat(service.invokeAll(tasks, timeout, TimeUnit.DAYS)).allMatch(Future::isCancelled);
        assertThatThrownBy(() -> service.invokeAny(tasks, timeout, TimeUnit.DAYS))
            .isInstanceOf(TimeoutException.class);
      }
    }
    assertThat(running.isDone()).isFalse();
  }

  // ---- invokeAny

  @Test
  void invokeAnyAnswersTheResultOfOneThatHasCompletedWithoutAThrow() throws Exception {
    List<Callable<String>> tasks =
        List.of(
            () -> {
              throw new IOException("disk");
            },
            () -> "good");
    assertThat(service.invokeAny(tasks)).isEqualTo("good");
    assertThat(service.invokeAny(tasks, Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("good");
  }

  @Test
  void invokeAnyOfFailuresFailsWithTheCauseOfOne() {
    Callable<String> failing =
        () -> {
          throw new IOException("disk");
        };
    List<Callable<String>> tasks = List.of(failing, failing);
    assertThatThrownBy(() -> service.invokeAny(tasks))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> service.invokeAny(tasks, Host.LIMIT_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void invokeAnyOfNothingIsRefused() {
    assertThatThrownBy(() -> service.invokeAny(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> service.invokeAny(List.of(), 1, TimeUnit.SECONDS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void invokeAnyFailsIfNothingHasCompletedInTime() {
    List<Callable<String>> tasks = List.of(held);
    assertThatThrownBy(() -> service.invokeAny(tasks, 20, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  // ---- shutting down

  @Test
  void afterShutdownEverySubmissionIsRejected() {
    service.shutdown();
    rejects(() -> service.execute(() -> {}));
    rejects(() -> service.submit(() -> {}));
    rejects(() -> service.submit(() -> {}, 1));
    rejects(() -> service.submit(() -> 1));
    rejects(() -> service.schedule(() -> {}, 1, TimeUnit.SECONDS));
    rejects(() -> service.schedule(() -> 1, 1, TimeUnit.SECONDS));
    rejects(() -> service.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS));
    rejects(() -> service.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS));
    rejects(() -> service.invokeAll(List.of(() -> 1)));
    rejects(() -> service.invokeAny(List.of(() -> 1)));
  }

  private static void rejects(Executable call) {
    assertThatThrownBy(call::execute).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void shutdownRunsWhatWasSubmittedBefore() throws Exception {
    Future<String> running = held.runOn(service);
    Future<String> waiting = service.submit(() -> "waiting");
    service.shutdown();
    assertThat(service.isShutdown()).isTrue();
    held.release();
    assertThat(get(running)).isEqualTo("held");
    assertThat(get(waiting)).isEqualTo("waiting");
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(service.isTerminated()).isTrue();
    assertThat(held.wasInterrupted).isFalse();
  }

  @Test
  void shutdownTwiceHasNoAdditionalEffect() throws Exception {
    Future<String> running = held.runOn(service);
    service.shutdown();
    service.shutdown();
    assertThat(service.isTerminated()).isFalse();
    held.release();
    assertThat(get(running)).isEqualTo("held");
  }

  @Test
  void itIsNotTerminatedBeforeItWasShutDown() throws Exception {
    get(service.submit(() -> 1));
    assertThat(service.isShutdown()).isFalse();
    assertThat(service.isTerminated()).isFalse();
    assertThat(service.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(service.awaitTermination(0, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void itIsNotTerminatedWhileACommandRuns() throws Exception {
    Future<String> running = held.runOn(service);
    service.shutdown();
    assertThat(service.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(running.cancel(false)).isTrue();
    assertThat(service.awaitTermination(1, TimeUnit.MILLISECONDS))
        .as("it runs on, though cancelled")
        .isFalse();
    held.release();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shutdownOfAnIdleServiceTerminatesIt() throws Exception {
    get(service.submit(() -> 1));
    service.shutdown();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void awaitTerminationThrowsIfInterruptedWhileWaiting() throws Exception {
    Elsewhere<Boolean> waiter =
        elsewhere(() -> service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS));
    waiter.asleep().thread.interrupt();
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void shutdownNowReturnsWhatAwaitsExecution() throws Exception {
    assumeTrue(host.isSerial);
    Future<String> running = held.runOn(service);
    AtomicInteger runs = new AtomicInteger();
    Future<?> first = service.submit((Runnable) runs::incrementAndGet);
    Future<?> second = service.submit((Runnable) runs::incrementAndGet);
    Future<?> delayed = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    Future<?> periodic = service.scheduleAtFixedRate(runs::incrementAndGet, 1, 1, TimeUnit.HOURS);
    service.execute(runs::incrementAndGet);
    List<Runnable> returned = service.shutdownNow();
    assertThat(returned)
        .hasSize(5)
        .contains((Runnable) first, (Runnable) second, (Runnable) delayed, (Runnable) periodic)
        .doesNotContain((Runnable) running)
        .allMatch(command -> command instanceof Future);
    held.release();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(get(running)).isEqualTo("held");
    assertThat(held.wasInterrupted).isEqualTo(host.interrupts);
    assertThat(runs).hasValue(0);
    assertThat(service.shutdownNow()).isEmpty();
  }

  // ---- closing

  @Test
  void closeRunsWhatWasSubmittedAndWaitsForIt() throws Exception {
    assumeTrue(service instanceof AutoCloseable);
    Future<String> running = held.runOn(service);
    Future<String> waiting = service.submit(() -> "waiting");
    Elsewhere<Void> closer = elsewhere(this::closeService);
    closer.asleep();
    assertThat(service.isShutdown()).isTrue();
    assertThat(service.isTerminated()).isFalse();
    held.release();
    closer.result();
    assertThat(service.isTerminated()).isTrue();
    assertThat(running.get()).isEqualTo("held");
    assertThat(waiting.get()).isEqualTo("waiting");
    closeService(); // no effect if terminated
  }

  @Test
  void closeThatIsInterruptedStopsWhatHasNotBegun() throws Exception {
    assumeTrue(service instanceof AutoCloseable);
    Future<String> running = held.runOn(service);
    AtomicInteger runs = new AtomicInteger();
    Future<?> delayed = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    Elsewhere<Boolean> closer =
        elsewhere(
            () -> {
              closeService();
              return Thread.currentThread().isInterrupted();
            });
    closer.asleep().thread.interrupt();
    held.release();
    assertThat(closer.result()).as("the interrupt is kept").isTrue();
    assertThat(service.isTerminated()).isTrue();
    assertThat(get(running)).isEqualTo("held");
    assertThat(delayed.isDone()).isEqualTo(delayed.isCancelled());
    assertThat(runs).hasValue(0);
  }

  private Void closeService() throws Exception {
    ((AutoCloseable) service).close();
    return null;
  }

  // ---- a waiter of a cancelled command

  @Test
  void whoeverWaitsForACommandThatIsCancelledIsReleased() throws Exception {
    Future<String> running = held.runOn(service);
    Elsewhere<String> waiter = elsewhere(() -> get(running));
    waiter.asleep();
    assertThat(running.cancel(true)).isTrue();
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(CancellationException.class);
  }
}
