package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.waits;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.RuntimeListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a task does kills a worker or hangs a join. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadFailureTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;
  private int threads;

  MultiThreadFailureTest(int workers) {
    this.workers = workers;
    this.runtime = builder().multiThread();
    this.threads = workers;
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("failing")
        .workers(workers)
        .uncaughtFailureHandler(uncaught::add);
  }

  @AfterEach
  void allWorkersGoOn() throws Exception {
    assertAllWorkersGoOn(runtime);
    assertThat(runtime.metrics().workerThreads()).isEqualTo(threads);
    runtime.close();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(runtime.metrics().workerThreads()).isZero();
  }

  /** As many polls at a time as there are workers. */
  private void assertAllWorkersGoOn(MultiThreadRuntime runtime) throws Exception {
    CountDownLatch atOnce = new CountDownLatch(workers);
    List<JoinHandle<String>> handles = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      handles.add(
          runtime.spawn(
              cx -> {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                atOnce.countDown();
                awaitOpen(atOnce);
                return Poll.ready("alive");
              }));
    }
    for (JoinHandle<String> handle : handles) {
      assertThat(handle.join()).isEqualTo("alive");
    }
  }

  // ---- a poll that throws

  private static final class CustomError extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class CustomThrowable extends Throwable {
    private static final long serialVersionUID = 1L;
  }

  static List<Throwable> failures() {
    return List.of(
        new IOException("checked"),
        new IllegalStateException("unchecked"),
        new InterruptedException("interrupted"),
        new CustomError(),
        new CustomThrowable(),
        new StackOverflowError("simulated"),
        new OutOfMemoryError("simulated"),
        new ThreadDeath(),
        new AssertionError("assertion"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whateverAPollThrowsFailsItsTaskOnly(Throwable failure) throws Exception {
    for (int i = 0; i < 3 * workers; i++) {
      JoinHandle<Object> handle = runtime.spawn("thrower", throwing(failure));
      assertThatThrownBy(handle::join).isInstanceOf(TaskFailedException.class).hasCause(failure);
    }
    if (failure instanceof VirtualMachineError) {
      assertThat(uncaught.failures()).as("told, joined or not").hasSize(3 * workers);
    } else {
      uncaught.assertNone();
    }
    assertThatThrownBy(() -> runtime.blockOn(throwing(failure)))
        .satisfies(
            thrown ->
                assertThat(
                        failure instanceof Exception || failure instanceof Error
                            ? thrown
                            : thrown.getCause())
                    .isSameAs(failure));
    Thread.interrupted(); // an InterruptedException of the future is like one of the caller's own
  }

  private static Future<Object> throwing(Throwable failure) {
    return cx -> {
      MultiThreadFailureTest.<RuntimeException>sneak(failure);
      return Poll.pending();
    };
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void aPollThatAnswersNullFailsItsTask() {
    JoinHandle<Object> handle = runtime.spawn(cx -> null);
    assertThatThrownBy(handle::join).hasCauseInstanceOf(NullPointerException.class);
  }

  @Test
  void realStackOverflowsFailTheirTasksOnly() {
    for (int i = 0; i < 5 * workers; i++) {
      JoinHandle<Integer> handle = runtime.spawn(cx -> Poll.ready(deeper(0)));
      assertThatThrownBy(handle::join).hasCauseInstanceOf(StackOverflowError.class);
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int deeper(int depth) {
    return 1 + deeper(depth + 1);
  }

  @Test
  void aTaskThatIsInterruptedLeavesAWorkerThatSleeps() throws Exception {
    for (int i = 0; i < 3 * workers; i++) {
      JoinHandle<Object> handle = runtime.spawn(throwing(new InterruptedException("simulated")));
      assertThatThrownBy(handle::join).hasCauseInstanceOf(InterruptedException.class);
      assertThat(
              runtime
                  .spawn(
                      cx -> {
                        Thread.currentThread().interrupt();
                        return Poll.ready("interrupted itself");
                      })
                  .join())
          .isEqualTo("interrupted itself");
    }
    awaitDormant(runtime);
  }

  @Test
  void aTaskThatIsInterruptedDoesNotInterruptTheNextOne() throws Exception {
    JoinHandle<List<JoinHandle<Boolean>>> parent =
        runtime.spawn(
            cx -> {
              List<JoinHandle<Boolean>> checks = new ArrayList<>();
              for (int i = 0; i < 100; i++) { // one after the other, without a sleep between
                runtime
                    .spawn(
                        inner -> {
                          Thread.currentThread().interrupt();
                          return Poll.done();
                        })
                    .detach();
                checks.add(
                    runtime.spawn(inner -> Poll.ready(Thread.currentThread().isInterrupted())));
              }
              return Poll.ready(checks);
            });
    for (JoinHandle<Boolean> check : parent.join()) {
      assertThat(check.join()).isFalse();
    }
  }

  @Test
  void theFailureOfADetachedTaskReachesTheHandlerOnce() throws Exception {
    IOException failure = new IOException("disk");
    runtime.spawn("lonely", throwing(failure)).detach();
    await(() -> !uncaught.failures().isEmpty());
    awaitDormant(runtime);
    assertThat(uncaught.failures()).containsExactly(failure);
    assertThat(uncaught.origins().get(0)).contains("\"lonely\"").contains("\"failing\"");
  }

  // ---- other code that throws

  @Test
  void aCancelThatThrowsIsReportedAndTheTaskIsOver() {
    CustomError failure = new CustomError();
    JoinHandle<Object> handle =
        runtime.spawn(
            waits(
                cx -> {},
                () -> {
                  throw failure;
                }));
    handle.requestCancel();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(uncaught.failures()).containsExactly(failure);
  }

  @Test
  void aWakerThatThrowsHurtsNobodyElse() throws Exception {
    CustomError failure = new CustomError();
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    await(() -> gate.polls == 1);
    runtime
        .spawn(
            cx -> {
              Poll<String> poll =
                  handle.poll(
                      cx.withWaker(
                          () -> {
                            throw failure;
                          }));
              assertThat(poll.isPending()).isTrue();
              return Poll.done();
            })
        .join();
    gate.open();
    assertThat(handle.join()).isEqualTo("open");
    await(() -> !uncaught.failures().isEmpty());
    assertThat(uncaught.failures()).containsExactly(failure);
  }

  @Test
  void aTimerWhoseWakerThrowsDelaysNoOther() throws Exception {
    CustomError failure = new CustomError();
    CountDownLatch woken = new CountDownLatch(1);
    runtime
        .spawn(
            cx -> {
              for (int i = 0; i < 10; i++) {
                sleepWith(
                    () -> {
                      throw failure;
                    },
                    cx);
              }
              sleepWith(woken::countDown, cx);
              return Poll.done();
            })
        .join();
    awaitOpen(woken);
    await(() -> uncaught.failures().size() == 10);
    assertThat(uncaught.failures()).containsOnly(failure);
  }

  private static void sleepWith(Waker waker, Context cx) throws Exception {
    Poll<Void> poll = sleep(Duration.ofMillis(3)).poll(cx.withWaker(waker));
    assertThat(poll.isPending()).isTrue();
  }

  @Test
  void aDiscardHookThatThrowsIsReported() throws Exception {
    CustomError failure = new CustomError();
    try (MultiThreadRuntime runtime =
        builder()
            .onDiscard(
                value -> {
                  throw failure;
                })
            .multiThread()) {
      for (int i = 0; i < 3 * workers; i++) {
        runtime.spawn(Futures.ready("dropped")).detach();
        runtime
            .spawn(
                Futures.ready(
                    (AutoCloseable)
                        () -> {
                          throw failure;
                        }))
            .detach();
      }
      await(() -> uncaught.failures().size() == 6 * workers);
      assertThat(uncaught.failures()).containsOnly(failure);
      assertAllWorkersGoOn(runtime);
    }
  }

  @Test
  void aListenerThatThrowsIsReported() throws Exception {
    CustomError failure = new CustomError();
    AtomicInteger calls = new AtomicInteger();
    RuntimeListener thrower =
        new RuntimeListener() {
          private void fail() {
            calls.incrementAndGet();
            throw failure;
          }

          @Override
          public void taskSpawned(TaskInfo task) {
            fail();
          }

          @Override
          public void pollStarted(TaskInfo task) {
            fail();
          }

          @Override
          public void pollEnded(TaskInfo task) {
            fail();
          }

          @Override
          public void taskEnded(TaskInfo task, Outcome outcome) {
            fail();
          }

          @Override
          public void threadParked() {
            fail();
          }

          @Override
          public void threadUnparked() {
            fail();
          }
        };
    try (MultiThreadRuntime runtime = builder().listener(thrower).multiThread()) {
      for (int i = 0; i < 3 * workers; i++) {
        assertThat(runtime.spawn(Futures.ready(i)).join()).isEqualTo(i);
      }
      assertAllWorkersGoOn(runtime);
    }
    assertThat(uncaught.failures()).hasSize(calls.get()).containsOnly(failure);
  }

  @Test
  void aHandlerThatThrowsHurtsNobody() throws Exception {
    try (MultiThreadRuntime runtime =
        PolluxRuntime.builder()
            .workers(workers)
            .uncaughtFailureHandler(
                (failure, origin) -> {
                  throw new IllegalStateException("the handler, on purpose");
                })
            .multiThread()) {
      runtime.spawn(throwing(new IOException("on purpose"))).detach();
      assertAllWorkersGoOn(runtime);
    }
  }

  @Test
  void aSupplierOfAPinnedTaskThatThrowsFailsTheTask() {
    IllegalStateException failure = new IllegalStateException("no future");
    JoinHandle<Object> handle =
        runtime.spawnPinned(
            () -> {
              throw failure;
            });
    assertThatThrownBy(handle::join).hasCause(failure);
  }
}
