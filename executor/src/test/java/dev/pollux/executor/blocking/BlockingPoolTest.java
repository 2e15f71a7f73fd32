package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BlockingPoolTest {

  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  private final OuterRuntime runtime = new OuterRuntime();
  private final AtomicInteger idle = runtime.idle;
  private final BlockingPool pool = runtime.pool(OuterRuntime.upTo(1)); // a second job waits
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void shutDown() {
    gate.countDown();
    assertThat(pool.shutdown(LONG)).isEmpty();
  }

  @Test
  void aJobRunsOnADaemonThreadNamedForTheRuntime() throws Exception {
    Thread thread = pool.spawnBlocking(Thread::currentThread).join();
    assertThat(thread).isNotSameAs(Thread.currentThread());
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("outer-blocking-1");
  }

  @Test
  void jobsRunInTheOrderInWhichTheyWereQueued() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<JoinHandle<Boolean>> handles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      handles.add(pool.spawnBlocking(() -> order.add(number)));
    }
    for (JoinHandle<Boolean> handle : handles) {
      handle.join();
    }
    assertThat(order).isSorted().hasSize(20);
  }

  @Test
  void aJobHasItsNameItsSiteAndANumber() throws Exception {
    JoinHandle<Object> handle = pool.spawnBlocking("reader", () -> null);
    assertThat(TaskInfo.describe(handle))
        .isEqualTo("task 1 \"reader\" (spawned at App.main(App.java:12))");
    assertThat(handle.join()).isNull();
    assertThat(pool.spawnBlocking(() -> 1).name()).isEmpty();
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> pool.spawnBlocking(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("job");
    assertThatThrownBy(() -> pool.spawnBlocking(null, () -> 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("name");
    assertThat(pool.isIdle()).isTrue();
  }

  @Test
  void aJobThatThrowsFailsItsHandleAndTheThreadGoesOn() throws Exception {
    IOException failure = new IOException("disk");
    JoinHandle<Object> failing =
        pool.spawnBlocking(
            () -> {
              throw failure;
            });
    assertThatThrownBy(() -> failing.join())
        .isInstanceOf(TaskFailedException.class)
        .hasCause(failure);
    JoinHandle<Object> error =
        pool.spawnBlocking(
            () -> {
              throw new AssertionError("no");
            });
    assertThatThrownBy(() -> error.join()).hasCauseInstanceOf(AssertionError.class);
    assertThat(pool.spawnBlocking(() -> 1).join()).isEqualTo(1);
    assertThat(runtime.uncaught).isEmpty();
  }

  @Test
  void theFailureOfADetachedJobGoesToTheRuntime() throws Exception {
    IOException failure = new IOException("disk");
    pool.spawnBlocking(
            () -> {
              throw failure;
            })
        .detach();
    pool.spawnBlocking(() -> 1).join();
    assertThat(runtime.uncaught).containsExactly(failure);
  }

  @Test
  void theOutputOfADetachedJobGoesToTheDiscardOfTheRuntime() throws Exception {
    pool.spawnBlocking(() -> "value").detach();
    pool.spawnBlocking(() -> 1).join();
    assertThat(runtime.discarded).containsExactly("value");
  }

  @Test
  void aJobThatHasNotBegunIsTakenBackAtOnce() throws Exception {
    JoinHandle<String> first = occupy();
    AtomicBoolean ran = new AtomicBoolean();
    JoinHandle<Object> second =
        pool.spawnBlocking(
            () -> {
              ran.set(true);
              return null;
            });
    CountingWaker joiner = new CountingWaker();
    Poller poller = new Poller(new Services() {}, 1, false);
    assertThat(poller.poll(second, joiner).isPending()).isTrue();
    second.requestCancel();
    second.requestCancel();
    assertThat(second.isFinished()).isTrue();
    assertThat(joiner.count()).isEqualTo(1);
    assertThatThrownBy(() -> poller.poll(second, joiner))
        .isInstanceOf(TaskCancelledException.class);
    gate.countDown();
    assertThat(first.join()).isEqualTo("first");
    pool.spawnBlocking(() -> 1).join();
    assertThat(ran).isFalse();
  }

  @Test
  void aJobThatRunsIsNotInterruptedByACancelAndItsValueWins() throws Exception {
    JoinHandle<String> first = occupy();
    first.requestCancel();
    assertThat(first.isFinished()).isFalse();
    gate.countDown();
    assertThat(first.join()).isEqualTo("first");
  }

  @Test
  void aWaiterThatGivesUpOnARunningJobLeavesItsOutputToTheDiscard() throws Exception {
    JoinHandle<String> first = occupy();
    first.cancel();
    gate.countDown();
    pool.spawnBlocking(() -> 1).join();
    assertThat(runtime.discarded).containsExactly("first");
  }

  @Test
  void theInterruptOfOneJobIsNotTheNextOnes() throws Exception {
    JoinHandle<Object> interrupted =
        pool.spawnBlocking(
            () -> {
              throw new InterruptedException();
            });
    JoinHandle<Object> interruptsItself =
        pool.spawnBlocking(
            () -> {
              Thread.currentThread().interrupt();
              return null;
            });
    JoinHandle<Boolean> next = pool.spawnBlocking(Thread::interrupted);
    assertThatThrownBy(() -> interrupted.join()).hasCauseInstanceOf(InterruptedException.class);
    interruptsItself.join();
    assertThat(next.join()).isFalse();
  }

  @Test
  void aPoolIsIdleOnceTheJoinersOfAllJobsWereWoken() throws Exception {
    assertThat(pool.isIdle()).isTrue();
    JoinHandle<String> first = occupy();
    assertThat(pool.isIdle()).isFalse();
    AtomicBoolean idleWhenWoken = new AtomicBoolean(true);
    Poller poller = new Poller(new Services() {}, 1, false);
    assertThat(poller.poll(first, () -> idleWhenWoken.set(pool.isIdle())).isPending()).isTrue();
    gate.countDown();
    await(pool::isIdle);
    assertThat(idleWhenWoken).isFalse();
    await(() -> idle.get() == 1);
  }

  // ---- shutting down

  @Test
  void shutdownOfAPoolThatNeverHadAJobIsOverAtOnce() {
    assertThat(pool.shutdown(0)).isEmpty();
    assertThat(pool.shutdown(0)).isEmpty();
  }

  @Test
  void shutdownTakesBackWhatHasNotBegunAndReportsWhatStillRuns() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<String> running =
        pool.spawnBlocking(
            "stubborn",
            () -> {
              begun.countDown();
              try {
                gate.await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              return "late";
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 1);
    List<TaskInfo> left = pool.shutdown(1);
    assertThat(left).singleElement().isSameAs(running);
    assertThat(queued.isFinished()).isTrue();
    assertThatThrownBy(() -> queued.join()).isInstanceOf(TaskCancelledException.class);
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RuntimeShutdownException.class)
        .hasMessageContaining("\"outer\"");
    gate.countDown();
    assertThat(running.join()).isEqualTo("late");
    assertThat(interrupted).isFalse();
    assertThat(pool.shutdown(LONG)).isEmpty();
  }

  @Test
  void shutdownWaitsForAJobThatEndsInTime() throws Exception {
    JoinHandle<String> running = occupy();
    FutureTask<List<TaskInfo>> shutdown = new FutureTask<>(() -> pool.shutdown(LONG));
    Thread thread = new Thread(shutdown);
    thread.start();
    await(() -> thread.getState() == Thread.State.TIMED_WAITING);
    gate.countDown();
    assertThat(shutdown.get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(running.join()).isEqualTo("first");
  }

  @Test
  void anInterruptDoesNotCutAShutdownShort() throws Exception {
    JoinHandle<String> running = occupy();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    FutureTask<List<TaskInfo>> shutdown =
        new FutureTask<>(
            () -> {
              List<TaskInfo> left = pool.shutdown(LONG);
              stillInterrupted.set(Thread.interrupted());
              return left;
            });
    Thread thread = new Thread(shutdown);
    thread.start();
    thread.interrupt();
    await(() -> !thread.isInterrupted() && thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(shutdown.isDone()).isFalse();
    gate.countDown();
    assertThat(shutdown.get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(stillInterrupted).isTrue();
    assertThat(running.join()).isEqualTo("first");
  }

  @Test
  void aJobThatShutsItsOwnPoolDownDoesNotWaitForItself() throws Exception {
    JoinHandle<List<TaskInfo>> closer =
        pool.spawnBlocking(() -> pool.shutdown(TimeUnit.DAYS.toNanos(1)));
    assertThat(closer.join(Duration.ofSeconds(30))).isEmpty();
  }

  // ---- what a job can't do

  @Test
  void aJobIsNeverQueuedAgain() throws Exception {
    AtomicReference<Object> job = new AtomicReference<>();
    JoinHandle<String> first = occupy();
    job.set(first);
    assertThatThrownBy(() -> pool.schedule((Task<?>) job.get()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(first.isFinished()).isFalse();
  }

  /** Occupies the thread of the pool until the gate opens. */
  private JoinHandle<String> occupy() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<String> handle =
        pool.spawnBlocking(
            () -> {
              begun.countDown();
              gate.await();
              return "first";
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return handle;
  }
}
