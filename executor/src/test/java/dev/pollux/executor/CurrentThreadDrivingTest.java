package dev.pollux.executor;

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
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.RuntimeListener;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who drives the runtime: foreign loops, several blocking threads, and those who must not. */
@Timeout(60)
class CurrentThreadDrivingTest {

  private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger work = new AtomicInteger();
  private CurrentThreadRuntime runtime = builder().pausedClock().currentThread();

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("test")
        .seed(1)
        .uncaughtFailureHandler((failure, origin) -> uncaught.add(origin + ": " + failure));
  }

  /** Uses another runtime than the one with a paused clock. */
  private void use(RuntimeBuilder builder) {
    runtime.close();
    runtime = builder.currentThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(Thread.interrupted()).isFalse();
  }

  // ---- a foreign loop

  @Test
  void tryTickPollsOneTask() {
    Gate first = new Gate();
    Gate second = new Gate();
    runtime.spawn(first).detach();
    runtime.spawn(second).detach();
    assertThat(runtime.tryTick()).isTrue();
    assertThat(first.polls + second.polls).isEqualTo(1);
    assertThat(runtime.tryTick()).isTrue();
    assertThat(runtime.tryTick()).isFalse();
    assertThat(first.polls + second.polls).isEqualTo(2);
  }

  @Test
  void tryTickDoesNotMoveAPausedClock() {
    JoinHandle<Void> sleep = runtime.spawn(sleep(Duration.ofSeconds(5)));
    while (runtime.tryTick()) {}
    assertThat(runtime.timer().nanoTime()).isZero();
    assertThat(sleep.isFinished()).isFalse();
    runtime.advance(Duration.ofSeconds(5));
    while (runtime.tryTick()) {}
    assertThat(sleep.isFinished()).isTrue();
  }

  @Test
  void tickMovesAPausedClockToTheNextDeadline() {
    JoinHandle<Void> sleep = runtime.spawn(sleep(Duration.ofSeconds(5)));
    assertThat(runtime.tick()).isTrue();
    assertThat(sleep.isFinished()).isFalse();
    assertThat(runtime.tick()).isTrue();
    assertThat(sleep.isFinished()).isTrue();
    assertThat(runtime.timer().nanoTime()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void tickSleepsUntilAWakeFromOutside() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    assertThat(runtime.tick()).isTrue();
    Elsewhere<Boolean> loop = elsewhere(runtime::tick).asleep();
    gate.open();
    assertThat(loop.result()).isTrue();
    assertThat(handle.isFinished()).isTrue();
  }

  @Test
  void tickOfAnInterruptedThreadPollsWhatIsReadyAndDoesNotSleep() {
    runtime.spawn(Futures.ready(1)).detach();
    Thread.currentThread().interrupt();
    assertThat(runtime.tick()).isTrue();
    assertThat(runtime.tick()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void tickIsWokenByAnInterrupt() throws Exception {
    Elsewhere<Boolean> loop =
        elsewhere(
            () -> {
              assertThat(runtime.tick()).isFalse();
              return Thread.interrupted();
            });
    loop.asleep().thread.interrupt();
    assertThat(loop.result()).isTrue();
  }

  @Test
  void ticksOfAClosedRuntimeDoNothing() {
    runtime.close();
    assertThat(runtime.tryTick()).isFalse();
    assertThat(runtime.tick()).isFalse();
    assertThat(runtime.untilNextTimer()).isEmpty();
  }

  @Test
  void untilNextTimerIsTheTimeUntilTheFirstDeadline() {
    assertThat(runtime.untilNextTimer()).isEmpty();
    runtime.spawn(sleep(Duration.ofMillis(50))).detach();
    runtime.spawn(sleep(Duration.ofMillis(20))).detach();
    assertThat(runtime.untilNextTimer()).as("not polled yet").isEmpty();
    while (runtime.tryTick()) {}
    assertThat(runtime.untilNextTimer()).contains(Duration.ofMillis(20));
    runtime.advance(Duration.ofMillis(15));
    assertThat(runtime.untilNextTimer()).contains(Duration.ofMillis(5));
    runtime.advance(Duration.ofMillis(15));
    assertThat(runtime.untilNextTimer()).contains(Duration.ZERO);
    while (runtime.tryTick()) {}
    assertThat(runtime.untilNextTimer()).contains(Duration.ofMillis(20));
  }

  @Test
  void aPausedClockDoesNotJumpToADeadlineThatNeverComes() throws Exception {
    JoinHandle<Void> never = runtime.spawn(sleep(ChronoUnit.FOREVER.getDuration()));
    assertThat(runtime.tick()).isTrue();
    Elsewhere<Boolean> loop = elsewhere(runtime::tick).asleep();
    assertThat(never.isFinished()).isFalse();
    assertThat(runtime.timer().nanoTime()).isZero();
    loop.thread.interrupt();
    assertThat(loop.result()).isFalse();
  }

  @Test
  void aForeignLoopIsToldOfEveryPieceOfWork() {
    use(builder().pausedClock().onWork(work::incrementAndGet));
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    loop();
    work.set(0);
    gate.open();
    assertThat(work.get()).as("after the loop of the class comment").isPositive();
    loop();
    assertThat(handle.isFinished()).isTrue();
    work.set(0);
    runtime.spawn(Futures.ready(1)).detach();
    assertThat(work.get()).isPositive();
    loop();
    work.set(0);
    runtime.advance(Duration.ofSeconds(1));
    assertThat(work.get()).as("timers may be due").isPositive();
  }

  /** As the class comment of the runtime has it. */
  private void loop() {
    while (runtime.tryTick()) {}
    assertThat(runtime.untilNextTimer()).isNotNull();
  }

  @Test
  void whatIsPushedWhileUntilNextTimerLooksIsToldToTheLoop() throws Exception {
    // The loop asks for its next timer at any time; whatever arrives meanwhile must reach onWork.
    Semaphore told = new Semaphore(0);
    use(builder().pausedClock().onWork(told::release));
    AtomicInteger rounds = new AtomicInteger(20_000); // fewer on a machine that is too busy
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    AtomicInteger done = new AtomicInteger();
    Elsewhere<Void> spawner =
        elsewhere(
            () -> {
              for (int i = 0; i < rounds.get(); i++) {
                if (System.nanoTime() - end > 0) {
                  rounds.set(i + 1);
                }
                runtime.spawn(Futures.lazy(done::incrementAndGet)).detach();
                int expected = i + 1;
                while (done.get() < expected && !Thread.interrupted()) {
                  Thread.onSpinWait();
                }
              }
              return null;
            });
    while (done.get() < rounds.get()) {
      loop();
      if (done.get() < rounds.get()) {
        assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).as("never told").isTrue();
        told.drainPermits();
      }
    }
    spawner.result();
  }

  @Test
  void aForeignLoopIsToldOfWhatBlockOnLeavesBehind() throws Exception {
    use(builder().pausedClock().onWork(work::incrementAndGet));
    loop();
    Spinner spinner = new Spinner();
    Gate gate = new Gate();
    elsewhere(
            () -> {
              runtime.spawn(spinner).detach();
              return runtime.blockOn(
                  cx -> {
                    cx.spawner().spawn(gate).detach();
                    return Poll.done();
                  });
            })
        .result();
    int before = spinner.polls;
    assertThat(work.get()).as("tasks are ready, and nobody drives").isPositive();
    spinner.stop = true;
    loop();
    assertThat(spinner.polls).isGreaterThan(before);
    work.set(0);
    elsewhere(() -> runtime.blockOn(Futures.ready(1))).result();
    loop();
    work.set(0);
    gate.open();
    assertThat(work.get()).as("the next push is announced again").isPositive();
    loop();
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void aForeignLoopIsToldOfTimersThatBlockOnLeavesBehind() throws Exception {
    use(builder().onWork(work::incrementAndGet));
    loop();
    work.set(0);
    // The task arms its timer while blockOn drives, so no push ever tells of it.
    elsewhere(
            () ->
                runtime.blockOn(
                    cx -> {
                      Future<Void> sleep = sleep(Duration.ofHours(1));
                      cx.spawner().spawn(sleep).detach();
                      return Poll.done();
                    }))
        .result();
    work.set(0);
    loop();
    elsewhere(() -> runtime.blockOn(sleep(Duration.ofMillis(1)))).result();
    assertThat(work.get()).as("the next deadline may be another now").isPositive();
    assertThat(runtime.untilNextTimer()).isPresent();
  }

  @Test
  void anOnWorkThatThrowsHurtsNobody() throws Exception {
    use(
        builder()
            .onWork(
                () -> {
                  throw new IllegalStateException("onWork");
                }));
    assertThat(runtime.tryTick()).isFalse();
    JoinHandle<Integer> handle = runtime.spawn(Futures.ready(1));
    assertThat(uncaught).singleElement().asString().contains("onWork").contains("\"test\"");
    while (runtime.tryTick()) {}
    assertThat(handle.join()).isEqualTo(1);
  }

  @Test
  void anEventLoopThatTicksOnlyWhenToldEndsEveryTask() throws Exception {
    BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    AtomicReference<CurrentThreadRuntime> ticked = new AtomicReference<>();
    Runnable turn =
        () -> {
          while (ticked.get().tryTick()) {}
          assertThat(ticked.get().untilNextTimer()).isNotNull();
        };
    use(builder().onWork(() -> events.add(turn)));
    ticked.set(runtime);
    Elsewhere<Void> loop =
        elsewhere(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                events.take().run();
              }
              return null;
            });
    events.add(turn);
    for (int i = 0; i < 2_000; i++) {
      int value = i;
      JoinHandle<Integer> handle = runtime.spawn(Futures.lazy(() -> value));
      assertThat(handle.join(Duration.ofSeconds(30))).isEqualTo(value);
    }
    events.add(loop.thread::interrupt);
    loop.thread.join();
    loop.result();
  }

  @Test
  void aRuntimeThatAnotherThreadDrivesRefusesTicksAndNamesIt() throws Exception {
    Gate gate = new Gate();
    Elsewhere<String> other = elsewhere(() -> runtime.blockOn(gate));
    await(() -> gate.polls > 0);
    for (Callable<?> driving :
        List.<Callable<?>>of(runtime::tryTick, runtime::tick, runtime::untilNextTimer)) {
      assertThatThrownBy(driving::call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("\"test\"")
          .hasMessageContaining("elsewhere");
    }
    gate.open();
    assertThat(other.result()).isEqualTo("open");
  }

  @Test
  void aTaskCannotDriveTheRuntime() {
    for (Callable<?> driving :
        List.<Callable<?>>of(runtime::tryTick, runtime::tick, runtime::untilNextTimer)) {
      JoinHandle<?> task = runtime.spawn(Futures.lazy(driving));
      assertThatThrownBy(() -> runtime.blockOn(task))
          .isInstanceOf(TaskFailedException.class)
          .hasCauseInstanceOf(IllegalStateException.class)
          .cause()
          .hasMessageContaining("inside a poll");
    }
  }

  // ---- blocking threads

  @Test
  void aBlockingThreadWhoseFutureIsOverHandsOverToAWaitingOne() throws Exception {
    Gate first = new Gate();
    Gate second = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(first));
    await(() -> first.polls > 0);
    Elsewhere<String> waiter = elsewhere(() -> runtime.blockOn(second));
    await(() -> second.polls > 0);
    first.open();
    assertThat(driver.result()).isEqualTo("open");
    assertThat(waiter.isDone()).isFalse();
    second.open();
    assertThat(waiter.result()).isEqualTo("open");
  }

  @Test
  void theDriverEndsTheFutureOfAWaitingThread() throws Exception {
    Gate first = new Gate();
    Gate second = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(first));
    await(() -> first.polls > 0);
    Elsewhere<String> waiter = elsewhere(() -> runtime.blockOn(second));
    await(() -> second.polls > 0);
    second.open();
    assertThat(waiter.result()).isEqualTo("open");
    assertThat(driver.isDone()).isFalse();
    first.open();
    assertThat(driver.result()).isEqualTo("open");
  }

  @Test
  void aTickHandsOverToAWaitingThread() throws Exception {
    Gate ticked = new Gate();
    runtime.spawn(ticked).detach();
    Elsewhere<Boolean> loop =
        elsewhere(
            () -> {
              runtime.tick();
              return runtime.tick();
            });
    await(() -> ticked.polls > 0);
    loop.asleep();
    Gate gate = new Gate();
    Elsewhere<String> waiter = elsewhere(() -> runtime.blockOn(gate));
    assertThat(loop.result()).as("polled the gate").isTrue();
    gate.open();
    assertThat(waiter.result()).isEqualTo("open");
  }

  @Test
  void anInterruptedWaiterGivesUpAndTheDriverGoesOn() throws Exception {
    Gate first = new Gate();
    Gate second = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(first));
    await(() -> first.polls > 0);
    Elsewhere<String> waiter = elsewhere(() -> runtime.blockOn(second));
    await(() -> second.polls > 0);
    waiter.asleep().thread.interrupt();
    assertThatThrownBy(waiter::result).hasCauseInstanceOf(InterruptedException.class);
    assertThat(second.cancels).isEqualTo(1);
    first.open();
    assertThat(driver.result()).isEqualTo("open");
  }

  @Test
  void anInterruptedDriverHandsOverToTheWaiter() throws Exception {
    Gate first = new Gate();
    Gate second = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(first));
    await(() -> first.polls > 0);
    Elsewhere<String> waiter = elsewhere(() -> runtime.blockOn(second));
    await(() -> second.polls > 0);
    driver.asleep().thread.interrupt();
    assertThatThrownBy(driver::result).hasCauseInstanceOf(InterruptedException.class);
    second.open();
    assertThat(waiter.result()).isEqualTo("open");
  }

  @Test
  void anInterruptEndsBlockOnThoughOtherTasksAreAlwaysReady() throws Exception {
    Spinner spinner = new Spinner();
    Gate gate = new Gate();
    runtime.spawn(spinner).detach();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(gate));
    await(() -> gate.polls > 0);
    driver.thread.interrupt();
    assertThatThrownBy(driver::result).hasCauseInstanceOf(InterruptedException.class);
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void anInterruptOfAThreadWhoseFutureIsReadyIsKeptForWhatComesNext() throws Exception {
    Thread.currentThread().interrupt();
    int value = runtime.blockOn(Futures.ready(1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(value).isEqualTo(1);
  }

  @Test
  void aFutureThatThrowsInterruptedExceptionIsNotTakenForAnInterruptOfTheCaller() {
    InterruptedException thrown = new InterruptedException("mine");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(thrown))).isSameAs(thrown);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void manyThreadsBlockAndWakeOneAnother() throws Exception {
    int threads = 6;
    int rounds = 300;
    List<Elsewhere<Integer>> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      all.add(
          elsewhere(
              () -> {
                int sum = 0;
                for (int r = 0; r < rounds; r++) {
                  Gate gate = new Gate();
                  JoinHandle<Void> opener =
                      runtime.spawn(
                          Futures.lazy(
                              () -> {
                                gate.open();
                                return null;
                              }));
                  sum += runtime.blockOn(gate).length();
                  runtime.blockOn(opener);
                }
                return sum;
              }));
    }
    for (Elsewhere<Integer> thread : all) {
      assertThat(thread.result()).isEqualTo(4 * rounds);
    }
  }

  @Test
  void aBlockingJobMayBlockOnItsOwnRuntime() throws Exception {
    assertThat(runtime.blockOn(runtime.spawnBlocking(() -> runtime.blockOn(Futures.ready(1)))))
        .isEqualTo(1);
    assertThat(runtime.spawnBlocking(() -> runtime.blockOn(Futures.ready(2))).join()).isEqualTo(2);
  }

  // ---- on a thread that runs tasks

  /** Where user code runs on a thread that drives, outside of any poll. */
  enum Place {
    CANCEL,
    CLOSE_OF_A_VALUE,
    DISCARD_HOOK,
    LISTENER,
    HANDLER
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void blockingBetweenTwoPollsIsRefusedWhereItWouldBeADeadlock(Place place) throws Exception {
    AtomicReference<CurrentThreadRuntime> self = new AtomicReference<>();
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    Runnable block =
        () -> {
          if (calls.getAndIncrement() > 0) {
            return;
          }
          JoinHandle<Integer> handle = self.get().spawn(Futures.ready(1));
          try {
            self.get().blockOn(Futures.ready(1));
          } catch (Throwable thrown) {
            refused.add(thrown);
          }
          try {
            handle.join();
          } catch (Throwable thrown) {
            refused.add(thrown);
          }
          handle.detach();
          over.countDown();
        };
    RuntimeBuilder builder =
        PolluxRuntime.builder()
            .name("test")
            .uncaughtFailureHandler((failure, origin) -> block.run())
            .onDiscard(value -> block.run());
    if (place == Place.LISTENER) {
      builder.listener(
          new RuntimeListener() {
            @Override
            public void taskEnded(TaskInfo task, Outcome outcome) {
              block.run();
            }
          });
    }
    use(builder);
    self.set(runtime);
    AutoCloseable closing = block::run;
    Future<Object> task =
        switch (place) {
          case CANCEL -> Futures.pollFn(cx -> Poll.pending(), block);
          case CLOSE_OF_A_VALUE -> Futures.ready(closing);
          case DISCARD_HOOK, LISTENER -> Futures.ready("value");
          case HANDLER -> Futures.failed(new IllegalStateException("no"));
        };
    JoinHandle<Object> handle = runtime.spawn(task);
    handle.detach();
    if (place == Place.CANCEL) {
      handle.requestCancel();
    }
    Elsewhere<Object> loop =
        elsewhere(
            () -> {
              while (runtime.tryTick()) {}
              return null;
            });
    loop.result();
    assertThat(over.getCount()).isZero();
    assertThat(refused)
        .hasSize(2)
        .allSatisfy(
            thrown ->
                assertThat(thrown)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"test\""));
  }

  @Test
  void aRefusedBlockOnCancelsItsFutureWhateverThatThrows() {
    Gate gate = new Gate();
    assertThatThrownBy(() -> runtime.blockOn(Futures.lazy(() -> runtime.blockOn(gate))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(gate.cancels).isEqualTo(1);
    Future<Object> rude =
        new Future<>() {
          @Override
          public Poll<Object> poll(Context cx) {
            return Poll.pending();
          }

          @Override
          public void cancel() {
            throw new AssertionError("cancel");
          }
        };
    assertThatThrownBy(() -> runtime.blockOn(Futures.lazy(() -> runtime.blockOn(rude))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(uncaught).singleElement().asString().contains("cancel");
  }
}
