package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.waits;
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
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Waker;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task may rely on, however many workers there are. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8, 32})
@Timeout(60)
class MultiThreadContractTest {

  private final Uncaught uncaught = new Uncaught();
  private final List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
  private final int workers;
  private final MultiThreadRuntime runtime;

  MultiThreadContractTest(int workers) {
    this.workers = workers;
    this.runtime =
        PolluxRuntime.builder()
            .name("contract")
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .onDiscard(discarded::add)
            .multiThread();
  }

  @AfterEach
  void nothingIsLeft() {
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(runtime.liveTasks()).isZero();
    uncaught.assertNone();
  }

  // ---- spawn and join

  @Test
  void aTaskThatIsSpawnedFromOutsideIsJoinedFromOutside() throws Exception {
    JoinHandle<Integer> handle = runtime.spawn("adder", Futures.lazy(() -> 1 + 1));
    assertThat(handle.join()).isEqualTo(2);
    assertThat(handle.isFinished()).isTrue();
    assertThat(handle.name()).contains("adder");
    assertThatThrownBy(handle::join).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTaskRunsOnAWorker() throws Exception {
    assertThat(runtime.spawn(Futures.lazy(() -> MultiThreading.isOnWorkerOf(runtime))).join())
        .isTrue();
  }

  @Test
  void aTaskSpawnsAndJoinsOthers() throws Exception {
    int sum =
        runtime
            .spawn(
                Futures.<Integer>defer(
                    () -> {
                      Context cx = Context.current().orElseThrow();
                      List<JoinHandle<Integer>> children = new ArrayList<>();
                      for (int i = 0; i < 1000; i++) {
                        children.add(cx.spawner().spawn(Futures.ready(i)));
                      }
                      return Futures.joinAll(children)
                          .map(all -> all.stream().mapToInt(Integer::intValue).sum());
                    }))
            .join();
    assertThat(sum).isEqualTo(999 * 1000 / 2);
  }

  @Test
  void eachOfManyTasksRunsOnceWhereverItCameFrom() throws Exception {
    int spawners = 4;
    int each = 2500;
    AtomicIntegerArray runs = new AtomicIntegerArray(2 * spawners * each);
    CountDownLatch all = new CountDownLatch(2 * spawners * each);
    List<Elsewhere<Void>> threads = new ArrayList<>();
    for (int s = 0; s < spawners; s++) {
      int outside = s * each;
      int inside = (spawners + s) * each;
      threads.add(
          elsewhere(
              () -> {
                for (int i = 0; i < each; i++) {
                  runtime.spawn(counted(runs, outside + i, all)).detach();
                }
                return null;
              }));
      runtime
          .spawn(
              cx -> {
                for (int i = 0; i < each; i++) { // more than a ring has room for
                  cx.spawner().spawn(counted(runs, inside + i, all)).detach();
                }
                return Poll.done();
              })
          .detach();
    }
    for (Elsewhere<Void> thread : threads) {
      thread.result();
    }
    awaitOpen(all);
    await(() -> runtime.liveTasks() == 0);
    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
  }

  private static Future<Void> counted(AtomicIntegerArray runs, int index, CountDownLatch all) {
    return cx -> {
      runs.incrementAndGet(index);
      all.countDown();
      return Poll.done();
    };
  }

  @Test
  void spawnsAndJoinsFromAVirtualThread() throws Exception {
    AtomicReference<Object> joined = new AtomicReference<>();
    MultiThreading.startVirtual(
        () -> {
          try {
            joined.set(runtime.spawn(sleep(Duration.ofMillis(1)).map(nothing -> "slept")).join());
          } catch (Throwable failure) {
            joined.set(failure);
          }
        });
    await(() -> joined.get() != null);
    assertThat(joined).hasValue("slept");
  }

  @Test
  void aJoinThatTimesOutLeavesTheTask() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    assertThatThrownBy(() -> handle.join(Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class);
    await(() -> gate.polls == 1);
    gate.open();
    assertThat(handle.join()).isEqualTo("open");
  }

  // ---- failures

  @Test
  void aTaskThatFailsIsJoinedWithItsCause() {
    IOException failure = new IOException("disk");
    JoinHandle<Object> handle = runtime.spawn("reader", Futures.failed(failure));
    assertThatThrownBy(handle::join)
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("\"reader\"")
        .hasCause(failure);
  }

  @Test
  void aTaskJoinsOneThatFails() throws Exception {
    IOException failure = new IOException("disk");
    JoinHandle<String> failing = runtime.spawn(Futures.failed(failure));
    assertThat(runtime.spawn(failing.recover(thrown -> thrown.getCause().getMessage())).join())
        .isEqualTo("disk");
  }

  // ---- detach

  @Test
  void theValueOfADetachedTaskIsDiscarded() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    handle.detach();
    handle.detach();
    await(() -> gate.polls == 1);
    gate.open();
    await(() -> discarded.contains("open"));
    await(handle::isFinished);
    assertThatThrownBy(handle::join).isInstanceOf(IllegalStateException.class);
    assertThat(discarded).containsExactly("open");
  }

