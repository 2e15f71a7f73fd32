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
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.TaskLocal;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.testing.CountingWaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shielded futures on both runtimes: they finish though their waiter goes away, and through
 * shutdown.
 */
@ParameterizedClass(name = "{0} workers; 0 is the current-thread runtime, driven by a thread")
@ValueSource(ints = {0, 1, 2, 8})
@Timeout(60)
class ShieldedTest {

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final TaskLocal<String> USER = new TaskLocal<>("user");

  private final Uncaught uncaught = new Uncaught();
  private final List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
  private final int workers;
  private @Nullable Elsewhere<Object> driver;
  private final Gate driving = new Gate();
  private PolluxRuntime runtime;

  ShieldedTest(int workers) {
    this.workers = workers;
    this.runtime = build(builder());
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("shielding")
        .shutdownPatience(Duration.ofHours(1)) // whoever waits for it in vain hangs
        .onDiscard(discarded::add)
        .captureSpawnSites(true)
        .uncaughtFailureHandler(uncaught::add);
  }

  private PolluxRuntime build(RuntimeBuilder builder) {
    if (workers > 0) {
      return builder.workers(workers).multiThread();
    }
    CurrentThreadRuntime built = builder.currentThread();
    driver =
        elsewhere(
            () -> {
              try {
                return built.blockOn(driving);
              } catch (RuntimeShutdownException closed) {
                return closed;
              }
            });
    return built;
  }

  private void rebuild(RuntimeBuilder builder) throws Exception {
    runtime.close();
    endDriver();
    runtime = build(builder);
  }

  private void endDriver() throws Exception {
    Elsewhere<Object> driver = this.driver;
    if (driver != null) {
      driver.result();
    }
  }

  @AfterEach
  void allEnds() throws Exception {
    runtime.close();
    endDriver();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(runtime.liveTasks()).isZero();
    uncaught.assertNone();
  }

  private static void join(JoinHandle<?> handle) throws InterruptedException {
    try {
      Object unused = handle.join();
    } catch (TaskCancelledException cancelled) {
      return;
    }
  }

  /** Begins to close the runtime, and returns once it refuses tasks. */
  private Elsewhere<Boolean> closing() throws InterruptedException {
    Elsewhere<Boolean> closing =
        elsewhere(
            () -> {
              runtime.close();
              return runtime.isClosed();
            });
    await(
        () -> {
          try {
            runtime.spawn(Futures.done()).detach();
            return false;
          } catch (RuntimeShutdownException refused) {
            return true;
          }
        });
    return closing;
  }

  /** Gives the shutdown some time to be wrong in. */
  private static void linger() throws InterruptedException {
    Thread.sleep(20);
  }

  // ---- the waiter goes away

