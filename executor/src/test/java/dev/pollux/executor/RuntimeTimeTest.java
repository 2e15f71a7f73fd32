package dev.pollux.executor;

import static dev.pollux.time.Time.sleep;
import static dev.pollux.time.Time.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Timer;
import dev.pollux.testing.CountingWaker;
import dev.pollux.time.Sleep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sleeps on a runtime, from the future to the wheel and back. */
@Timeout(60)
class RuntimeTimeTest {

  private static CurrentThreadRuntime runtime() {
    return PolluxRuntime.builder().name("time").currentThread();
  }

  private static CurrentThreadRuntime paused() {
    return PolluxRuntime.builder().name("paused time").pausedClock().currentThread();
  }

  /**
   * A poller with nothing but the timer of {@code runtime}, for a thread that does not drive it.
   */
  private static Poller elsewhere(CurrentThreadRuntime runtime) {
    Timer timer = runtime.timer();
    return new Poller(
        new Services() {
          @Override
          public Timer timer() {
            return timer;
          }
        },
        0,
        true);
  }

  @Test
  void aSleepOfRealTimeIsNotEarly() throws Exception {
    try (CurrentThreadRuntime runtime = runtime()) {
      for (int millis = 0; millis < 8; millis++) {
        Duration duration = Duration.ofMillis(millis).plusNanos(millis);
        long before = System.nanoTime();
        runtime.blockOn(sleep(duration));
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(duration.toNanos());
      }
    }
  }

  @Test
  void tasksWakeInTheOrderOfTheirDeadlinesAndOnTheTick() throws Exception {
    Random random = new Random(7);
    List<Long> late = new ArrayList<>();
    List<Long> order = new ArrayList<>();
    try (CurrentThreadRuntime runtime = paused()) {
      Timer timer = runtime.timer();
      List<Future<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        long nanos = 1 + random.nextLong(Duration.ofDays(2).toNanos());
        tasks.add(
            runtime.spawn(
                sleep(Duration.ofNanos(nanos))
                    .map(
                        nothing -> {
                          late.add(timer.nanoTime() - nanos);
                          order.add(timer.nanoTime());
                          return order.size();
                        })));
      }
      assertThat(runtime.blockOn(Futures.joinAll(tasks))).hasSize(1_000);
    }
    assertThat(late).allMatch(nanos -> nanos >= 0 && nanos < 1_000_000);
    assertThat(order).isSorted();
  }

  @Test
  void aTimeoutCancelsAndFailsOnTheRuntime() throws Exception {
    try (CurrentThreadRuntime runtime = paused()) {
      assertThatThrownBy(
              () -> runtime.blockOn(timeout(Duration.ofSeconds(3), sleep(Duration.ofDays(1)))))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("PT3S");
      assertThat(runtime.untilNextTimer()).isEmpty();
    }
  }

  @Test
  void aSleepArmedOnAnotherThreadMakesAParkedRuntimeWakeUp() throws Exception {
    try (CurrentThreadRuntime runtime = runtime()) {
      for (int round = 0; round < 50; round++) {
        Gate gate = new Gate();
        Sleep sleep = sleep(Duration.ofNanos(1 + round * 20_000L));
        Thread thread =
            new Thread(
                () -> {
                  try {
                    assertThat(gate.polled.await(30, TimeUnit.SECONDS)).isTrue();
                    assertThat(elsewhere(runtime).poll(sleep, gate).isPending()).isTrue();
                  } catch (Exception failure) {
                    throw new AssertionError(failure);
                  }
                });
        thread.start();
        runtime.blockOn(gate);
        thread.join();
        assertThat(elsewhere(runtime).poll(sleep, Waker.noop()).isReady()).isTrue();
      }
    }
  }

  @Test
  void closingTheRuntimeFailsTheSleepsOfOtherThreads() throws Exception {
    CurrentThreadRuntime runtime = paused();
    CountingWaker waker = new CountingWaker();
    Sleep sleep = sleep(Duration.ofDays(1));
    assertThat(elsewhere(runtime).poll(sleep, waker).isPending()).isTrue();
    runtime.close();
    assertThat(waker.count()).isEqualTo(1);
    assertThatThrownBy(() -> elsewhere(runtime).poll(sleep, waker))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThatThrownBy(() -> elsewhere(runtime).poll(sleep(Duration.ofDays(1)), waker))
        .isInstanceOf(RuntimeShutdownException.class);
  }

  /** A future that is ready once it was woken, and the waker that makes it so. */
  private static final class Gate implements Future<Void>, Waker {
    final CountDownLatch polled = new CountDownLatch(1);
    final AtomicReference<Waker> waiting = new AtomicReference<>();
    volatile boolean open;

    @Override
    public Poll<Void> poll(Context cx) {
      waiting.set(cx.waker());
      polled.countDown();
      return open ? Poll.done() : Poll.pending();
    }

    @Override
    public void wake() {
      open = true;
      waiting.get().wake();
    }
  }
}