  @Test
  void theValueOfATaskThatIsDetachedAfterItsEndIsDiscardedOnce() throws Exception {
    JoinHandle<String> handle = runtime.spawn(Futures.ready("late"));
    await(handle::isFinished);
    handle.detach();
    handle.detach();
    handle.cancel();
    assertThat(discarded).containsExactly("late");
  }

  // ---- cancel

  @Test
  void aTaskThatWaitsIsCancelledOnAWorker() {
    AtomicReference<String> cancelledOn = new AtomicReference<>();
    CountDownLatch polled = new CountDownLatch(1);
    JoinHandle<Object> handle =
        runtime.spawn(
            waits(
                cx -> {
                  polled.countDown();
                },
                () -> cancelledOn.set(Thread.currentThread().getName())));
    assertThatThrownBy(
            () -> {
              awaitOpen(polled);
              handle.requestCancel();
              handle.requestCancel();
              handle.join();
            })
        .isInstanceOf(TaskCancelledException.class);
    assertThat(cancelledOn.get()).startsWith("contract-worker-");
  }

  @Test
  void aTaskCancelsAnother() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> waiting = runtime.spawn(gate);
    runtime
        .spawn(
            cx -> {
              waiting.requestCancel();
              return Poll.done();
            })
        .join();
    assertThatThrownBy(waiting::join).isInstanceOf(TaskCancelledException.class);
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void aTaskThatWasNeverPolledIsCancelled() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      runtime
          .spawn(
              cx -> {
                stuck.countDown();
                awaitOpen(release);
                return Poll.done();
              })
          .detach();
    }
    awaitOpen(stuck);
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    handle.requestCancel();
    release.countDown();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(gate.polls).isZero();
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void aTaskThatIsCancelledInItsOwnPollEndsWithIt() {
    AtomicReference<JoinHandle<Object>> self = new AtomicReference<>();
    AtomicInteger cancels = new AtomicInteger();
    CountDownLatch known = new CountDownLatch(1);
    self.set(
        runtime.spawn(
            waits(
                cx -> {
                  awaitOpen(known);
                  self.get().requestCancel();
                },
                cancels::incrementAndGet)));
    known.countDown();
    assertThatThrownBy(() -> self.get().join()).isInstanceOf(TaskCancelledException.class);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void aValueWinsOverACancelThatCameInItsPoll() throws Exception {
    AtomicReference<JoinHandle<String>> self = new AtomicReference<>();
    CountDownLatch known = new CountDownLatch(1);
    self.set(
        runtime.spawn(
            cx -> {
              awaitOpen(known);
              self.get().requestCancel();
              return Poll.ready("won");
            }));
    known.countDown();
    assertThat(self.get().join()).isEqualTo("won");
  }

  @Test
  void aWaiterThatGivesUpCancelsTheTask() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> waiting = runtime.spawn(gate);
    JoinHandle<String> waiter = runtime.spawn(waiting.map(value -> value));
    await(() -> gate.polls == 1);
    waiter.requestCancel();
    assertThatThrownBy(waiter::join).isInstanceOf(TaskCancelledException.class);
    await(() -> gate.cancels == 1);
    await(waiting::isFinished);
  }

  @Test
  void cancellingAndCompletingRaceAndOneOfThemWins() throws Exception {
    for (int round = 0; round < 500; round++) {
      Gate gate = new Gate();
      JoinHandle<String> handle = runtime.spawn(gate);
      Elsewhere<Void> canceller =
          elsewhere(
              () -> {
                handle.requestCancel();
                return null;
              });
      gate.open();
      String end;
      try {
        end = handle.join();
      } catch (TaskCancelledException cancelled) {
        end = "cancelled";
      }
      canceller.result();
      assertThat(end).isIn("open", "cancelled");
      assertThat(gate.cancels).isEqualTo(end.equals("cancelled") ? 1 : 0);
    }
  }

  // ---- wakes

  @Test
  void aWakeInItsOwnPollMakesATaskRunAgain() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      cx.waker().wake();
                      cx.waker().wake();
                      return polls.incrementAndGet() == 100 ? Poll.ready("done") : Poll.pending();
                    })
                .join())
        .isEqualTo("done");
    assertThat(polls).as("two wakes in a poll are one poll").hasValue(100);
  }

  @Test
  void aTaskIsWokenByAnotherAndByAThreadAndByATimer() throws Exception {
    Gate byTask = new Gate();
    JoinHandle<String> first = runtime.spawn(byTask);
    runtime
        .spawn(
            cx -> {
              byTask.open();
              return Poll.done();
            })
        .detach();
    assertThat(first.join()).isEqualTo("open");

    Gate byThread = new Gate();
    JoinHandle<String> second = runtime.spawn(byThread);
    await(() -> byThread.polls == 1);
    byThread.open();
    assertThat(second.join()).isEqualTo("open");

    long begun = System.nanoTime();
    assertThat(runtime.spawn(sleep(Duration.ofMillis(5))).join()).isNull();
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(5_000_000);
  }

  @Test
  void aWakeAfterTheEndDoesNothing() throws Exception {
    AtomicReference<Waker> waker = new AtomicReference<>();
    AtomicInteger polls = new AtomicInteger();
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      waker.set(cx.waker());
                      polls.incrementAndGet();
                      return Poll.ready(1);
                    })
                .join())
        .isEqualTo(1);
    waker.get().wake();
    waker.get().wake();
    assertThat(runtime.blockOn(Futures.ready("goes on"))).isEqualTo("goes on");
    assertThat(polls).hasValue(1);
  }

  @Test
  void noWakeOfAnotherThreadIsLost() throws Exception {
    int rounds = 3000; // or fewer, on a machine that is too busy
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger turn = new AtomicInteger(); // odd: the task's
    AtomicReference<Waker> waker = new AtomicReference<>();
    JoinHandle<String> task =
        runtime.spawn(
            cx -> {
              waker.set(cx.waker());
              while (true) {
                int now = turn.get();
                if (over.get()) {
                  return Poll.ready("all");
                }
                if (now % 2 == 0) {
                  return Poll.pending();
                }
                turn.set(now + 1);
              }
            });
    await(() -> waker.get() != null);
    Elsewhere<Void> thread =
        elsewhere(
            () -> {
              for (int round = 0; round < rounds && System.nanoTime() < end; round++) {
                turn.set(2 * round + 1);
                waker.get().wake();
                long limit = System.nanoTime() + 30_000_000_000L;
                while (turn.get() != 2 * round + 2) {
                  assertThat(System.nanoTime()).as("lost in round %s", round).isLessThan(limit);
                  Thread.onSpinWait();
                }
              }
              over.set(true);
              waker.get().wake();
              return null;
            });
    thread.result();
    assertThat(task.join()).isEqualTo("all");
  }

  @Test
  void aWakeIsSeenWithEverythingBeforeIt() throws Exception {
    int rounds = 2000;
    int[] plain = new int[1];
    Waker[] wakers = new Waker[2];
    CountDownLatch bothKnown = new CountDownLatch(2);
    List<JoinHandle<Integer>> pair = new ArrayList<>();
    AtomicInteger turn = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      int me = i;
      AtomicBoolean known = new AtomicBoolean();
      pair.add(
          runtime.spawn(
              cx -> {
                if (!known.getAndSet(true)) {
                  wakers[me] = cx.waker();
                  bothKnown.countDown();
                }
                if (bothKnown.getCount() > 0) {
                  cx.wakeSelf();
                  return Poll.pending();
                }
                if (turn.get() % 2 == me) {
                  plain[0]++; // no lock: handed on by the wake
                  turn.incrementAndGet();
                  wakers[1 - me].wake();
                }
                return turn.get() >= rounds ? Poll.ready(plain[0]) : Poll.pending();
              }));
    }
    for (JoinHandle<Integer> handle : pair) {
      assertThat(handle.join(Duration.ofSeconds(30))).isGreaterThanOrEqualTo(rounds);
    }
  }

  // ---- fairness

  @Test
  void tasksThatYieldLetTheOthersRun() throws Exception {
    List<Spinner> spinners = new ArrayList<>();
    List<JoinHandle<String>> endless = new ArrayList<>();
    for (int i = 0; i < 2 * workers; i++) {
      Spinner spinner = new Spinner();
      spinners.add(spinner);
      endless.add(runtime.spawn(spinner));
    }
    List<JoinHandle<Void>> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(runtime.spawn(yields(20)));
    }
    for (JoinHandle<Void> other : others) {
      assertThat(other.join(Duration.ofSeconds(30))).isNull();
    }
    assertThat(runtime.spawn(sleep(Duration.ofMillis(2))).join(Duration.ofSeconds(30))).isNull();
    for (Spinner spinner : spinners) {
      await(() -> spinner.polls > 10);
      spinner.stop = true;
    }
    for (JoinHandle<String> handle : endless) {
      assertThat(handle.join()).isEqualTo("stopped");
    }
  }

  private static Future<Void> yields(int times) {
    int[] left = {times};
    return Futures.repeatUntil(
            () ->
                Futures.yieldNow()
                    .map(
                        nothing ->
                            --left[0] > 0
                                ? java.util.Optional.<String>empty()
                                : java.util.Optional.of("done")))
        .map(done -> null);
  }

  @Test
  void theBudgetMakesATaskGiveWayThatIsAlwaysReady() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger most = new AtomicInteger();
    List<JoinHandle<String>> greedy = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      greedy.add(
          runtime.spawn(
              cx -> {
                int units = 0;
                while (cx.tryProceed()) {
                  units++;
                  if (stop.get()) {
                    return Poll.ready("stopped");
                  }
                }
                most.accumulateAndGet(units, Math::max);
                return Poll.pending();
              }));
    }
    for (int i = 0; i < 10; i++) {
      assertThat(runtime.spawn(Futures.ready(i)).join(Duration.ofSeconds(30))).isEqualTo(i);
    }
    await(() -> most.get() > 0);
    stop.set(true);
    for (JoinHandle<String> handle : greedy) {
      assertThat(handle.join()).isEqualTo("stopped");
    }
    assertThat(most).hasValue(128);
  }

  // ---- time

  @Test
  void noSleepEndsEarlyAndAllEnd() throws Exception {
    List<JoinHandle<Long>> sleeps = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long nanos = Duration.ofMillis(i % 30).plusNanos(i * 1000L).toNanos();
      sleeps.add(
          runtime.spawn(
              Futures.<Long>defer(
                  () -> {
                    long begun = System.nanoTime();
                    return sleep(Duration.ofNanos(nanos))
                        .map(nothing -> System.nanoTime() - begun - nanos);
                  })));
    }
    for (JoinHandle<Long> handle : sleeps) {
      assertThat(handle.join()).as("how late").isNotNegative();
    }
  }

  @Test
  void aSleepThatIsCancelledIsGone() throws Exception {
    List<JoinHandle<Void>> sleeps = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sleeps.add(runtime.spawn(sleep(Duration.ofHours(1))));
    }
    for (JoinHandle<Void> handle : sleeps) {
      handle.requestCancel();
    }
    for (JoinHandle<Void> handle : sleeps) {
      assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    }
  }

  @Test
  void aTimeoutEndsWhatNeverEnds() {
    assertThatThrownBy(() -> runtime.blockOn(new Gate().timeout(Duration.ofMillis(2))))
        .isInstanceOf(TimeoutException.class);
  }
}