  @Test
  void theRecordOfACancelledRequestIsComplete() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> request = runtime.spawn(record.shielded());
    await(() -> record.polls > 0);
    request.requestCancel();
    assertThatThrownBy(request::join).isInstanceOf(TaskCancelledException.class);
    assertThat(record.cancels).isZero();
    record.open();
    await(() -> discarded.contains("open"));
    await(() -> runtime.liveTasks() == (workers == 0 ? 1 : 0));
  }

  @Test
  void theWaiterGetsTheValue() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> request = runtime.spawn(record.shielded().map(done -> done + "ed"));
    await(() -> record.polls > 0);
    record.open();
    assertThat(request.join()).isEqualTo("opened");
    assertThat(discarded).isEmpty();
  }

  @Test
  void aFailureComesOutAsItWasThrown() throws Exception {
    for (Throwable thrown : List.of(new IOException("torn"), new AssertionError("wrong"))) {
      Future<Object> failing =
          cx -> {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (Exception) thrown;
          };
      assertThatThrownBy(() -> runtime.blockOn(failing.shielded())).isSameAs(thrown);
    }
  }

  @Test
  void aFailureAfterTheWaiterIsGoneIsReportedOnce() throws Exception {
    Gate record = new Gate();
    Future<String> failing =
        record.map(
            open -> {
              throw new IllegalStateException("torn");
            });
    JoinHandle<String> request = runtime.spawn(failing.shielded());
    await(() -> record.polls > 0);
    request.requestCancel();
    join(request);
    record.open();
    await(() -> !uncaught.failures().isEmpty());
    runtime.close();
    assertThat(uncaught.failures())
        .singleElement()
        .satisfies(f -> assertThat(f).hasMessage("torn"));
    uncaught.forget();
  }

  @Test
  void aWaiterThatIsGoneIsNotWoken() throws Exception {
    Gate record = new Gate();
    Poller poller = new Poller(new SpawnerOnly(runtime), 1, false);
    CountingWaker waker = new CountingWaker();
    Future<String> shielded = record.shielded();
    assertThat(poller.poll(shielded, waker).isPending()).isTrue();
    shielded.cancel();
    await(() -> record.polls > 0);
    record.open();
    await(() -> discarded.contains("open"));
    assertThat(waker.count()).isZero();
  }

  private record SpawnerOnly(Spawner spawner) implements Services {}

  @Test
  void theTaskLocalsOfTheWaiterHold() throws Exception {
    Future<String> body = cx -> Poll.ready(USER.get(cx).orElse("nobody"));
    assertThat(runtime.blockOn(USER.scope("ada", body.shielded()))).isEqualTo("ada");
    assertThat(runtime.blockOn(body.shielded())).isEqualTo("nobody");
  }

  @Test
  void shieldedTasksCountForTheLimit() throws Exception {
    rebuild(builder().maxTasks(workers == 0 ? 2 : 1));
    Gate record = new Gate();
    if (workers == 0) {
      await(() -> runtime.liveTasks() == 1);
    }
    assertThatThrownBy(() -> runtime.spawn(record.shielded()).join())
        .hasRootCauseInstanceOf(SpawnRejectedException.class);
    assertThat(record.cancels).isEqualTo(1);
  }

  // ---- through shutdown

  @Test
  void aRecordIsCompleteThroughClose() throws Exception {
    Gate record = new Gate();
    AtomicInteger steps = new AtomicInteger();
    Gate other = new Gate();
    Future<Integer> body =
        record
            .flatMap(open -> sleep(Duration.ofMillis(5)))
            .flatMap(slept -> Futures.yieldNow())
            .flatMap(done -> spawned(sleep(Duration.ofMillis(2)).map(v -> steps.incrementAndGet())))
            .flatMap(one -> blocking(steps))
            .map(two -> steps.incrementAndGet());
    JoinHandle<Integer> request = runtime.spawn(body.shielded());
    JoinHandle<String> another = runtime.spawn(other);
    await(() -> record.polls > 0 && other.polls > 0);
    Elsewhere<Boolean> closing = closing();
    assertThatThrownBy(request::join).isInstanceOf(TaskCancelledException.class);
    assertThatThrownBy(another::join).isInstanceOf(TaskCancelledException.class);
    linger();
    assertThat(record.cancels).isZero();
    assertThat(closing.isDone()).isFalse();
    record.open();
    assertThat(closing.result()).isTrue();
    assertThat(steps).hasValue(3);
    assertThat(discarded).containsExactly(3);
  }

  /** Runs {@code body} as a task of its own. */
  private static <T> Future<T> spawned(Future<T> body) {
    AtomicReference<JoinHandle<T>> handle = new AtomicReference<>();
    return Futures.pollFn(
        cx -> {
          JoinHandle<T> task = handle.get();
          if (task == null) {
            task = cx.spawner().spawn(body);
            handle.set(task);
          }
          return task.poll(cx);
        },
        () -> handle.get().cancel());
  }

  private static Future<Integer> blocking(AtomicInteger steps) {
    AtomicReference<JoinHandle<Integer>> handle = new AtomicReference<>();
    return Futures.pollFn(
        cx -> {
          JoinHandle<Integer> job = handle.get();
          if (job == null) {
            job = cx.blocking().spawnBlocking(steps::incrementAndGet);
            handle.set(job);
          }
          return job.poll(cx);
        },
        () -> handle.get().cancel());
  }

  @Test
  void aShieldedTaskWaitsForTheTimerOfAPausedClock() throws Exception {
    rebuild(builder().pausedClock());
    Gate record = new Gate();
    AtomicBoolean complete = new AtomicBoolean();
    Future<Boolean> body =
        record
            .flatMap(open -> sleep(Duration.ofHours(5)))
            .map(
                slept -> {
                  complete.set(true);
                  return true;
                });
    runtime.spawnShielded(body).detach();
    await(() -> record.polls > 0);
    Elsewhere<Boolean> closing = closing();
    record.open();
    assertThat(closing.result()).isTrue();
    assertThat(complete).isTrue();
  }

  @Test
  void aShieldedFutureInAShieldedTaskRunsWhileItCloses() throws Exception {
    Gate outer = new Gate();
    Gate inner = new Gate();
    AtomicReference<String> written = new AtomicReference<>("nothing");
    Future<String> body =
        outer.flatMap(
            open ->
                inner
                    .map(
                        value -> {
                          written.set(value);
                          return value;
                        })
                    .shielded());
    runtime.spawnShielded(body).detach();
    await(() -> outer.polls > 0);
    Elsewhere<Boolean> closing = closing();
    outer.open();
    await(() -> inner.polls > 0);
    linger();
    assertThat(closing.isDone()).isFalse();
    inner.open();
    assertThat(closing.result()).isTrue();
    assertThat(written).hasValue("open");
  }

  @Test
  void aTaskThatIsOnlyCancelledStartsNoShieldedWork() throws Exception {
    Gate gate = new Gate();
    AtomicInteger started = new AtomicInteger();
    Future<Integer> work = Futures.lazy(started::incrementAndGet);
    JoinHandle<Integer> request = runtime.spawn(gate.flatMap(open -> work.shielded()));
    await(() -> gate.polls > 0);
    Gate holds = new Gate();
    runtime.spawnShielded(holds).detach();
    await(() -> holds.polls > 0);
    Elsewhere<Boolean> closing = closing();
    gate.open();
    join(request);
    holds.open();
    assertThat(closing.result()).isTrue();
    assertThat(started).hasValue(0);
    assertThat(gate.cancels).isEqualTo(1);
    work.cancel(); // nobody else has used it
  }

  @Test
  void aPollThatTheShutdownFindsUnderWayMayStillShield() throws Exception {
    CountDownLatch inPoll = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean complete = new AtomicBoolean();
    Future<Boolean> record =
        sleep(Duration.ofMillis(10))
            .map(
                slept -> {
                  complete.set(true);
                  return true;
                });
    Future<Boolean> shielded = record.shielded();
    JoinHandle<Boolean> request =
        runtime.spawn(
            Futures.pollFn(
                cx -> {
                  inPoll.countDown();
                  awaitOpen(goOn);
                  return shielded.poll(cx);
                },
                shielded::cancel));
    awaitOpen(inPoll);
    Elsewhere<Boolean> closing = closing();
    linger();
    goOn.countDown();
    assertThat(closing.result()).isTrue();
    join(request);
    assertThat(complete).isTrue();
  }

  @Test
  void whatAShieldedTaskLeavesBehindHoldsNothingUp() throws Exception {
    AtomicInteger cancels = new AtomicInteger();
    CountDownLatch polled = new CountDownLatch(1);
    Future<Object> daemon = waits(cx -> polled.countDown(), cancels::incrementAndGet);
    Gate record = new Gate();
    runtime
        .spawnShielded(
            record.map(
                open -> {
                  Context.current().orElseThrow().spawner().spawn(daemon).detach();
                  return open;
                }))
        .detach();
    await(() -> record.polls > 0);
    Elsewhere<Boolean> closing = closing();
    record.open();
    assertThat(closing.result()).isTrue();
    assertThat(cancels).hasValue(1);
  }

  @Test
  void aHandleMayStillCancelWhileTheRuntimeCloses() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> task = runtime.spawnShielded(record);
    await(() -> record.polls > 0);
    Elsewhere<Boolean> closing = closing();
    task.requestCancel();
    assertThatThrownBy(task::join).isInstanceOf(TaskCancelledException.class);
    assertThat(closing.result()).isTrue();
    assertThat(record.cancels).isEqualTo(1);
  }

  @Test
  void aFailureOfACancelledTaskThatTheRecordNeededIsReported() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> needed = runtime.spawn(gate);
    await(() -> gate.polls > 0);
    Gate holds = new Gate();
    runtime.spawnShielded(holds).detach();
    CountDownLatch polled = new CountDownLatch(1);
    Future<String> record =
        cx -> {
          Poll<String> answer = needed.poll(cx);
          polled.countDown();
          return answer;
        };
    runtime.spawnShielded(record).detach();
    awaitOpen(polled);
    await(() -> holds.polls > 0);
    Elsewhere<Boolean> closing = closing();
    await(() -> !uncaught.failures().isEmpty());
    holds.open();
    assertThat(closing.result()).isTrue();
    assertThat(uncaught.failures()).singleElement().isInstanceOf(TaskCancelledException.class);
    uncaught.forget();
  }

  @RepeatedTest(10)
  void noWakeIsLostWhileItCloses() throws Exception {
    Random random = new Random(workers * 31L + 7);
    List<Gate> gates = IntStream.range(0, 50).mapToObj(i -> new Gate()).toList();
    AtomicInteger complete = new AtomicInteger();
    for (Gate gate : gates) {
      Future<Integer> record =
          gate.flatMap(open -> Futures.yieldNow())
              .flatMap(done -> sleep(Duration.ofMillis(random.nextInt(3))))
              .map(slept -> complete.incrementAndGet());
      runtime.spawn(record.shielded()).detach();
    }
    await(() -> gates.stream().allMatch(gate -> gate.polls > 0));
    Elsewhere<Boolean> closing = closing();
    List<Gate> shuffled = new ArrayList<>(gates);
    Collections.shuffle(shuffled, random);
    Elsewhere<Boolean> half =
        elsewhere(
            () -> {
              shuffled.subList(0, 25).forEach(Gate::open);
              return true;
            });
    shuffled.subList(25, 50).forEach(Gate::open);
    assertThat(half.result()).isTrue();
    assertThat(closing.result()).isTrue();
    assertThat(complete).hasValue(50);
  }

  // ---- the patience is over

  /**
   * The tasks of a report but for that of the driver: where another thread drives, the report may
   * come before it has cancelled all.
   */
  private static List<TaskInfo> ours(ShutdownReport report) {
    return report.tasks().stream()
        .filter(task -> !task.spawnSite().orElseThrow().getMethodName().contains("build"))
        .toList();
  }

  /** A poll that blocks in place has no worker from then on, but what it spawns is spared too. */
  @Test
  void whatIsSpawnedAfterABlockingCallIsSparedToo() throws Exception {
    if (workers == 0) {
      return; // the current-thread runtime can't block in place
    }
    Gate inPlace = new Gate();
    Gate after = new Gate();
    List<JoinHandle<String>> children = new ArrayList<>();
    Future<String> record =
        Futures.lazy(
                () -> {
                  runtime.blockInPlace(() -> children.add(runtime.spawn(inPlace)));
                  children.add(runtime.spawn(after));
                  return "begun";
                })
            .flatMap(begun -> Futures.join(children.get(0), children.get(1), (a, b) -> a + b));
    JoinHandle<String> request = runtime.spawn(record.shielded());
    await(() -> inPlace.polls > 0 && after.polls > 0);
    Elsewhere<Boolean> closing = closing();
    inPlace.open();
    after.open();
    assertThat(closing.result()).isTrue();
    assertThat(inPlace.cancels).isZero();
    assertThat(after.cancels).isZero();
    join(request);
  }

  @Test
  void whoClosesARuntimeThatNobodyDrivesDrivesIt() throws Exception {
    if (workers > 0) {
      return; // it is always driven
    }
    CurrentThreadRuntime undriven =
        builder().shutdownPatience(Duration.ofSeconds(2)).currentThread();
    AtomicBoolean complete = new AtomicBoolean();
    undriven
        .spawnShielded(
            sleep(Duration.ofMillis(5))
                .map(
                    slept -> {
                      complete.set(true);
                      return true;
                    }))
        .detach();
    Gate never = new Gate();
    undriven.spawnShielded(never).detach();
    undriven.close(); // nobody wakes it when the patience is over
    assertThat(complete).isTrue();
    assertThat(never.polls).isEqualTo(1);
    assertThat(never.cancels).isEqualTo(1);
    assertThat(uncaught.failures()).singleElement().isInstanceOf(RuntimeShutdownException.class);
    uncaught.forget();
  }

  @Test
  void whenThePatienceIsOverTheyAreCancelledAndReported() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> task = runtime.spawnShielded(record);
    await(() -> record.polls > 0);
    ShutdownReport report = runtime.shutdown(SHORT);
    assertThat(report.isComplete()).isFalse();
    assertThat(ours(report)).containsExactly(task);
    await(() -> record.cancels == 1);
    assertThatThrownBy(task::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void theHandlerHearsOfAShieldThatWasCutShort() throws Exception {
    rebuild(builder().shutdownPatience(SHORT));
    Gate record = new Gate();
    runtime.spawnShielded(record).detach();
    await(() -> record.polls > 0);
    runtime.close();
    assertThat(uncaught.failures())
        .singleElement()
        .isInstanceOf(RuntimeShutdownException.class)
        .satisfies(f -> assertThat(f).hasMessageContaining("shielded task was cancelled"));
    assertThat(uncaught.origins()).singleElement().asString().contains("ShieldedTest");
    assertThat(record.cancels).isEqualTo(1);
    uncaught.forget();
  }

  @Test
  void oneThatYieldsForEverIsCutShort() throws Exception {
    Waiting.Spinner spinner = new Waiting.Spinner();
    JoinHandle<String> task = runtime.spawnShielded(spinner);
    await(() -> spinner.polls > 0);
    assertThat(ours(runtime.shutdown(SHORT))).containsExactly(task);
    await(() -> spinner.cancels == 1);
    task.detach();
  }

  @Test
  void shutdownNowCancelsThemAtOnce() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> task = runtime.spawnShielded(record);
    await(() -> record.polls > 0);
    assertThat(ours(runtime.shutdownNow())).containsExactly(task);
    await(() -> record.cancels == 1);
    task.detach();
  }

  @Test
  void oneThatIsJustEndingIsReportedOnce() throws Exception {
    CountDownLatch ending = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RuntimeListener holder =
        new RuntimeListener() {
          @Override
          public void taskEnded(TaskInfo task, Outcome outcome) {
            ending.countDown();
            try {
              awaitOpen(goOn);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    rebuild(builder().listener(holder));
    Gate record = new Gate();
    JoinHandle<String> task = runtime.spawnShielded(record);
    await(() -> record.polls > 0);
    ShutdownReport report = runtime.shutdownNow(); // the cut is told of, and not over
    awaitOpen(ending);
    assertThat(ours(report)).containsExactly(task);
    goOn.countDown();
    await(task::isFinished);
    assertThat(record.cancels).isEqualTo(1);
  }

  @Test
  void oneThatHasEndedIsReportedThoughTheShutdownGoesOn() throws Exception {
    Gate record = new Gate();
    JoinHandle<String> task = runtime.spawnShielded(record);
    await(() -> record.polls > 0);
    CountDownLatch goOn = new CountDownLatch(1);
    MultiThreading.armFromOutside( // the timers are closed after the tasks have ended
        runtime,
        Duration.ofHours(1),
        () -> {
          try {
            awaitOpen(goOn);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    ShutdownReport report = runtime.shutdownNow();
    assertThat(report.isComplete()).isFalse();
    assertThat(ours(report)).containsExactly(task);
    goOn.countDown();
    task.detach();
  }

  @Test
  void thePatienceMayBeMadeShorterMeanwhile() throws Exception {
    Gate record = new Gate();
    runtime.spawnShielded(record).detach();
    await(() -> record.polls > 0);
    Elsewhere<Boolean> closing = closing();
    linger();
    assertThat(closing.isDone()).isFalse();
    runtime.shutdownNow();
    assertThat(closing.result()).isTrue();
    await(() -> record.cancels == 1); // it waits for no worker, or not long
  }

  @Test
  void afterwardsTheyAreRefusedAsWell() throws Exception {
    runtime.close();
    Gate record = new Gate();
    assertThatThrownBy(() -> runtime.spawnShielded(record).detach())
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(record.cancels).isEqualTo(1);
    assertThat(record.polls).isZero();
  }

  @Test
  void whatATaskOfAPinnedOneShieldsStaysPinned() throws Exception {
    AtomicReference<Thread> outer = new AtomicReference<>();
    AtomicReference<Thread> inner = new AtomicReference<>();
    LocalSet set = runtime.localSet();
    for (int i = 0; i < 20; i++) {
      JoinHandle<Integer> task =
          set.spawnWith(
              () -> {
                outer.set(Thread.currentThread());
                Future<Integer> body =
                    Futures.lazy(
                        () -> {
                          inner.set(Thread.currentThread());
                          return 1;
                        });
                Future<Integer> shielded = body.shielded();
                return Futures.pollFn(
                    cx -> {
                      Poll<Integer> answer = shielded.poll(cx);
                      LockSupport.parkNanos(3_000_000); // others would take it from the worker
                      return answer;
                    },
                    shielded::cancel);
              });
      assertThat(task.join()).isEqualTo(1);
      assertThat(inner.get()).isSameAs(outer.get());
    }
    Gate record = new Gate();
    set.spawnShielded(record).detach();
    await(() -> record.polls > 0);
    Elsewhere<Boolean> closing = closing();
    record.open();
    assertThat(closing.result()).isTrue();
    assertThat(record.cancels).isZero();
  }

  @Test
  void aPollerWithoutASpawnerIsRefused() {
    Gate record = new Gate();
    Poller poller = new Poller(new Services() {}, 1, false);
    Future<String> shielded = record.shielded();
    assertThatThrownBy(() -> poller.poll(shielded, new CountingWaker()))
        .hasMessageContaining("no spawner");
    assertThat(record.cancels).isEqualTo(1);
  }
}
