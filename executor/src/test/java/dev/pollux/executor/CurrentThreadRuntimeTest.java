package dev.pollux.executor;

import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CurrentThreadRuntimeTest {

  private final List<String> uncaught = new ArrayList<>();
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .name("test")
          .maxBlockingThreads(1)
          .pausedClock()
          .seed(1)
          .uncaughtFailureHandler(
              (failure, origin) -> {
                synchronized (uncaught) {
                  uncaught.add(origin + ": " + failure.getMessage());
                }
              })
          .currentThread();

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void blockOnReturnsTheOutput() throws Exception {
    assertThat(runtime.blockOn(Futures.ready(42))).isEqualTo(42);
  }

  @Test
  void blockOnThrowsWhatTheFutureThrowsUnchanged() {
    IOException failure = new IOException("disk");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(failure))).isSameAs(failure);
    AssertionError error = new AssertionError("no");
    assertThatThrownBy(() -> runtime.blockOn(Futures.failed(error))).isSameAs(error);
  }

  @Test
  void aSpawnedTaskIsJoinedByAFuture() throws Exception {
    JoinHandle<Integer> handle = runtime.spawn("adder", Futures.lazy(() -> 1 + 1));
    assertThat(handle.isFinished()).isFalse();
    assertThat(runtime.blockOn(handle)).isEqualTo(2);
    assertThat(handle.name()).contains("adder");
    assertThat(handle.isFinished()).isTrue();
  }

  @Test
  void aTaskWakesFromAnotherThread() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    int value =
        runtime.blockOn(
            cx -> {
              if (ready.get()) {
                return Poll.ready(7);
              }
              var waker = cx.waker();
              new Thread(
                      () -> {
                        ready.set(true);
                        waker.wake();
                      })
                  .start();
              return Poll.pending();
            });
    assertThat(value).isEqualTo(7);
  }

  @Test
  void joinOfAFailedTaskNamesItAndKeepsTheCause() {
    IOException failure = new IOException("disk");
    JoinHandle<Object> handle = runtime.spawn("reader", Futures.failed(failure));
    assertThatThrownBy(() -> runtime.blockOn(handle))
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("\"reader\"")
        .hasCause(failure);
    assertThatThrownBy(() -> handle.join()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void requestCancelEndsATaskThatWaits() {
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle =
        runtime.spawn(Futures.pollFn(new WaitForEver()::poll, cancels::incrementAndGet));
    while (runtime.tryTick()) {}
    handle.requestCancel();
    handle.requestCancel();
    assertThatThrownBy(() -> runtime.blockOn(handle)).isInstanceOf(TaskCancelledException.class);
    assertThat(cancels).hasValue(1);
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void aValueThatIsThereWinsOverCancel() throws Exception {
    JoinHandle<Integer> handle = runtime.spawn(Futures.ready(5));
    while (runtime.tryTick()) {}
    handle.requestCancel();
    assertThat(runtime.blockOn(handle)).isEqualTo(5);
  }

  @Test
  void theFailureOfADetachedTaskReachesTheHandler() {
    runtime.spawn("lonely", Futures.failed(new IOException("disk"))).detach();
    while (runtime.tryTick()) {}
    assertThat(uncaught).singleElement().asString().contains("\"lonely\"").contains("disk");
  }

  @Test
  void theFailureOfALostHandleReachesTheHandler() throws Exception {
    spawnFailingAndForget();
    while (runtime.tryTick()) {}
    for (int i = 0; i < 600; i++) {
      System.gc();
      synchronized (uncaught) {
        if (!uncaught.isEmpty()) {
          break;
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    synchronized (uncaught) {
      assertThat(uncaught).singleElement().asString().contains("\"forgotten\"");
    }
  }

  private void spawnFailingAndForget() {
    var forgotten = runtime.spawn("forgotten", Futures.failed(new IOException("disk")));
    assertThat(forgotten).isNotNull();
  }

  @Test
  void aPausedClockJumpsToTheNextDeadline() throws Exception {
    long before = System.nanoTime();
    runtime.blockOn(sleep(Duration.ofHours(5)));
    assertThat(runtime.timer().nanoTime())
        .isBetween(Duration.ofHours(5).toNanos(), Duration.ofHours(5).plusMillis(1).toNanos());
    assertThat(System.nanoTime() - before).isLessThan(Duration.ofMinutes(1).toNanos());
  }

  @Test
  void noTaskIsPolledTwiceBeforeEveryReadyTaskWasPolledOnce() throws Exception {
    List<String> polls = new ArrayList<>();
    List<Future<Integer>> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      handles.add(runtime.spawn(new Yielder("" + (char) ('a' + i), 3, polls)));
    }
    runtime.blockOn(Futures.joinAll(handles));
    assertThat(String.join("", polls)).isEqualTo("abcabcabcabc");
  }

  @Test
  void blockOnIsRefusedInsideATaskNamingBothRuntimes() throws Exception {
    try (PolluxRuntime other = PolluxRuntime.builder().name("other").currentThread()) {
      Future<Integer> nested = Futures.lazy(() -> block(other));
      assertThatThrownBy(() -> runtime.blockOn(nested))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("\"other\"")
          .hasMessageContaining("\"test\"");
    }
  }

  private static int block(PolluxRuntime runtime) throws Exception {
    return runtime.blockOn(Futures.ready(1));
  }

  @Test
  void joinIsRefusedInsideATask() {
    JoinHandle<Integer> handle = runtime.spawn(Futures.ready(1));
    assertThatThrownBy(() -> runtime.blockOn(Futures.lazy(handle::join)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("test");
  }

  @Test
  void joinWithTimeoutGivesUpAndTheHandleStaysUsable() throws Exception {
    JoinHandle<Integer> handle = runtime.spawn(Futures.ready(1));
    assertThatThrownBy(() -> handle.join(Duration.ZERO)).isInstanceOf(TimeoutException.class);
    while (runtime.tryTick()) {}
    assertThat(handle.join(Duration.ofSeconds(30))).isEqualTo(1);
  }

  @Test
  void aBlockingJobRunsElsewhereAndItsWaiterGoesOn() throws Exception {
    Thread here = Thread.currentThread();
    Thread there = runtime.blockOn(runtime.spawnBlocking(Thread::currentThread));
    assertThat(there).isNotSameAs(here);
    assertThat(there.isDaemon()).isTrue();
    assertThat(there.getName()).isEqualTo("test-blocking-1");
  }

  @Test
  void aBlockingJobThatHasNotBegunIsTakenBack() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    JoinHandle<Object> first =
        runtime.spawnBlocking(
            () -> {
              gate.await();
              return "first";
            });
    AtomicBoolean ran = new AtomicBoolean();
    JoinHandle<Object> second =
        runtime.spawnBlocking(
            () -> {
              ran.set(true);
              return "second";
            });
    second.requestCancel();
    assertThat(second.isFinished()).isTrue();
    assertThatThrownBy(() -> second.join()).isInstanceOf(TaskCancelledException.class);
    gate.countDown();
    assertThat(first.join()).isEqualTo("first");
    assertThat(ran).isFalse();
  }

  @Test
  void closeCancelsEveryTaskAndRefusesNewOnes() {
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle =
        runtime.spawn(Futures.pollFn(new WaitForEver()::poll, cancels::incrementAndGet));
    while (runtime.tryTick()) {}
    runtime.close();
    runtime.close();
    assertThat(cancels).hasValue(1);
    assertThat(runtime.isClosed()).isTrue();
    assertThatThrownBy(() -> handle.join()).isInstanceOf(TaskCancelledException.class);
    AtomicInteger refused = new AtomicInteger();
    assertThatThrownBy(
            () -> runtime.spawn(Futures.pollFn(new WaitForEver()::poll, refused::incrementAndGet)))
        .isInstanceOf(RuntimeShutdownException.class)
        .hasMessageContaining("\"test\"");
    assertThat(refused).hasValue(1);
    assertThatThrownBy(() -> runtime.spawnBlocking(() -> 1))
        .isInstanceOf(RuntimeShutdownException.class);
  }

  @Test
  void closingFromATaskEndsBlockOnWithAShutdown() {
    assertThatThrownBy(
            () ->
                runtime.blockOn(
                    cx -> {
                      runtime.close();
                      return new WaitForEver().poll(cx);
                    }))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(runtime.isClosed()).isTrue();
  }

  @Test
  void aRuntimeThatNobodyDrivesIsClosedFromATaskOfAnother() throws Exception {
    PolluxRuntime other = PolluxRuntime.builder().name("other").currentThread();
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle =
        other.spawn(Futures.pollFn(new WaitForEver()::poll, cancels::incrementAndGet));
    Future<Boolean> closing =
        cx -> {
          other.close();
          return Poll.ready(other.isClosed());
        };
    assertThat(runtime.blockOn(closing)).isTrue();
    assertThat(cancels).hasValue(1);
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void aBlockingJobMayCloseItsRuntime() throws Exception {
    JoinHandle<Integer> job =
        runtime.spawnBlocking(
            () -> {
              runtime.close();
              return 1;
            });
    assertThat(job.join()).isEqualTo(1);
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    synchronized (uncaught) {
      assertThat(uncaught).isEmpty();
    }
  }

  @Test
  void anInterruptCancelsWhatBlockOnRuns() throws Exception {
    AtomicInteger cancels = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch polled = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              WaitForEver wait = new WaitForEver();
              try {
                runtime.blockOn(
                    Futures.pollFn(
                        cx -> {
                          polled.countDown();
                          return wait.poll(cx);
                        },
                        cancels::incrementAndGet));
              } catch (Throwable t) {
                thrown.set(t);
              }
            });
    thread.start();
    assertThat(polled.await(30, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    thread.join(30_000);
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void severalThreadsMayBlockAndHandTheDrivingOver() throws Exception {
    int threads = 4;
    int rounds = 500;
    AtomicInteger sum = new AtomicInteger();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int r = 0; r < rounds; r++) {
                  try {
                    JoinHandle<Integer> handle = runtime.spawn(new Yielder("x", r % 3, null));
                    sum.addAndGet(runtime.blockOn(handle));
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                }
              });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(sum).hasValue(threads * rounds);
  }

  /** Waits for ever, as a future should: it keeps its waker. */
  private static final class WaitForEver {
    private final AtomicReference<Object> kept = new AtomicReference<>();

    <T> Poll<T> poll(Context cx) {
      kept.set(cx.waker());
      return Poll.pending();
    }
  }

  /** Yields some times, then answers 1. */
  private static final class Yielder implements Future<Integer> {
    private final String name;
    private int left;
    private final List<String> polls;

    Yielder(String name, int yields, List<String> polls) {
      this.name = name;
      this.left = yields;
      this.polls = polls;
    }

    @Override
    public Poll<Integer> poll(Context cx) {
      if (left < 0) {
        throw new PollAfterEndException("yielder");
      }
      if (polls != null) {
        polls.add(name);
      }
      if (left-- == 0) {
        return Poll.ready(1);
      }
      cx.wakeSelf();
      return Poll.pending();
    }
  }
}
