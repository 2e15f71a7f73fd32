package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.awaitLatch;
import static dev.pollux.executor.service.Host.elsewhere;
import static dev.pollux.executor.service.Host.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.blocking.Waits;
import dev.pollux.executor.service.Host.Driven;
import dev.pollux.executor.service.Host.Elsewhere;
import dev.pollux.executor.service.Host.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service whose commands may block. */
@Timeout(60)
class BlockingServiceTest {

  /** Its pool has one thread, so a command that holds it keeps all others waiting. */
  private final Driven driven =
      new Driven(options -> options.maxBlockingThreads(1).currentThread());

  private final PolluxRuntime runtime = driven.runtime;
  private final ScheduledExecutorService service = runtime.asBlockingScheduledExecutorService();
  private final AtomicInteger runs = new AtomicInteger();
  private final Held held = new Held();

  @AfterEach
  void nothingIsLeft() throws Exception {
    held.release();
    service.shutdownNow();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    driven.close();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(driven.uncaught).isEmpty();
  }

  @Test
  void commandsRunOnTheBlockingPoolAndMayWaitForTasks() throws Exception {
    ScheduledExecutorService workers = runtime.asScheduledExecutorService();
    String direct = get(service.submit(() -> threadOf(workers)));
    String delayed = get(service.schedule(() -> threadOf(workers), 1, TimeUnit.MILLISECONDS));
    assertThat(direct).contains("-blocking").endsWith(" waited for driver");
    assertThat(delayed).contains("-blocking").endsWith(" waited for driver");
    workers.shutdown();
  }

  /** The name of the calling thread, and of the one that runs a task, which it waits for. */
  private static String threadOf(ScheduledExecutorService workers) throws Exception {
    return Thread.currentThread().getName()
        + " waited for "
        + get(workers.submit(() -> Thread.currentThread().getName()));
  }

