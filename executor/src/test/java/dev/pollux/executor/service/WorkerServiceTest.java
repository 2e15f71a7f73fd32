package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.blocking.Waits;
import dev.pollux.executor.service.Host.Elsewhere;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What the service promises beyond the JDK's contract, on a runtime that the test drives. */
@Timeout(60)
class WorkerServiceTest {

  private final List<Throwable> uncaught = new ArrayList<>();
  private final List<String> origins = new ArrayList<>();
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .name("by hand")
          .pausedClock()
          .uncaughtFailureHandler(
              (failure, origin) -> {
                uncaught.add(failure);
                origins.add(origin);
              })
          .currentThread();
  private final ScheduledExecutorService service = runtime.asScheduledExecutorService();
  private final AtomicInteger runs = new AtomicInteger();
  private final Runnable run = runs::incrementAndGet;

  @AfterEach
  void nothingIsLeft() {
    service.shutdownNow();
    drive();
    assertThat(service.isTerminated()).isTrue();
    assertThat(runtime.liveTasks()).isZero();
    runtime.close();
    assertThat(uncaught).isEmpty();
  }

  private void drive() {
    while (runtime.tryTick()) {}
  }

  /** Runs {@code body} as a command. */
  private void inACommand(Executable body) throws Exception {
    Future<?> future =
        service.submit(
            () -> {
              try {
                body.execute();
              } catch (Exception failure) {
                throw failure;
              } catch (Throwable failure) {
                throw new AssertionError(failure);
              }
              return null;
            });
    drive();
    future.get();
  }

  // ---- never block a worker

  @Test
  void aWorkerIsNeverBlocked() throws Exception {
    Future<Integer> waiting = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    List<Callable<Integer>> tasks = List.of(runs::incrementAndGet);
    inACommand(
        () -> {
          refuses("get()", waiting::get);
          refuses("get(long, TimeUnit)", () -> waiting.get(1, TimeUnit.HOURS));
          refuses("invokeAll(Collection)", () -> service.invokeAll(tasks));
          refuses(
              "invokeAll(Collection, long, TimeUnit)",
              () -> service.invokeAll(tasks, 1, TimeUnit.HOURS));
          refuses("invokeAny(Collection)", () -> service.invokeAny(tasks));
          refuses(
              "invokeAny(Collection, long, TimeUnit)",
              () -> service.invokeAny(tasks, 1, TimeUnit.HOURS));
          refuses(
              "awaitTermination(long, TimeUnit)",
              () -> service.awaitTermination(1, TimeUnit.HOURS));
        });
    drive();
    assertThat(runs).as("what was refused has submitted nothing").hasValue(0);
  }

  private static void refuses(String what, Executable call) {
    assertThatThrownBy(call::execute)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("would block a thread that is running tasks of by hand");
  }

