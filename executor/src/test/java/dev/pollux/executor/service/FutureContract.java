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
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Future} promises, of those that an executor service returns. */
@Timeout(60)
abstract class FutureContract {

  private final Host host = open();
  private final ScheduledExecutorService service = host.service;
  private final Held held = new Held();

  abstract Host open();

  @AfterEach
  void close() throws Exception {
    held.release();
    host.close();
  }

  private ScheduledFuture<Integer> delayed(AtomicInteger runs) {
    return service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
  }

  private static final Callable<Integer> FAILING =
      () -> {
        throw new IOException("disk");
      };

  // ---- cancel

  @Test
  void aTaskThatIsCancelledBeforeItHasStartedNeverRuns() throws Exception {
    Future<String> running = held.runOn(service);
    AtomicInteger runs = new AtomicInteger();
    List<Future<?>> waiting =
        List.of(
            service.schedule((Runnable) runs::incrementAndGet, 1, TimeUnit.MILLISECONDS),
            service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS));
    if (host.isSerial) {
      for (Future<?> future : waiting) {
        assertThat(future.cancel(false)).isTrue();
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
      }
      held.release();
      assertThat(get(running)).isEqualTo("held");
      service.shutdown();
      assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void cancelOfATaskThatHasCompletedHasNoEffect() throws Exception {
    Future<String> future = service.submit(() -> "value");
    assertThat(get(future)).isEqualTo("value");
    assertThat(future.cancel(true)).isFalse();
    assertThat(future.isCancelled()).isFalse();
    assertThat(future.get()).isEqualTo("value");
    Future<Integer> failed = service.submit(FAILING);
    assertThatThrownBy(() -> get(failed)).isInstanceOf(ExecutionException.class);
    assertThat(failed.cancel(true)).isFalse();
    assertThat(failed.isCancelled()).isFalse();
  }

  @Test
  void cancelTwiceIsOnce() {
    Future<Integer> future = delayed(new AtomicInteger());
    assertThat(future.cancel(false)).isTrue();
    assertThat(future.cancel(true)).isFalse();
    assertThat(future.isCancelled()).isTrue();
  }

  @Test
  void cancelWithoutInterruptLetsARunningTaskComplete() throws Exception {
    Future<String> running = held.runOn(service);
    assertThat(running.cancel(false)).isTrue();
    assertThat(running.isDone()).isTrue();
    held.release();
    service.shutdown();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(held.wasInterrupted).isFalse();
    assertThatThrownBy(running::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void cancelMayInterruptARunningTask() throws Exception {
    Future<String> running = held.runOn(service);
    assertThat(running.cancel(true)).isTrue();
    held.release();
    service.shutdown();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(held.wasInterrupted).isEqualTo(host.interrupts);
  }

  @Test
  void theInterruptOfACancelledTaskEndsItsWait() throws Exception {
    assumeTrue(host.interrupts);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Future<?> running =
        service.submit(
            () -> {
              begun.countDown();
              try {
                awaitLatch(never);
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    awaitLatch(begun);
    assertThat(running.cancel(true)).isTrue();
    awaitLatch(interrupted);
    assertThat(get(service.submit(() -> Thread.currentThread().isInterrupted())))
        .as("the next one's flag")
        .isFalse();
  }

  // ---- get

  @Test
  void getWaitsForTheResult() throws Exception {
    Future<String> running = held.runOn(service);
    List<Elsewhere<String>> waiters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiters.add(elsewhere(running::get));
    }
    for (Elsewhere<String> waiter : waiters) {
      waiter.asleep();
    }
    assertThat(running.isDone()).isFalse();
    held.release();
    for (Elsewhere<String> waiter : waiters) {
      assertThat(waiter.result()).isEqualTo("held");
    }
    assertThat(running.isDone()).isTrue();
  }

  @Test
  void getOfACancelledTaskThrows() {
    Future<Integer> future = delayed(new AtomicInteger());
    assertThat(future.cancel(false)).isTrue();
    assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> future.get(1, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void getOfATaskThatThrewThrowsTheCause() {
    List<Throwable> thrown =
        List.of(new IOException("disk"), new IllegalStateException("state"), new AssertionError());
    for (Throwable failure : thrown) {
      Future<?> future =
          service.submit(
              () -> {
                if (failure instanceof Error error) {
                  throw error;
                }
                throw (Exception) failure;
              });
      assertThatThrownBy(() -> get(future))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isSameAs(failure);
      assertThat(future.isDone()).isTrue();
      assertThat(future.isCancelled()).isFalse();
    }
  }

  @Test
  void getThrowsIfInterruptedWhileWaiting() throws Exception {
    Future<String> running = held.runOn(service);
    Elsewhere<String> waiter = elsewhere(running::get);
    waiter.asleep().thread.interrupt();
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(InterruptedException.class);
    Elsewhere<String> patient = elsewhere(() -> get(running));
    patient.asleep().thread.interrupt();
    assertThatThrownBy(patient::result).hasCauseInstanceOf(InterruptedException.class);
    held.release();
    assertThat(get(running)).as("the task itself was not disturbed").isEqualTo("held");
  }

  @Test
  void getOfATaskThatIsDoneAnswersAnInterruptedThread() throws Exception {
    Future<Integer> done = service.submit(() -> 1);
    assertThat(get(done)).isEqualTo(1);
    Thread.currentThread().interrupt();
    try {
      assertThat(done.get()).isEqualTo(1);
      assertThat(done.get(1, TimeUnit.SECONDS)).isEqualTo(1);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void getThrowsIfTheTimeHasPassed() throws Exception {
    Future<String> running = held.runOn(service);
    for (long timeout : new long[] {5, 0, -1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> running.get(timeout, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    }
    held.release();
    assertThat(running.get(Long.MAX_VALUE, TimeUnit.DAYS)).isEqualTo("held");
  }

  @Test
  void theUnitMayNotBeNull() {
    Future<Integer> future = delayed(new AtomicInteger());
    assertThatThrownBy(() -> future.get(1, null)).isInstanceOf(NullPointerException.class);
  }

  // ---- since JDK 19

  @Test
  void theStateIsThatOfTheTask() throws Exception {
    assumeTrue(Runtime.version().feature() >= 19);
    Future<String> running = held.runOn(service);
    assertThat(ask(running, "state")).hasToString("RUNNING");
    assertThatThrownBy(() -> ask(running, "resultNow")).isInstanceOf(IllegalStateException.class);
    held.release();
    assertThat(get(running)).isEqualTo("held");
    assertThat(ask(running, "state")).hasToString("SUCCESS");
    assertThat(ask(running, "resultNow")).isEqualTo("held");
    assertThatThrownBy(() -> ask(running, "exceptionNow"))
        .isInstanceOf(IllegalStateException.class);

    Future<Integer> failed = service.submit(FAILING);
    assertThatThrownBy(() -> get(failed)).isInstanceOf(ExecutionException.class);
    assertThat(ask(failed, "state")).hasToString("FAILED");
    assertThat(ask(failed, "exceptionNow")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ask(failed, "resultNow")).isInstanceOf(IllegalStateException.class);

    Future<Integer> cancelled = delayed(new AtomicInteger());
    assertThat(cancelled.cancel(false)).isTrue();
    assertThat(ask(cancelled, "state")).hasToString("CANCELLED");
    assertThatThrownBy(() -> ask(cancelled, "resultNow")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ask(cancelled, "exceptionNow"))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Calls a method of the interface that the JDK we compile for doesn't have. */
  private static Object ask(Future<?> future, String method) throws Exception {
    try {
      return Arrays.stream(Future.class.getMethods())
          .filter(candidate -> candidate.getName().equals(method))
          .findFirst()
          .orElseThrow()
          .invoke(future);
    } catch (InvocationTargetException thrown) {
      throw (Exception) thrown.getCause();
    }
  }
}