  @Test
  void shutdownNowInterruptsARunningCommandAndLeavesItsOutcomeToIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Future<String> running =
        service.submit(
            () -> {
              begun.countDown();
              try {
                never.await();
                return "never";
              } catch (InterruptedException e) {
                return "interrupted";
              }
            });
    awaitLatch(begun);
    assertThat(service.shutdownNow()).isEmpty();
    assertThat(get(running)).isEqualTo("interrupted");
  }

  @Test
  void cancelWithInterruptReachesAPeriodicCommandThatRuns() throws Exception {
    for (boolean fixedRate : new boolean[] {true, false}) {
      CountDownLatch begun = new CountDownLatch(3);
      CountDownLatch interrupted = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      Runnable command =
          () -> {
            begun.countDown();
            if (begun.getCount() == 0) {
              try {
                awaitLatch(never);
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            }
          };
      ScheduledFuture<?> future =
          fixedRate
              ? service.scheduleAtFixedRate(command, 0, 1, TimeUnit.MILLISECONDS)
              : service.scheduleWithFixedDelay(command, 0, 1, TimeUnit.MILLISECONDS);
      awaitLatch(begun);
      assertThat(future.cancel(true)).isTrue();
      awaitLatch(interrupted);
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void aCommandThatWaitsForAThreadAndIsCancelledNeverRuns() throws Exception {
    occupyThePool();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(service.submit((Runnable) runs::incrementAndGet));
      waiting.add(service.schedule(runs::incrementAndGet, 0, TimeUnit.SECONDS));
    }
    for (Future<?> future : waiting) {
      boolean cancelled = future.cancel(true);
      assertThat(future.isCancelled()).isEqualTo(cancelled);
    }
    int before = (int) waiting.stream().filter(future -> !future.isCancelled()).count();
    held.release();
    service.shutdown();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(before);
  }

  private void occupyThePool() throws InterruptedException {
    assertThat(held.runOn(service).isDone()).isFalse();
  }

  @Test
  void whatAnExecutedCommandThrowsGoesToTheUncaughtFailureHandler() throws Exception {
    IllegalStateException failure = new IllegalStateException("thrown");
    service.execute(
        () -> {
          throw failure;
        });
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Host.LIMIT_SECONDS);
    while (driven.uncaught.isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(limit);
      Thread.onSpinWait();
    }
    assertThat(driven.uncaught).containsExactly(failure);
    driven.uncaught.clear();
  }

  @Test
  void aRuntimeThatIsClosedCancelsWhatHasNotBegunAndWaitsForWhatHas() throws Exception {
    Future<String> running = held.runOn(service);
    ScheduledFuture<?> delayed = service.schedule(runs::incrementAndGet, 1, TimeUnit.HOURS);
    ScheduledFuture<?> periodic =
        service.scheduleAtFixedRate(runs::incrementAndGet, 1, 1, TimeUnit.HOURS);
    Elsewhere<Void> closer =
        elsewhere(
            () -> {
              runtime.close();
              return null;
            });
    assertThatThrownBy(() -> get(delayed)).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> get(periodic)).isInstanceOf(CancellationException.class);
    assertThat(running.isDone()).isFalse();
    assertThat(service.isTerminated()).isFalse();
    held.release();
    closer.result();
    assertThat(get(running)).isEqualTo("held");
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(0);
    assertThatThrownBy(() -> service.submit(() -> 1))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void noWaiterIsForgottenWhenTheRuntimeIsClosed() throws Exception {
    assertThat(held.runOn(service).isDone()).isFalse();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(service.submit((Runnable) runs::incrementAndGet));
      waiting.add(service.schedule(runs::incrementAndGet, i % 3, TimeUnit.MILLISECONDS));
      waiting.add(service.scheduleAtFixedRate(runs::incrementAndGet, i, 1, TimeUnit.MICROSECONDS));
    }
    Elsewhere<Void> closer =
        elsewhere(
            () -> {
              runtime.close();
              return null;
            });
    held.release();
    closer.result();
    assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(waiting).allMatch(Future::isDone);
  }

  // ---- interrupts

  @Test
  void aRunnerDoesNotLeaveWhileItIsBeingInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch bodyMayEnd = new CountDownLatch(1);
    CountDownLatch bodyEnds = new CountDownLatch(1);
    CountDownLatch interruptHasBegun = new CountDownLatch(1);
    CountDownLatch interruptMayHit = new CountDownLatch(1);
    SubmittedCommand<Integer> command =
        new SubmittedCommand<>(
            () -> {
              begun.countDown();
              Host.holdOn(bodyMayEnd);
              bodyEnds.countDown();
              return 1;
            },
            new LiveCommands(1, () -> {}, Waits.UNHEARD));
    AtomicInteger returned = new AtomicInteger();
    AtomicInteger interruptedAfterwards = new AtomicInteger();
    Thread runner =
        new Thread() {
          @Override
          public void run() {
            try {
              command.call();
            } catch (Exception failure) {
              throw new AssertionError(failure);
            }
            returned.incrementAndGet();
            interruptedAfterwards.set(isInterrupted() ? 1 : 0);
          }

          @Override
          public void interrupt() {
            interruptHasBegun.countDown();
            Host.holdOn(interruptMayHit);
            super.interrupt();
          }
        };
    runner.setDaemon(true);
    runner.start();
    awaitLatch(begun);
    Elsewhere<Boolean> canceller = elsewhere(() -> command.cancel(true));
    awaitLatch(interruptHasBegun);
    bodyMayEnd.countDown();
    awaitLatch(bodyEnds);
    for (int i = 0; i < 100_000 && returned.get() == 0; i++) {
      Thread.onSpinWait(); // time for a runner that doesn't wait; a slow one passes either way
    }
    assertThat(returned).hasValue(0);
    interruptMayHit.countDown();
    assertThat(canceller.result()).isTrue();
    runner.join(TimeUnit.SECONDS.toMillis(Host.LIMIT_SECONDS));
    assertThat(returned).hasValue(1);
    assertThat(interruptedAfterwards).hasValue(0);
  }

  @Test
  void anInterruptNeverReachesTheNextJobOfTheThread() throws Exception {
    AtomicInteger cancelled = new AtomicInteger();
    AtomicInteger hit = new AtomicInteger();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Host.LIMIT_SECONDS);
    do { // again if the two threads hardly ran at the same time
      assertThat(System.nanoTime()).as("never in time").isLessThan(limit);
      runAndCancel(cancelled, hit);
    } while (cancelled.get() == 0 || hit.get() == 0);
  }

  /**
   * One thread runs commands, one after the other, and this one cancels what it finds running.
   *
   * @param cancelled counts those that were cancelled in time
   * @param hit counts those that have seen the interrupt
   */
  private static void runAndCancel(AtomicInteger cancelled, AtomicInteger hit) throws Exception {
    LiveCommands live = new LiveCommands(1, () -> {}, Waits.UNHEARD);
    int rounds = 50_000;
    List<SubmittedCommand<Integer>> commands = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      commands.add(
          new SubmittedCommand<>(
              () -> {
                for (int spin = 0; spin < 20; spin++) {
                  Thread.onSpinWait();
                }
                return Thread.currentThread().isInterrupted() ? hit.incrementAndGet() : 0;
              },
              live));
    }
    AtomicInteger at = new AtomicInteger(-1);
    Elsewhere<Integer> runner =
        elsewhere(
            () -> {
              int leaks = 0;
              for (int i = 0; i < rounds; i++) {
                at.set(i);
                commands.get(i).call();
                for (int spin = 0; spin < 20; spin++) {
                  if (Thread.interrupted()) {
                    leaks++;
                  }
                }
              }
              return leaks;
            });
    int last = -1;
    while (last < rounds - 1) {
      int now = at.get();
      if (now != last) {
        last = now;
        if (commands.get(now).cancel(true)) {
          cancelled.incrementAndGet();
        }
        commands.get(now).interruptRunner(); // as shutdownNow does
      }
    }
    assertThat(runner.result()).as("interrupts outside a command").isZero();
  }
}