  @Test
  void whatNeedsNoWaitIsAnsweredOnAWorker() throws Exception {
    Future<Integer> done = service.submit(() -> 1);
    Future<Integer> waiting = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    inACommand(
        () -> {
          assertThat(done.get()).isEqualTo(1);
          assertThat(done.get(1, TimeUnit.HOURS)).isEqualTo(1);
          assertThatThrownBy(() -> waiting.get(0, TimeUnit.HOURS))
              .isInstanceOf(TimeoutException.class);
          assertThat(service.invokeAll(List.of())).isEmpty();
          assertThat(service.awaitTermination(0, TimeUnit.HOURS)).isFalse();
          assertThat(waiting.cancel(true)).isTrue();
          assertThatThrownBy(waiting::get).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void closeOnAWorkerShutsDownAndDoesNotWait() throws Exception {
    Future<?> waiting = service.submit(run);
    inACommand(() -> ((AutoCloseable) service).close());
    assertThat(service.isTerminated()).isTrue();
    assertThat(waiting.isDone()).isTrue();
  }

  // ---- failures

  @Test
  void whatAnExecutedCommandThrowsGoesToTheUncaughtFailureHandler() {
    IllegalStateException exception = new IllegalStateException("thrown");
    AssertionError error = new AssertionError("thrown");
    service.execute(
        () -> {
          throw exception;
        });
    service.execute(
        () -> {
          throw error;
        });
    service.execute(run);
    drive();
    assertThat(runs).hasValue(1);
    assertThat(uncaught).containsExactly(exception, error);
    assertThat(origins).allMatch(origin -> origin.contains("by hand"));
    uncaught.clear();
  }

  @Test
  void whatASubmittedCommandThrowsGoesToItsFutureOnly() {
    List<Future<?>> futures = new ArrayList<>();
    Callable<?> failing =
        () -> {
          throw new IOException("disk");
        };
    Runnable failingToo =
        () -> {
          throw new AssertionError("disk");
        };
    futures.add(service.submit(failing));
    futures.add(service.submit(failingToo));
    futures.add(service.schedule(failing, 0, TimeUnit.SECONDS));
    futures.add(service.scheduleAtFixedRate(failingToo, 0, 1, TimeUnit.SECONDS));
    drive();
    for (Future<?> future : futures) {
      assertThatThrownBy(future::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("disk");
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void anErrorOfTheVirtualMachineGoesToBoth() {
    StackOverflowError error = new StackOverflowError("deep");
    Runnable failing =
        () -> {
          throw error;
        };
    List<Future<?>> futures =
        List.of(service.submit(failing), service.schedule(failing, 0, TimeUnit.SECONDS));
    drive();
    for (Future<?> future : futures) {
      assertThatThrownBy(future::get).cause().isSameAs(error);
    }
    assertThat(uncaught).containsExactly(error, error);
    uncaught.clear();
  }

  @Test
  void anInterruptThatACommandHasThrownIsKeptForWhoeverDrives() {
    Future<?> future =
        service.submit(
            () -> {
              throw new InterruptedException("for the driver");
            });
    drive();
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(future::get).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void argumentsAreNamed() {
    TimeUnit unit = TimeUnit.SECONDS;
    assertThatThrownBy(() -> service.execute(null)).hasMessage("command");
    assertThatThrownBy(() -> service.submit((Runnable) null)).hasMessage("task");
    assertThatThrownBy(() -> service.submit((Callable<?>) null)).hasMessage("task");
    assertThatThrownBy(() -> service.schedule((Callable<?>) null, 1, unit)).hasMessage("callable");
    assertThatThrownBy(() -> service.schedule(run, 1, null)).hasMessage("unit");
    assertThatThrownBy(() -> service.invokeAll(null)).hasMessage("tasks");
    assertThatThrownBy(() -> service.awaitTermination(1, null)).hasMessage("unit");
    assertThatThrownBy(() -> service.invokeAny(List.of())).hasMessageContaining("tasks");
    assertThatThrownBy(() -> service.scheduleAtFixedRate(run, 1, -3, unit))
        .hasMessage("period must be more than 0, was -3");
    assertThatThrownBy(() -> service.scheduleWithFixedDelay(run, 1, 0, unit))
        .hasMessage("delay must be more than 0, was 0");
  }

  // ---- what shutdownNow returns

  @Test
  void aReturnedCommandIsCancelledForWhoeverWaits() throws Exception {
    Future<?> submitted = service.submit(run);
    Elsewhere<?> waiter = elsewhere(submitted::get);
    waiter.asleep();
    assertThat(service.shutdownNow()).containsExactly((Runnable) submitted);
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(CancellationException.class);
    assertThat(submitted.isCancelled()).isTrue();
    assertThat(submitted.cancel(true)).isFalse();
    drive();
    assertThat(runs).hasValue(0);
  }

  @Test
  void whoeverGetsAReturnedCommandMayRunItOnce() throws Exception {
    service.execute(run);
    Future<?> submitted = service.submit(run);
    Future<?> delayed = service.schedule(run, 1, TimeUnit.HOURS);
    Future<?> periodic = service.scheduleAtFixedRate(run, 1, 1, TimeUnit.HOURS);
    drive();
    assertThat(runs).hasValue(2);
    assertThat(submitted.isDone()).isTrue();
    service.execute(run);
    List<Runnable> returned = service.shutdownNow();
    assertThat(returned).hasSize(3).contains((Runnable) delayed, (Runnable) periodic);
    drive();
    assertThat(runs).hasValue(2);
    returned.forEach(Runnable::run);
    assertThat(runs).hasValue(5);
    returned.forEach(Runnable::run);
    assertThat(runs).hasValue(5);
    assertThat(delayed.isCancelled()).isTrue();
  }

  @Test
  void aReturnedCommandThrowsWhatTheWorkThrows() {
    Future<?> unchecked =
        service.submit(
            (Runnable)
                () -> {
                  throw new IllegalStateException("thrown");
                });
    Future<?> checked =
        service.submit(
            () -> {
              throw new IOException("thrown");
            });
    assertThat(service.shutdownNow()).hasSize(2);
    assertThatThrownBy(((Runnable) unchecked)::run).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(((Runnable) checked)::run)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void runOfACommandThatTheServiceStillHasDoesNothing() {
    Future<?> submitted = service.submit(run);
    ((Runnable) submitted).run();
    assertThat(runs).hasValue(0);
    drive();
    ((Runnable) submitted).run();
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoeverInvokesAllOrAnyIsReleasedByShutdownNow() throws Exception {
    List<Callable<Integer>> tasks = List.of(runs::incrementAndGet, runs::incrementAndGet);
    Elsewhere<List<Future<Integer>>> all = elsewhere(() -> service.invokeAll(tasks));
    Elsewhere<Integer> any = elsewhere(() -> service.invokeAny(tasks));
    all.asleep();
    any.asleep();
    assertThat(service.shutdownNow()).hasSize(4);
    assertThat(all.result()).hasSize(2).allMatch(Future::isCancelled);
    assertThatThrownBy(any::result)
        .hasCauseInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(CancellationException.class);
    drive();
    assertThat(runs).hasValue(0);
  }

  // ---- the runtime ends first

  @Test
  void aRuntimeThatIsClosedTerminatesTheService() throws Exception {
    Future<?> submitted = service.submit(run);
    ScheduledFuture<?> delayed = service.schedule(run, 1, TimeUnit.HOURS);
    drive();
    ScheduledFuture<?> notPolled = service.scheduleAtFixedRate(run, 1, 1, TimeUnit.HOURS);
    Elsewhere<Boolean> waiter =
        elsewhere(() -> service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS));
    waiter.asleep();
    Elsewhere<?> other = elsewhere(delayed::get);
    other.asleep();
    runtime.close();
    assertThat(waiter.result()).isTrue();
    assertThatThrownBy(other::result).hasCauseInstanceOf(CancellationException.class);
    assertThat(service.isShutdown()).isTrue();
    assertThat(service.isTerminated()).isTrue();
    assertThat(submitted.isCancelled()).isFalse();
    assertThat(delayed.isCancelled()).isTrue();
    assertThat(notPolled.isCancelled()).isTrue();
    assertThat(service.shutdownNow()).isEmpty();
    assertThatThrownBy(() -> service.execute(run)).isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> service.schedule(run, 1, TimeUnit.SECONDS))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("terminated");
  }

  @Test
  void theServiceOfAClosedRuntimeIsTerminated() throws Exception {
    runtime.close();
    for (ScheduledExecutorService late :
        List.of(
            runtime.asScheduledExecutorService(), runtime.asBlockingScheduledExecutorService())) {
      assertThat(late.isTerminated()).isTrue();
      assertThat(late.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> late.submit(run)).isInstanceOf(RejectedExecutionException.class);
      assertThatThrownBy(() -> late.schedule(run, 1, TimeUnit.SECONDS))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void aCommandSubmittedWhileTheRuntimeIsBeingClosedIsRejected() {
    List<Throwable> thrown = new ArrayList<>();
    service.execute(
        () -> {
          runtime.close(); // takes effect after this poll
          for (Executable submission :
              List.<Executable>of(
                  () -> service.execute(run),
                  () -> service.schedule(run, 1, TimeUnit.SECONDS),
                  () -> service.submit(run))) {
            try {
              submission.execute();
            } catch (Throwable rejected) {
              thrown.add(rejected);
            }
          }
        });
    drive();
    assertThat(thrown)
        .hasSize(3)
        .allMatch(rejected -> rejected instanceof RejectedExecutionException)
        .allMatch(rejected -> rejected.getCause() instanceof RuntimeShutdownException);
    assertThat(runs).hasValue(0);
  }

  @Test
  void aCommandThatEndsBeforeItKnowsItsTaskIsForgottenByTheTimerToo() {
    List<Runnable> returned = new ArrayList<>();
    Spawner slow =
        new Spawner() {
          @Override
          public <T> JoinHandle<T> spawn(dev.pollux.core.Future<T> future) {
            JoinHandle<T> handle = runtime.spawn(future);
            drive(); // the sleep is armed
            if (future instanceof TimedCommand<?> timed) {
              assertThat(timed.cancel(true)).isTrue();
              returned.add(timed);
            }
            return handle;
          }

          @Override
          public <T> JoinHandle<T> spawn(String name, dev.pollux.core.Future<T> future) {
            return spawn(future);
          }
        };
    ScheduledExecutorService late =
        RuntimeExecutorService.onWorkers(slow, runtime.timer(), Waits.UNHEARD);
    assertThat(late.schedule(run, 1, TimeUnit.HOURS).isCancelled()).isTrue();
    assertThat(returned).hasSize(1);
    drive();
    assertThat(runtime.untilNextTimer()).isEmpty();
    late.shutdown();
    assertThat(late.isTerminated()).isTrue();
  }

  // ---- a pool that does not run what it is given

  /** A pool that the test controls. */
  private abstract static class Pool implements Blocking {
    @Override
    public <T> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
      return spawnBlocking(job);
    }

    @Override
    public <T> JoinHandle<T> spawnInterruptible(Callable<T> job) {
      return spawnBlocking(job);
    }

    @Override
    public <T> JoinHandle<T> spawnInterruptible(String name, Callable<T> job) {
      return spawnBlocking(job);
    }
  }

  @Test
  void whatThePoolRefusesIsNotLiveAnyMore() {
    IllegalStateException full = new IllegalStateException("full");
    for (RuntimeException refusal : List.of(new RuntimeShutdownException("shut down"), full)) {
      Pool refusing =
          new Pool() {
            @Override
            public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
              throw refusal;
            }
          };
      ScheduledExecutorService refused =
          RuntimeExecutorService.onBlockingPool(runtime, runtime.timer(), refusing, Waits.UNHEARD);
      assertThatThrownBy(() -> refused.submit(run))
          .isInstanceOf(RejectedExecutionException.class)
          .hasCause(refusal);
      ScheduledFuture<?> timed = refused.schedule(run, 0, TimeUnit.SECONDS);
      drive();
      assertThat(timed.isCancelled()).isTrue();
      refused.shutdown();
      assertThat(refused.isTerminated()).isTrue();
    }
    assertThat(uncaught).containsExactly(full);
    uncaught.clear();
  }

  @Test
  void aJobThatHasNotBegunIsTakenBackWithItsCommandAndTheOtherWayRound() {
    List<JoinHandle<?>> jobs = new ArrayList<>();
    Pool holding =
        new Pool() {
          @Override
          public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
            JoinHandle<T> handle = runtime.spawn(Futures.pending());
            jobs.add(handle);
            return handle;
          }
        };
    ScheduledExecutorService held =
        RuntimeExecutorService.onBlockingPool(runtime, runtime.timer(), holding, Waits.UNHEARD);
    ScheduledFuture<?> first = held.schedule(run, 0, TimeUnit.SECONDS);
    ScheduledFuture<?> second = held.scheduleAtFixedRate(run, 0, 1, TimeUnit.SECONDS);
    drive();
    assertThat(jobs).hasSize(2).noneMatch(JoinHandle::isFinished);
    assertThat(first.cancel(false)).isTrue();
    jobs.get(1).requestCancel();
    drive();
    assertThat(jobs).allMatch(JoinHandle::isFinished);
    assertThat(second.isCancelled()).isTrue();
    held.shutdown();
    assertThat(held.isTerminated()).isTrue();
  }

  // ---- its own end

  @Test
  void theEndOfTheServiceIsNotTheEndOfTheRuntimeOrOfAnotherService() throws Exception {
    ScheduledExecutorService other = runtime.asScheduledExecutorService();
    service.shutdownNow();
    Future<?> submitted = other.submit(run);
    drive();
    assertThat(submitted.isDone()).isTrue();
    int one = runtime.blockOn(Futures.ready(1));
    assertThat(one).isEqualTo(1);
    other.shutdown();
    assertThat(other.isTerminated()).isTrue();
  }

  @Test
  void theServiceSaysWhatItIs() {
    assertThat(service).hasToString("RuntimeExecutorService[on workers, open]");
    Future<?> delayed = service.schedule(run, 1, TimeUnit.HOURS);
    assertThat(delayed.toString()).startsWith("scheduled command@").endsWith("[pending]");
    service.shutdown();
    assertThat(service).hasToString("RuntimeExecutorService[on workers, shut down]");
    assertThat(delayed.cancel(false)).isTrue();
    assertThat(service).hasToString("RuntimeExecutorService[on workers, terminated]");
    assertThat(delayed.toString()).endsWith("[cancelled]");
  }

  // ---- what it costs

  @Test
  void executeCostsATaskAndOneSmallObject() {
    try (CurrentThreadRuntime plain = PolluxRuntime.builder().debug(false).currentThread()) {
      ScheduledExecutorService measured = plain.asScheduledExecutorService();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      CountDownLatch count = new CountDownLatch(Integer.MAX_VALUE);
      Runnable work = count::countDown;
      int commands = 10_000;
      long bytes = 0;
      for (int warm = 0; warm < 2; warm++) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < commands; i++) {
          measured.execute(work);
          if (i % 100 == 99) {
            while (plain.tryTick()) {}
          }
        }
        bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      }
      assertThat(bytes / commands).as("32 for the task, 40 for the command").isBetween(64L, 110L);
    }
  }
}
