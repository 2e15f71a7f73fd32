package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocking on a future from a thread that runs no tasks. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadBlockOnTest {

  private final Uncaught uncaught = new Uncaught();
  private final MultiThreadRuntime runtime;
  private final MultiThreadRuntime other;

  MultiThreadBlockOnTest(int workers) {
    runtime = build("blocked", workers);
    other = build("other", workers);
  }

  private MultiThreadRuntime build(String name, int workers) {
    return PolluxRuntime.builder()
        .name(name)
        .workers(workers)
        .uncaughtFailureHandler(uncaught::add)
        .multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    other.close();
    assertThat(runtime.liveTasks()).isZero();
    uncaught.assertNone();
  }

  @Test
  void itReturnsTheOutputAndThrowsWhatTheFutureThrows() throws Exception {
    assertThat(runtime.blockOn(Futures.ready(42))).isEqualTo(42);
    String slept = runtime.blockOn(sleep(Duration.ofMillis(2)).map(nothing -> "slept"));
    assertThat(slept).isEqualTo("slept");
    IOException failure = new IOException("disk");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(failure))).isSameAs(failure);
    AssertionError error = new AssertionError("no");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(error))).isSameAs(error);
    assertThatThrownBy(() -> runtime.blockOn(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void theFutureIsPolledOnAWorker() throws Exception {
    assertThat(runtime.blockOn(Futures.lazy(() -> MultiThreading.isOnWorkerOf(runtime)))).isTrue();
  }

  @Test
  void manyThreadsBlockAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(20);
    List<Gate> gates = new ArrayList<>();
    List<Elsewhere<String>> blocked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      blocked.add(
          elsewhere(
              () -> {
                all.countDown();
                return runtime.blockOn(gate);
              }));
    }
    awaitOpen(all);
    gates.forEach(Gate::open);
    for (Elsewhere<String> thread : blocked) {
      assertThat(thread.result()).isEqualTo("open");
    }
  }

  @Test
  void virtualThreadsBlock() throws Exception {
    int count = 200;
    CountDownLatch done = new CountDownLatch(count);
    AtomicReference<Throwable> failed = new AtomicReference<>();
    for (int i = 0; i < count; i++) {
      MultiThreading.startVirtual(
          () -> {
            try {
              // Were its carrier pinned, so many of them could not sleep at once.
              Duration nap = Duration.ofMillis(50);
              assertThat(MultiThreadBlockOnTest.this.runtime.blockOn(sleep(nap))).isNull();
            } catch (Throwable failure) {
              failed.set(failure);
            } finally {
              done.countDown();
            }
          });
    }
    awaitOpen(done);
    assertThat(failed.get()).isNull();
  }

  // ---- interrupts

  @Test
  void anInterruptCancelsTheFutureAndThrows() throws Exception {
    Gate gate = new Gate();
    Elsewhere<Boolean> blocked =
        elsewhere(
            () -> {
              try {
                runtime.blockOn(gate);
                return false;
              } catch (InterruptedException e) {
                return !Thread.currentThread().isInterrupted();
              }
            });
    await(() -> gate.polls == 1);
    blocked.thread.interrupt();
    assertThat(blocked.result()).isTrue();
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void aThreadThatWasInterruptedBeforeDoesNotWait() throws Exception {
    Gate gate = new Gate();
    Elsewhere<Boolean> blocked =
        elsewhere(
            () -> {
              Thread.currentThread().interrupt();
              try {
                runtime.blockOn(gate);
                return false;
              } catch (InterruptedException e) {
                return true;
              }
            });
    assertThat(blocked.result()).isTrue();
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void aValueWinsOverAnInterruptWhichIsKept() throws Exception {
    CountDownLatch polling = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Elsewhere<Boolean> blocked =
        elsewhere(
            () -> {
              String value =
                  runtime.blockOn(
                      cx -> {
                        polling.countDown();
                        awaitOpen(interrupted);
                        return Poll.ready("value");
                      });
              return value.equals("value") && Thread.interrupted();
            });
    awaitOpen(polling);
    blocked.asleep();
    blocked.thread.interrupt();
    // It has asked for the cancellation once it sleeps again without the interrupt.
    await(() -> !blocked.thread.isInterrupted());
    interrupted.countDown();
    assertThat(blocked.result()).isTrue();
  }

  // ---- time-outs

  @Test
  void aTimeoutCancelsTheFutureAndThrows() {
    Gate gate = new Gate();
    assertThatThrownBy(() -> runtime.blockOn(gate, Duration.ofMillis(5)))
        .isInstanceOf(TimeoutException.class);
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void whatIsReadyInTimeIsReturned() throws Exception {
    assertThat(runtime.blockOn(Futures.ready(1), Duration.ofSeconds(30))).isEqualTo(1);
    assertThat(runtime.blockOn(Futures.ready(2), ChronoUnit.FOREVER.getDuration())).isEqualTo(2);
    IOException failure = new IOException("disk");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(failure), Duration.ofSeconds(30)))
        .isSameAs(failure);
  }

  @Test
  void withoutAnyTimeTheFutureHasOneChance() throws Exception {
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThat(runtime.blockOn(Futures.ready("one"), none)).isEqualTo("one");
      Gate gate = new Gate();
      assertThatThrownBy(() -> runtime.blockOn(gate, none)).isInstanceOf(TimeoutException.class);
      assertThat(gate.polls).isEqualTo(1);
      assertThat(gate.cancels).isEqualTo(1);
    }
  }

  @Test
  void anInterruptEndsATimedWait() throws Exception {
    Gate gate = new Gate();
    Elsewhere<Boolean> blocked =
        elsewhere(
            () -> {
              try {
                runtime.blockOn(gate, Duration.ofHours(1));
                return false;
              } catch (InterruptedException e) {
                return true;
              }
            });
    await(() -> gate.polls == 1);
    blocked.thread.interrupt();
    assertThat(blocked.result()).isTrue();
    assertThat(gate.cancels).isEqualTo(1);
  }

  // ---- shutdown

  @Test
  void aShutdownEndsIt() throws Exception {
    Gate gate = new Gate();
    Elsewhere<String> blocked =
        elsewhere(
            () -> {
              try {
                return runtime.blockOn(gate);
              } catch (RuntimeShutdownException shutdown) {
                return shutdown.getMessage();
              }
            });
    await(() -> gate.polls == 1);
    runtime.close();
    assertThat(blocked.result()).contains("\"blocked\"");
    assertThat(gate.cancels).isEqualTo(1);
  }

  // ---- where it is refused

  @Test
  void itIsRefusedOnAWorkerOfThisAndOfAnotherRuntime() throws Exception {
    try (CurrentThreadRuntime single = PolluxRuntime.builder().name("single").currentThread()) {
      for (PolluxRuntime foreign : List.of(runtime, other, single)) {
        Gate gate = new Gate();
        Gate timed = new Gate();
        assertThatThrownBy(() -> foreign.blockOn(cx -> Poll.ready(runtime.blockOn(gate))))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("\"blocked\"")
            .hasMessageContaining("\"" + foreign.name() + "\"");
        assertThatThrownBy(
                () ->
                    foreign.blockOn(
                        cx -> Poll.ready(runtime.blockOn(timed, Duration.ofSeconds(1)))))
            .isInstanceOf(IllegalStateException.class);
        assertThat(gate.cancels).isEqualTo(1);
        assertThat(timed.cancels).isEqualTo(1);
        assertThat(gate.polls + timed.polls).isZero();
      }
    }
  }

  @Test
  void aJoinIsRefusedOnAWorkerOfAnotherRuntime() throws Exception {
    JoinHandle<Integer> handle = runtime.spawn(Futures.ready(1));
    assertThatThrownBy(() -> other.blockOn(cx -> Poll.ready(handle.join())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"blocked\"")
        .hasMessageContaining("other");
    assertThat(handle.join()).isEqualTo(1);
  }

  @Test
  void itIsAllowedInABlockingJob() throws Exception {
    assertThat(runtime.spawnBlocking(() -> runtime.blockOn(Futures.ready(1))).join()).isEqualTo(1);
  }

  // ---- several runtimes

  @Test
  void tasksOfOneRuntimeAwaitAndWakeThoseOfAnother() throws Exception {
    for (int round = 0; round < 50; round++) {
      Gate gate = new Gate();
      JoinHandle<String> theirs = other.spawn(gate);
      JoinHandle<String> ours =
          runtime.spawn(theirs.map(value -> value + " " + MultiThreading.isOnWorkerOf(runtime)));
      JoinHandle<Void> opener =
          runtime.spawn(
              cx -> {
                gate.open();
                return Poll.done();
              });
      assertThat(ours.join()).isEqualTo("open true");
      opener.join();
    }
  }

  @Test
  void aTaskSpawnsOnAnotherRuntimeAndItsChildRunsThere() throws Exception {
    Future<Boolean> spawnsThere =
        Futures.defer(() -> other.spawn(Futures.lazy(() -> MultiThreading.isOnWorkerOf(other))));
    assertThat(runtime.blockOn(spawnsThere)).isTrue();
  }

  @Test
  void theEndOfOneRuntimeIsNotThatOfAnother() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> theirs = other.spawn(gate);
    JoinHandle<String> waiting = runtime.spawn(theirs.recover(failure -> "they have ended"));
    await(() -> gate.polls == 1);
    other.close();
    assertThat(waiting.join()).isEqualTo("they have ended");
    assertThat(runtime.blockOn(Futures.ready(1))).isEqualTo(1);
  }
}
