package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing a runtime, from everywhere. */
@Timeout(60)
class CurrentThreadCloseTest {

  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final List<String> origins = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger spawned = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicReference<Runnable> atTaskEnd = new AtomicReference<>(() -> {});
  private final CountDownLatch gate = new CountDownLatch(1);
  private CurrentThreadRuntime runtime = builder().currentThread();

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("test")
        .pausedClock()
        .maxBlockingThreads(1)
        .shutdownPatience(Duration.ofSeconds(30))
        .uncaughtFailureHandler(
            (failure, origin) -> {
              uncaught.add(failure);
              origins.add(origin);
            })
        .listener(
            new RuntimeListener() {
              @Override
              public void taskSpawned(TaskInfo task) {
                spawned.incrementAndGet();
              }

              @Override
              public void taskEnded(TaskInfo task, Outcome outcome) {
                ended.incrementAndGet();
                atTaskEnd.get().run();
              }
            });
  }

  @AfterEach
  void everyTaskHasEnded() {
    gate.countDown();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(ended).hasValue(spawned.get());
    assertThat(Thread.interrupted()).isFalse();
  }

  // ---- idle

  @Test
  void anIdleRuntimeIsClosedByTheCaller() throws Exception {
    Gate waiting = new Gate();
    JoinHandle<String> handle = runtime.spawn(waiting);
    JoinHandle<Void> sleeping = runtime.spawn(Time.sleep(Duration.ofHours(1)));
    while (runtime.tryTick()) {}
    Gate neverPolled = new Gate();
    runtime.spawn(neverPolled).detach();
    assertThat(runtime.isClosed()).isFalse();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(waiting.cancels).isEqualTo(1);
    assertThat(neverPolled.cancels).isEqualTo(1);
    assertThat(neverPolled.polls).isZero();
    assertThatThrownBy(() -> handle.join()).isInstanceOf(TaskCancelledException.class);
    assertThatThrownBy(() -> sleeping.join()).isInstanceOf(TaskCancelledException.class);
    assertThat(runtime.untilNextTimer()).isEmpty();
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aClosedRuntimeRefusesWorkAndCancelsIt() {
    runtime.close();
    runtime.close();
    Gate refused = new Gate();
    assertThatThrownBy(() -> runtime.spawn(refused))
        .isInstanceOf(RuntimeShutdownException.class)
        .hasMessageContaining("\"test\"");
    assertThatThrownBy(() -> runtime.blockOn(refused)).isInstanceOf(RuntimeShutdownException.class);
    assertThat(refused.cancels).isEqualTo(2);
    assertThatThrownBy(() -> runtime.spawnBlocking(() -> 1))
        .isInstanceOf(RuntimeShutdownException.class);
  }

  @Test
  void aWakeAfterTheEndIsHarmless() {
    Gate waiting = new Gate();
    runtime.spawn(waiting).detach();
    while (runtime.tryTick()) {}
    var waker = waiting.waker;
    runtime.close();
    waker.wake();
    assertThat(runtime.tryTick()).isFalse();
  }

  @Test
  void aTaskThatAlwaysYieldsIsCancelledToo() {
    Spinner spinner = new Spinner();
    runtime.spawn(spinner).detach();
    for (int i = 0; i < 100; i++) {
      runtime.tryTick();
    }
    runtime.close();
    assertThat(spinner.cancels).isEqualTo(1);
    assertThat(spinner.polls).isEqualTo(100);
  }

  @Test
  void aCancelMayThrowOrSpawnOrWakeOthers() {
    Gate other = new Gate();
    List<Throwable> refusals = new ArrayList<>();
    IllegalStateException failure = new IllegalStateException("cancel");
    runtime.spawn(other).detach();
    runtime
        .spawn(
            new Future<>() {
              @Override
              public Poll<Object> poll(Context cx) {
                return Poll.pending();
              }

              @Override
              public void cancel() {
                other.open();
                try {
                  runtime.spawn(Futures.ready(1)).detach();
                } catch (RuntimeShutdownException refused) {
                  refusals.add(refused);
                }
                throw failure;
              }
            })
        .detach();
    while (runtime.tryTick()) {}
    runtime.close();
    assertThat(other.cancels).isEqualTo(1);
    assertThat(refusals).hasSize(1);
    assertThat(uncaught).containsExactly(failure);
  }

  // ---- driven by others

  @Test
  void aRuntimeThatAnotherThreadSleepsInIsClosedByThatThread() throws Exception {
    Gate blocked = new Gate();
    AtomicReference<Thread> cancelledOn = new AtomicReference<>();
    runtime
        .spawn(Futures.pollFn(cx -> keep(cx), () -> cancelledOn.set(Thread.currentThread())))
        .detach();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(blocked));
    await(() -> blocked.polls > 0);
    driver.asleep();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(blocked.cancels).isEqualTo(1);
    assertThat(cancelledOn.get()).isNotNull();
    assertThatThrownBy(driver::result)
        .hasCauseInstanceOf(RuntimeShutdownException.class)
        .cause()
        .hasMessageContaining("\"test\"");
  }

  private static <T> Poll<T> keep(Context cx) {
    KEPT.set(cx.waker());
    return Poll.pending();
  }

  private static final AtomicReference<Object> KEPT = new AtomicReference<>();

  @Test
  void aRuntimeThatAnotherThreadIsBusyInIsClosed() throws Exception {
    Spinner spinner = new Spinner();
    Gate blocked = new Gate();
    runtime.spawn(spinner).detach();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(blocked));
    await(() -> spinner.polls > 1000);
    runtime.close();
    assertThat(spinner.cancels).isEqualTo(1);
    assertThatThrownBy(driver::result).hasCauseInstanceOf(RuntimeShutdownException.class);
  }

  @Test
  void aRuntimeThatAnotherThreadTicksIsClosed() throws Exception {
    Elsewhere<Boolean> loop = elsewhere(runtime::tick).asleep();
    runtime.close();
    assertThat(loop.result()).isFalse();
    assertThat(runtime.isClosed()).isTrue();
  }

  @Test
  void everyThreadThatBlocksHearsOfTheEnd() throws Exception {
    List<Gate> gates = new ArrayList<>();
    List<Elsewhere<String>> blocked = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Gate each = new Gate();
      gates.add(each);
      blocked.add(elsewhere(() -> runtime.blockOn(each)));
    }
    for (Gate each : gates) {
      await(() -> each.polls > 0);
    }
    runtime.close();
    for (Elsewhere<String> thread : blocked) {
      assertThatThrownBy(thread::result).hasCauseInstanceOf(RuntimeShutdownException.class);
    }
    assertThat(gates).allSatisfy(each -> assertThat(each.cancels).isEqualTo(1));
  }

  @Test
  void twoThreadsMayCloseAtOnceAndBothFindItClosed() throws Exception {
    for (int round = 0; round < 200; round++) {
      if (runtime.isClosed()) {
        runtime = builder().currentThread();
      }
      Gate waiting = new Gate();
      runtime.spawn(waiting).detach();
      CountDownLatch start = new CountDownLatch(1);
      List<Elsewhere<Boolean>> closers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        closers.add(
            elsewhere(
                () -> {
                  start.await();
                  runtime.close();
                  return runtime.isClosed();
                }));
      }
      start.countDown();
      for (Elsewhere<Boolean> closer : closers) {
        assertThat(closer.result()).isTrue();
      }
      assertThat(waiting.cancels).isEqualTo(1);
    }
  }

  @Test
  void anInterruptedCloserFinishesAndStaysInterrupted() throws Exception {
    Gate blocked = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(blocked));
    await(() -> blocked.polls > 0);
    Thread.currentThread().interrupt();
    runtime.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(runtime.isClosed()).isTrue();
    assertThatThrownBy(driver::result).hasCauseInstanceOf(RuntimeShutdownException.class);
  }

  // ---- from inside

  /** Where user code runs on the thread that drives. */
  enum Place {
    POLL,
    CANCEL,
    CLOSE_OF_A_VALUE,
    LISTENER,
    HANDLER
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void codeThatRunsOnTheRuntimeAsksForItsEnd(Place place) throws Exception {
    List<Boolean> closedAtOnce = Collections.synchronizedList(new ArrayList<>());
    Runnable close =
        () -> {
          runtime.close();
          closedAtOnce.add(runtime.isClosed());
        };
    if (place == Place.HANDLER) {
      runtime.close();
      runtime = builder().uncaughtFailureHandler((failure, origin) -> close.run()).currentThread();
    }
    AutoCloseable closing = close::run;
    Future<Object> task =
        switch (place) {
          case POLL ->
              Futures.lazy(
                  () -> {
                    close.run();
                    return null;
                  });
          case CANCEL -> Futures.pollFn(CurrentThreadCloseTest::keep, close);
          case CLOSE_OF_A_VALUE -> Futures.ready(closing);
          case LISTENER -> Futures.ready(1);
          case HANDLER -> Futures.failed(new IOException("disk"));
        };
    Gate other = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(other));
    await(() -> other.polls > 0);
    if (place == Place.LISTENER) {
      atTaskEnd.set(close);
    }
    // Spawned and detached on the driving thread, so that nothing of it ends on this one.
    runtime
        .spawn(
            cx -> {
              JoinHandle<Object> handle = cx.spawner().spawn(task);
              handle.detach();
              if (place == Place.CANCEL) {
                handle.requestCancel();
              }
              return Poll.done();
            })
        .detach();
    assertThatThrownBy(driver::result).hasCauseInstanceOf(RuntimeShutdownException.class);
    assertThat(closedAtOnce).first().isEqualTo(false);
    assertThat(other.cancels).isEqualTo(1);
    assertThat(runtime.isClosed()).isTrue();
    atTaskEnd.set(() -> {});
  }

  @Test
  void aTaskOfAnotherRuntimeOnlyAsksForTheEnd() throws Exception {
    Gate waiting = new Gate();
    runtime.spawn(waiting).detach();
    try (CurrentThreadRuntime other = PolluxRuntime.currentThread()) {
      other.blockOn(
          Futures.lazy(
              () -> {
                runtime.close();
                return null;
              }));
    }
    assertThatThrownBy(() -> runtime.spawn(Futures.ready(1)))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(runtime.tryTick()).isFalse();
    assertThat(runtime.isClosed()).as("whoever drives next").isTrue();
    assertThat(waiting.cancels).isEqualTo(1);
  }

  // ---- blocking jobs

  @Test
  void closeWaitsForTheBlockingJobThatRunsAndTakesTheOthersBack() throws Exception {
    JoinHandle<String> running = occupy();
    AtomicBoolean ran = new AtomicBoolean();
    JoinHandle<Object> queued =
        runtime.spawnBlocking(
            () -> {
              ran.set(true);
              return null;
            });
    Elsewhere<Void> closer =
        elsewhere(
            () -> {
              runtime.close();
              return null;
            });
    await(queued::isFinished);
    assertThat(closer.isDone()).isFalse();
    assertThat(runtime.isClosed()).isFalse();
    gate.countDown();
    closer.result();
    assertThat(running.join()).isEqualTo("done");
    assertThat(ran).isFalse();
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aTaskThatAwaitsABlockingJobIsCancelledAndTheValueIsDiscarded() throws Exception {
    List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
    runtime.close();
    runtime = builder().onDiscard(discarded::add).currentThread();
    JoinHandle<String> running = occupy();
    runtime.spawn(running.map(String::length)).detach();
    while (runtime.tryTick()) {}
    Elsewhere<Void> closer =
        elsewhere(
            () -> {
              runtime.close();
              return null;
            });
    await(() -> runtime.liveTasks() == 0);
    gate.countDown();
    closer.result();
    assertThat(discarded).containsExactly("done");
  }

  @Test
  void aBlockingJobThatOutlastsThePatienceIsLeftAndReported() throws Exception {
    runtime.close();
    runtime = builder().shutdownPatience(Duration.ofMillis(1)).currentThread();
    JoinHandle<String> running = occupy();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(origins)
        .singleElement()
        .asString()
        .contains("\"occupied\"")
        .contains("runtime \"test\"");
    gate.countDown();
    assertThat(running.join()).isEqualTo("done");
  }

  @Test
  void aBlockingJobMayCloseItsRuntime() throws Exception {
    Gate waiting = new Gate();
    runtime.spawn(waiting).detach();
    JoinHandle<Boolean> closer =
        runtime.spawnBlocking(
            () -> {
              runtime.close();
              return runtime.isClosed();
            });
    assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
    assertThat(waiting.cancels).isEqualTo(1);
    assertThat(uncaught).isEmpty();
  }

  private JoinHandle<String> occupy() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<String> handle =
        runtime.spawnBlocking(
            "occupied",
            () -> {
              begun.countDown();
              gate.await();
              return "done";
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return handle;
  }

  // ---- the policy

  @Test
  void aFailureWithoutAnOwnerEndsBlockOnWithItAsTheCause() throws Exception {
    runtime.close();
    runtime = builder().uncaughtFailurePolicy(UncaughtFailurePolicy.SHUT_DOWN).currentThread();
    IOException failure = new IOException("disk");
    Gate blocked = new Gate();
    runtime.spawn(Futures.failed(failure)).detach();
    assertThatThrownBy(() -> runtime.blockOn(blocked))
        .isInstanceOf(RuntimeShutdownException.class)
        .hasCause(failure);
    assertThat(blocked.cancels).isEqualTo(1);
    assertThat(uncaught).containsExactly(failure);
    assertThat(runtime.isClosed()).isTrue();
  }

  @Test
  void aFailureOnAnotherThreadWakesTheSleepingDriverToEnd() throws Exception {
    runtime.close();
    runtime = builder().uncaughtFailurePolicy(UncaughtFailurePolicy.SHUT_DOWN).currentThread();
    IOException failure = new IOException("disk");
    Gate blocked = new Gate();
    Elsewhere<String> driver = elsewhere(() -> runtime.blockOn(blocked));
    await(() -> blocked.polls > 0);
    driver.asleep();
    runtime
        .spawnBlocking(
            () -> {
              throw failure;
            })
        .detach();
    assertThatThrownBy(driver::result)
        .hasCauseInstanceOf(RuntimeShutdownException.class)
        .cause()
        .hasCause(failure);
  }

  @Test
  void aFailureThatSomebodyJoinsDoesNotEndTheRuntime() throws Exception {
    runtime.close();
    runtime = builder().uncaughtFailurePolicy(UncaughtFailurePolicy.SHUT_DOWN).currentThread();
    JoinHandle<Object> handle = runtime.spawn(Futures.failed(new IOException("disk")));
    assertThatThrownBy(() -> runtime.blockOn(handle)).hasMessageContaining("disk");
    assertThat(runtime.blockOn(Futures.ready(1))).isEqualTo(1);
  }

  // ---- races

  @Test
  void aSpawnThatRacesWithCloseRunsOrIsCancelledAndNeverLost() throws Exception {
    int rounds = 300;
    int threads = 3;
    for (int round = 0; round < rounds; round++) {
      if (runtime.isClosed()) {
        runtime = builder().currentThread();
      }
      CurrentThreadRuntime closing = runtime;
      CountDownLatch start = new CountDownLatch(1);
      List<Elsewhere<List<Ender>>> spawners = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        spawners.add(
            elsewhere(
                () -> {
                  List<Ender> mine = new ArrayList<>();
                  start.await();
                  try {
                    for (int i = 0; i < 1000; i++) {
                      Ender ender = new Ender(i % 3);
                      mine.add(ender);
                      closing.spawn(ender).detach();
                    }
                  } catch (RuntimeShutdownException refused) {
                    // the last one has been cancelled
                  }
                  return mine;
                }));
      }
      start.countDown();
      for (int i = 0; i < round % 7; i++) {
        closing.tryTick();
      }
      closing.close();
      assertThat(closing.isClosed()).isTrue();
      for (Elsewhere<List<Ender>> spawner : spawners) {
        assertThat(spawner.result()).allSatisfy(each -> assertThat(each.ends).isEqualTo(1));
      }
      assertThat(closing.liveTasks()).isZero();
    }
  }

  /** Ends after some yields, or never, and counts how often it did. */
  private static final class Ender implements Future<Object> {
    private int left;
    volatile int ends;

    Ender(int yields) {
      this.left = yields == 2 ? Integer.MAX_VALUE : yields;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // polled by one thread at a time
    public Poll<Object> poll(Context cx) {
      if (left-- == 0) {
        ends++;
        return Poll.ready(1);
      }
      cx.wakeSelf();
      return Poll.pending();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // cancelled by one thread
    public void cancel() {
      ends++;
    }
  }
}
