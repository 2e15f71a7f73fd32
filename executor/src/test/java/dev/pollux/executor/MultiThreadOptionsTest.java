package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.RuntimeListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of a multi-thread runtime: what it refuses, and what it changes. */
@Timeout(60)
class MultiThreadOptionsTest {

  private final Uncaught uncaught = new Uncaught();
  private final List<MultiThreadRuntime> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(MultiThreadRuntime::close);
  }

  private MultiThreadRuntime build(RuntimeBuilder builder) {
    MultiThreadRuntime runtime = builder.uncaughtFailureHandler(uncaught::add).multiThread();
    opened.add(runtime);
    return runtime;
  }

  /** The threads of all workers. */
  private static Set<Thread> threadsOf(MultiThreadRuntime runtime, int workers) throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch atOnce = new CountDownLatch(workers);
    List<JoinHandle<Void>> handles = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      handles.add(
          runtime.spawn(
              cx -> {
                threads.add(Thread.currentThread());
                atOnce.countDown();
                awaitOpen(atOnce);
                return Poll.done();
              }));
    }
    for (JoinHandle<Void> handle : handles) {
      handle.join();
    }
    return threads;
  }

  // ---- workers

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 17})
  void thereAreAsManyWorkersAsWereAskedFor(int workers) throws Exception {
    MultiThreadRuntime runtime = build(PolluxRuntime.builder().workers(workers));
    assertThat(threadsOf(runtime, workers)).hasSize(workers);
    assertThat(runtime.metrics().workers()).isEqualTo(workers);
    assertThat(runtime.metrics().workerThreads()).isEqualTo(workers);
  }

  @Test
  void byDefaultThereIsAWorkerForEachProcessor() {
    assertThat(build(PolluxRuntime.builder()).metrics().workers())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    try (MultiThreadRuntime runtime = PolluxRuntime.multiThread()) {
      assertThat(runtime.metrics().workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 32_768, Integer.MAX_VALUE})
  void workersAreFromOneTo32767(int workers) {
    assertThatThrownBy(() -> PolluxRuntime.builder().workers(workers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers must be from 1 to 32767, was " + workers);
  }

  // ---- name and threads

  @Test
  void theNameIsInMessagesAndThreads() throws Exception {
    MultiThreadRuntime runtime = build(PolluxRuntime.builder().name("bee").workers(3));
    assertThat(runtime.name()).isEqualTo("bee");
    assertThat(runtime.toString()).isEqualTo("MultiThreadRuntime[bee, 0 live tasks]");
    assertThat(threadsOf(runtime, 3))
        .hasSize(3)
        .allSatisfy(
            thread -> {
              assertThat(thread.getName()).matches("bee-worker-[0-9]+");
              assertThat(thread.isDaemon()).isTrue();
            });
  }

  @Test
  void theThreadFactoryMakesTheThreads() throws Exception {
    Set<Thread> made = ConcurrentHashMap.newKeySet();
    MultiThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .workers(2)
                .threadFactory(
                    body -> {
                      Thread thread = new Thread(body, "mine");
                      thread.setDaemon(true);
                      made.add(thread);
                      return thread;
                    }));
    assertThat(threadsOf(runtime, 2)).isEqualTo(made);
    // Whatever the thread is: what a worker is to its tasks does not depend on it.
    JoinHandle<String> parent =
        runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> "called")));
    assertThat(parent.join()).isEqualTo("called");
    assertThat(made).hasSize(3);
    assertThatThrownBy(() -> runtime.blockOn(cx -> Poll.ready(runtime.blockOn(new Gate()))))
        .isInstanceOf(IllegalStateException.class);
    runtime.close();
    for (Thread thread : made) {
      await(() -> !thread.isAlive());
    }
  }

  @Test
  void aFactoryThatMakesNoThreadsFailsTheBuildAndLeavesNone() throws Exception {
    List<Thread> made = Collections.synchronizedList(new ArrayList<>());
    assertThatThrownBy(
            () ->
                PolluxRuntime.builder()
                    .name("threadless")
                    .workers(4)
                    .threadFactory(
                        body -> {
                          if (made.size() == 2) {
                            return null;
                          }
                          Thread thread = new Thread(body);
                          made.add(thread);
                          return thread;
                        })
                    .multiThread())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"threadless\"");
    IOException failure = new IOException("no threads today");
    assertThatThrownBy(
            () ->
                PolluxRuntime.builder()
                    .threadFactory(
                        body -> {
                          throw new IllegalArgumentException(failure);
                        })
                    .multiThread())
        .hasCause(failure);
    for (Thread thread : made) {
      await(() -> !thread.isAlive());
    }
    assertThatThrownBy(() -> PolluxRuntime.builder().threadFactory(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("factory");
  }

  // ---- intervals

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void anInjectIntervalIsAtLeastOne(int polls) {
    assertThatThrownBy(() -> PolluxRuntime.builder().injectInterval(polls))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("injectInterval must be at least 1, was " + polls);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void theEventIntervalIsHowManyPollsATimerMayWait(int interval) throws Exception {
    MultiThreadRuntime runtime =
        build(PolluxRuntime.builder().workers(1).pausedClock().eventInterval(interval));
    Spinner spinner = new Spinner();
    JoinHandle<String> spinning = runtime.spawn(spinner);
    await(() -> spinner.polls > 0);
    AtomicInteger rangAt = new AtomicInteger();
    CountDownLatch rang = new CountDownLatch(1);
    AtomicInteger advancedAt = new AtomicInteger();
    MultiThreading.armFromOutside(
        runtime,
        Duration.ofHours(1),
        () -> {
          rangAt.set(spinner.polls);
          rang.countDown();
        });
    spinner.between =
        () -> {
          spinner.between = null;
          advancedAt.set(spinner.polls);
          runtime.advance(Duration.ofHours(1));
        };
    awaitOpen(rang);
    assertThat(rangAt.get() - advancedAt.get()).isBetween(0, interval);
    spinner.stop = true;
    spinning.join();
  }

  // ---- what is the other runtime's

  @Test
  void theOptionsOfTheOtherRuntimeAreRefused() {
    assertRefused(PolluxRuntime.builder().workers(1), "workers", "multiThread()");
    assertRefused(PolluxRuntime.builder().lifoSlot(true), "lifoSlot", "multiThread()");
    assertRefused(PolluxRuntime.builder().injectInterval(1), "injectInterval", "multiThread()");
    assertThatThrownBy(() -> PolluxRuntime.builder().onWork(() -> {}).multiThread())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("onWork is an option of currentThread() only");
  }

  private static void assertRefused(RuntimeBuilder builder, String option, String where) {
    assertThatThrownBy(builder::currentThread)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(option + " is an option of " + where + " only");
  }

  // ---- seed

  @Test
  void theSeedFixesTheRandomNumbersOfAWorker() throws Exception {
    assertThat(numbers(42)).isEqualTo(numbers(42)).isNotEqualTo(numbers(43));
  }

  private List<Integer> numbers(long seed) throws Exception {
    return build(PolluxRuntime.builder().workers(1).seed(seed))
        .blockOn(
            cx -> {
              List<Integer> numbers = new ArrayList<>();
              for (int i = 0; i < 16; i++) {
                numbers.add(cx.nextInt(1_000_000));
              }
              return Poll.ready(numbers);
            });
  }

  // ---- failures

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePolicySaysWhetherAFailureWithoutAnOwnerEndsTheRuntime(boolean shutDown) throws Exception {
    MultiThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .name("strict")
                .workers(2)
                .uncaughtFailurePolicy(
                    shutDown ? UncaughtFailurePolicy.SHUT_DOWN : UncaughtFailurePolicy.CONTINUE));
    IOException failure = new IOException("disk");
    Gate gate = new Gate();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread blocked =
        new Thread(
            () -> {
              try {
                runtime.blockOn(gate);
              } catch (Throwable end) {
                thrown.set(end);
              }
            });
    blocked.start();
    await(() -> gate.polls == 1);
    runtime.spawn("lonely", Futures.failed(failure)).detach();
    await(() -> !uncaught.failures().isEmpty());
    assertThat(uncaught.failures()).containsExactly(failure);
    assertThat(uncaught.origins().get(0)).contains("\"lonely\"").contains("\"strict\"");
    if (shutDown) {
      await(runtime::isClosed);
      blocked.join();
      assertThat(thrown.get()).isInstanceOf(RuntimeShutdownException.class).hasCause(failure);
      assertThatThrownBy(() -> runtime.spawn(new Gate()))
          .isInstanceOf(RuntimeShutdownException.class)
          .hasCause(failure);
    } else {
      gate.open();
      blocked.join();
      assertThat(thrown.get()).isNull();
      assertThat(runtime.isClosed()).isFalse();
    }
  }

  @Test
  void theDiscardHookSeesWhatNobodyTakesAndCloseablesAreClosed() throws Exception {
    List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
    MultiThreadRuntime runtime =
        build(PolluxRuntime.builder().workers(2).onDiscard(discarded::add));
    CountDownLatch closed = new CountDownLatch(1);
    runtime.spawn(Futures.ready("dropped")).detach();
    runtime.spawn(Futures.<AutoCloseable>ready(closed::countDown)).detach();
    awaitOpen(closed);
    await(() -> discarded.size() == 1);
    assertThat(discarded).containsExactly("dropped");
  }

  // ---- debug

  @Test
  void inDebugModeATaskThatNobodyCanWakeIsReported() throws Exception {
    MultiThreadRuntime runtime = build(PolluxRuntime.builder().workers(2).debug(true));
    runtime.spawn("forgetful", cx -> Poll.pending()).detach();
    await(
        () -> {
          System.gc();
          return !uncaught.failures().isEmpty();
        });
    assertThat(uncaught.failures().get(0))
        .isInstanceOf(LostWakerException.class)
        .hasMessageContaining("\"forgetful\"")
        .hasMessageContaining("spawned at " + MultiThreadOptionsTest.class.getName());
  }

  @Test
  void spawnSitesAreCapturedOnDemand() throws Exception {
    MultiThreadRuntime runtime =
        build(PolluxRuntime.builder().workers(2).debug(false).captureSpawnSites(true));
    List<TaskInfo> tasks = new ArrayList<>();
    tasks.add(runtime.spawn(Futures.ready(1)));
    tasks.add(runtime.spawn("named", Futures.ready(1)));
    tasks.add(runtime.spawnPinned(() -> Futures.ready(1)));
    tasks.add(runtime.localSet().spawn(Futures.ready(1)));
    tasks.add(((Spawned<Integer>) runtime.trySpawn(Futures.ready(1))).handle());
    tasks.add(runtime.spawnBlocking(() -> 1));
    tasks.add(runtime.blockOn(cx -> Poll.ready(cx.spawner().spawn(Futures.ready(1)))));
    tasks.add(runtime.blockOn(cx -> Poll.ready(cx.spawner().spawn("named", Futures.ready(1)))));
    assertThat(tasks)
        .allSatisfy(
            task ->
                assertThat(task.spawnSite())
                    .hasValueSatisfying(
                        site ->
                            assertThat(site.getClassName())
                                .isEqualTo(MultiThreadOptionsTest.class.getName())));
    assertThat(build(PolluxRuntime.builder().debug(false)).spawn(new Gate()).spawnSite()).isEmpty();
  }

  // ---- maxTasks

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void maxTasksIsAtLeastOne(int most) {
    assertThatThrownBy(() -> PolluxRuntime.builder().maxTasks(most))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxTasks must be at least 1, was " + most);
  }

  @Test
  void oneTaskTooManyIsRefusedUntilOneEnds() throws Exception {
    MultiThreadRuntime runtime =
        build(PolluxRuntime.builder().name("arena").workers(2).maxTasks(3));
    List<Gate> gates = new ArrayList<>();
    List<JoinHandle<String>> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      gates.add(new Gate());
    }
    handles.add(runtime.spawn(gates.get(0)));
    handles.add(runtime.localSet().spawn(gates.get(1)));
    SpawnAttempt<String> attempt = runtime.trySpawn(gates.get(2));
    assertThat(attempt.isSpawned()).isTrue();
    handles.add(((Spawned<String>) attempt).handle());

    Gate extra = new Gate();
    SpawnAttempt<String> refused = runtime.trySpawn(extra);
    assertThat(refused.isSpawned()).isFalse();
    assertThat(refused).isEqualTo(new SpawnRejected<>(extra, 3));
    assertThat(extra.polls + extra.cancels).as("untouched").isZero();
    assertThatThrownBy(() -> runtime.spawn(extra))
        .isInstanceOf(SpawnRejectedException.class)
        .hasMessageContaining("\"arena\"")
        .hasMessageContaining("3");
    assertThat(extra.cancels).isEqualTo(1);
    Gate pinned = new Gate();
    assertThatThrownBy(() -> runtime.localSet().spawn(pinned))
        .isInstanceOf(SpawnRejectedException.class);
    assertThat(pinned.cancels).isEqualTo(1);
    Gate blocked = new Gate();
    assertThatThrownBy(() -> runtime.blockOn(blocked)).isInstanceOf(SpawnRejectedException.class);
    assertThat(blocked.cancels).isEqualTo(1);

    await(() -> gates.get(0).polls == 1);
    gates.get(0).open();
    assertThat(handles.get(0).join()).isEqualTo("open");
    assertThat(runtime.spawn(Futures.ready("room again")).join()).isEqualTo("room again");
    handles.get(1).requestCancel();
    await(() -> handles.get(1).isFinished());
    assertThat(runtime.spawn(Futures.ready("room again")).join()).isEqualTo("room again");
  }

  @Test
  void theLimitHoldsHoweverManySpawnAtOnce() throws Exception {
    MultiThreadRuntime runtime = build(PolluxRuntime.builder().workers(4).maxTasks(10));
    AtomicInteger live = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger spawned = new AtomicInteger();
    List<Waiting.Elsewhere<Void>> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      threads.add(
          Waiting.elsewhere(
              () -> {
                while (spawned.get() < 3000) {
                  SpawnAttempt<Void> attempt =
                      runtime.trySpawn(
                          Futures.<Void>defer(
                              () -> {
                                most.accumulateAndGet(live.incrementAndGet(), Math::max);
                                return Futures.yieldNow()
                                    .map(
                                        nothing -> {
                                          live.decrementAndGet();
                                          return null;
                                        });
                              }));
                  if (attempt instanceof Spawned<Void> made) {
                    spawned.incrementAndGet();
                    made.handle().detach();
                  }
                }
                return null;
              }));
    }
    for (Waiting.Elsewhere<Void> thread : threads) {
      thread.result();
    }
    await(() -> runtime.liveTasks() == 0);
    assertThat(most.get()).isBetween(1, 10);
    assertThat(live).hasValue(0);
  }

  // ---- listeners

  @Test
  void listenersSeeTheLifeOfEachTaskInOrder() throws Exception {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger parked = new AtomicInteger();
    MultiThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .workers(2)
                .listener(
                    new RuntimeListener() {
                      private void add(TaskInfo task, String what) {
                        if (task.name().orElse("").equals("watched")) {
                          events.add(what);
                        }
                      }

                      @Override
                      public void taskSpawned(TaskInfo task) {
                        add(task, "spawned");
                      }

                      @Override
                      public void pollStarted(TaskInfo task) {
                        add(task, "poll started");
                      }

                      @Override
                      public void pollEnded(TaskInfo task) {
                        add(task, "poll ended");
                      }

                      @Override
                      public void taskEnded(TaskInfo task, Outcome outcome) {
                        add(task, "ended " + outcome);
                      }

                      @Override
                      public void threadParked() {
                        parked.incrementAndGet();
                      }

                      @Override
                      public void threadUnparked() {
                        parked.decrementAndGet();
                      }
                    }));
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn("watched", gate);
    await(() -> gate.polls == 1);
    await(() -> events.size() == 3);
    gate.open();
    assertThat(handle.join()).isEqualTo("open");
    await(() -> events.size() == 6);
    assertThat(events)
        .containsExactly(
            "spawned",
            "poll started",
            "poll ended",
            "poll started",
            "ended COMPLETED",
            "poll ended");
    await(() -> parked.get() == 2);
    runtime.close();
    assertThat(parked).as("every sleep has ended").hasValue(0);
  }

  // ---- patience

  @Test
  void thePatienceIsHowLongCloseWaits() throws Exception {
    MultiThreadRuntime runtime =
        build(PolluxRuntime.builder().workers(1).shutdownPatience(Duration.ZERO));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Void> job =
        runtime.spawnBlocking(
            "stubborn",
            () -> {
              begun.countDown();
              awaitOpen(release);
              return null;
            });
    awaitOpen(begun);
    runtime.close();
    assertThat(uncaught.origins()).singleElement().asString().contains("\"stubborn\"");
    release.countDown();
    job.join();
  }
}
