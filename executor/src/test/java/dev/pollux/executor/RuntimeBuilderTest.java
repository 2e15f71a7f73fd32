package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.RuntimeListener;
import dev.pollux.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option: what it refuses, and what it changes. */
@Timeout(60)
class RuntimeBuilderTest {

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable runtime : opened) {
      runtime.close();
    }
  }

  // ---- name

  @Test
  void theNameIsInMessagesAndThreads() throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().name("worker bee"));
    assertThat(runtime.name()).isEqualTo("worker bee");
    assertThat(runtime.toString()).isEqualTo("CurrentThreadRuntime[worker bee, 0 live tasks]");
    assertThat(runtime.spawnBlocking(() -> Thread.currentThread().getName()).join())
        .isEqualTo("worker bee-blocking-1");
  }

  @Test
  void runtimesWithoutANameAreNumbered() {
    String first = build(PolluxRuntime.builder()).name();
    String second = build(PolluxRuntime.builder()).name();
    assertThat(first).matches("pollux-[0-9]+");
    assertThat(second).matches("pollux-[0-9]+").isNotEqualTo(first);
  }

  @Test
  void aNameMustNotBeNullOrBlank() {
    assertThatThrownBy(() -> PolluxRuntime.builder().name(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("name");
    assertThatThrownBy(() -> PolluxRuntime.builder().name(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name must not be blank, was \" \"");
  }

  // ---- seed

  @Test
  void theSeedFixesTheRandomNumbers() throws Exception {
    assertThat(numbers(PolluxRuntime.builder().seed(42)))
        .isEqualTo(numbers(PolluxRuntime.builder().seed(42)))
        .isNotEqualTo(numbers(PolluxRuntime.builder().seed(43)));
  }

  @Test
  void withoutASeedEachRuntimeHasItsOwn() throws Exception {
    assertThat(numbers(PolluxRuntime.builder())).isNotEqualTo(numbers(PolluxRuntime.builder()));
  }

  private List<Integer> numbers(RuntimeBuilder builder) throws Exception {
    return build(builder)
        .blockOn(
            cx -> {
              List<Integer> numbers = new ArrayList<>();
              for (int i = 0; i < 16; i++) {
                numbers.add(cx.nextInt(1_000_000));
              }
              return Poll.ready(numbers);
            });
  }

  // ---- clock

  @Test
  void aPausedClockStandsAtZeroUntilItIsMoved() throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().pausedClock());
    assertThat(runtime.timer().nanoTime()).isZero();
    runtime.advance(Duration.ofSeconds(1));
    assertThat(runtime.timer().nanoTime()).isEqualTo(1_000_000_000L);
    runtime.advance(ChronoUnit.FOREVER.getDuration());
    assertThat(runtime.timer().nanoTime()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> runtime.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duration must not be negative, was PT-0.000000001S");
    assertThatThrownBy(() -> runtime.advance(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aClockThatIsNotPausedRunsAndIsNotMovedByHand() {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().name("real"));
    long before = runtime.timer().nanoTime();
    assertThat(before).isNotNegative();
    while (runtime.timer().nanoTime() == before) {
      Thread.onSpinWait();
    }
    assertThat(runtime.timer().nanoTime()).isGreaterThan(before);
    assertThatThrownBy(() -> runtime.advance(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"real\"")
        .hasMessageContaining("pausedClock()");
  }

  // ---- debug and spawn sites

  @Test
  void debugModeIsHadFromTheBuilderOrTheSystemProperty() throws Exception {
    String before = System.getProperty("pollux.debug");
    try {
      System.setProperty("pollux.debug", "true");
      assertThat(isDebug(PolluxRuntime.builder())).isTrue();
      assertThat(isDebug(PolluxRuntime.builder().debug(false))).isFalse();
      System.clearProperty("pollux.debug");
      assertThat(isDebug(PolluxRuntime.builder())).isFalse();
      assertThat(isDebug(PolluxRuntime.builder().debug(true))).isTrue();
    } finally {
      if (before != null) {
        System.setProperty("pollux.debug", before);
      }
    }
  }

  /** In debug mode each poll gets a context of its own. */
  private boolean isDebug(RuntimeBuilder builder) throws Exception {
    CurrentThreadRuntime runtime = build(builder);
    Context first = runtime.blockOn(Poll::ready);
    Context second = runtime.blockOn(Poll::ready);
    return first != second;
  }

  @Test
  void aTaskKnowsWhereItWasSpawnedIfThatIsCaptured() throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().debug(false).captureSpawnSites(true));
    assertSpawnedHere(runtime.spawn(Futures.ready(1)));
    assertSpawnedHere(runtime.spawn("named", Futures.ready(1)));
    assertSpawnedHere(runtime.spawnBlocking(() -> 1));
    assertSpawnedHere(runtime.spawnBlocking("named", () -> 1));
    assertSpawnedHere(runtime.spawnInterruptible(() -> 1));
    assertSpawnedHere(runtime.spawnInterruptible("named", () -> 1));
    assertSpawnedHere(runtime.blockOn(cx -> Poll.ready(cx.spawner().spawn(Futures.ready(1)))));
    assertSpawnedHere(
        runtime.blockOn(cx -> Poll.ready(cx.spawner().spawn("named", Futures.ready(1)))));
    assertSpawnedHere(
        runtime.blockOn(cx -> Poll.ready(cx.blocking().spawnBlocking("named", () -> 1))));
  }

  @Test
  void blockOnIsTheSpawnSiteOfItsTask() throws Exception {
    List<TaskInfo> spawned = new ArrayList<>();
    CurrentThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .captureSpawnSites(true)
                .listener(
                    new RuntimeListener() {
                      @Override
                      public void taskSpawned(TaskInfo task) {
                        spawned.add(task);
                      }
                    }));
    runtime.blockOn(Futures.ready(1));
    assertSpawnedHere(spawned.get(0));
  }

  @Test
  void inDebugModeSpawnSitesAreAlwaysCaptured() {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().debug(true).captureSpawnSites(false));
    assertSpawnedHere(runtime.spawn(Futures.ready(1)));
  }

  @Test
  void otherwiseATaskDoesNotKnowWhereItWasSpawned() {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().debug(false));
    assertThat(runtime.spawn(Futures.ready(1)).spawnSite()).isEmpty();
    assertThat(runtime.spawn("named", Futures.ready(1)).spawnSite()).isEmpty();
  }

  private static void assertSpawnedHere(TaskInfo task) {
    assertThat(task.spawnSite())
        .hasValueSatisfying(
            site -> assertThat(site.getClassName()).isEqualTo(RuntimeBuilderTest.class.getName()));
  }

  // ---- failures and values without an owner

  @Test
  void theHandlerTakesTheFailuresOfThisRuntimeWithTheirOrigin() {
    List<String> uncaught = new ArrayList<>();
    CurrentThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .name("mine")
                .uncaughtFailureHandler(
                    (failure, origin) -> uncaught.add(origin + ": " + failure.getMessage())));
    runtime.spawn("lonely", Futures.failed(new IOException("disk"))).detach();
    while (runtime.tryTick()) {}
    assertThat(uncaught)
        .singleElement()
        .asString()
        .startsWith("task ")
        .contains("\"lonely\"")
        .endsWith(" of runtime \"mine\": disk");
    assertThatThrownBy(() -> PolluxRuntime.builder().uncaughtFailureHandler(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("handler");
  }

  @Test
  void withoutAHandlerThatOfTheProcessTakesThem() {
    List<Throwable> uncaught = new ArrayList<>();
    IOException failure = new IOException("disk");
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder());
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((thrown, origin) -> uncaught.add(thrown));
    try {
      runtime.spawn(Futures.failed(failure)).detach();
      while (runtime.tryTick()) {}
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }
    assertThat(uncaught).containsExactly(failure);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePolicySaysWhetherSuchAFailureEndsTheRuntime(boolean shutDown) {
    CurrentThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .uncaughtFailureHandler((failure, origin) -> {})
                .uncaughtFailurePolicy(
                    shutDown ? UncaughtFailurePolicy.SHUT_DOWN : UncaughtFailurePolicy.CONTINUE));
    runtime.spawn(Futures.failed(new IOException("disk"))).detach();
    while (runtime.tryTick()) {}
    assertThat(runtime.isClosed()).isEqualTo(shutDown);
    assertThatThrownBy(() -> PolluxRuntime.builder().uncaughtFailurePolicy(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("policy");
  }

  @Test
  void theDiscardHookSeesValuesThatNobodyTakes() {
    List<Object> discarded = new ArrayList<>();
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().onDiscard(discarded::add));
    runtime.spawn(Futures.ready("dropped")).detach();
    while (runtime.tryTick()) {}
    assertThat(discarded).containsExactly("dropped");
    assertThatThrownBy(() -> PolluxRuntime.builder().onDiscard(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("hook");
  }

  // ---- listeners

  @Test
  void listenersAreCalledInTheOrderInWhichTheyWereAdded() throws Exception {
    List<String> calls = new ArrayList<>();
    RuntimeBuilder builder = PolluxRuntime.builder();
    for (String name : List.of("a", "b", "c")) {
      builder.listener(
          new RuntimeListener() {
            @Override
            public void taskSpawned(TaskInfo task) {
              calls.add(name);
            }
          });
    }
    build(builder).blockOn(Futures.ready(1));
    assertThat(calls).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> PolluxRuntime.builder().listener(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("listener");
  }

  // ---- event interval

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 61})
  void theEventIntervalIsHowManyPollsATimerMayWait(int interval) throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().pausedClock().eventInterval(interval));
    Spinner spinner = new Spinner();
    JoinHandle<String> spinning = runtime.spawn(spinner);
    JoinHandle<Void> sleep = runtime.spawn(Time.sleep(Duration.ofSeconds(1)));
    while (spinner.polls < 100) {
      runtime.tryTick();
    }
    runtime.advance(Duration.ofSeconds(2));
    int before = spinner.polls;
    while (!sleep.isFinished()) {
      runtime.tryTick();
    }
    assertThat(spinner.polls - before).isBetween(0, interval + 1);
    spinning.requestCancel();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void anEventIntervalIsAtLeastOne(int polls) {
    assertThatThrownBy(() -> PolluxRuntime.builder().eventInterval(polls))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eventInterval must be at least 1, was " + polls);
  }

  // ---- shutdown patience

  @Test
  void aBlockingJobThatOutlastsThePatienceIsReportedByName() throws Exception {
    List<String> uncaught = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    CurrentThreadRuntime runtime =
        build(
            PolluxRuntime.builder()
                .shutdownPatience(Duration.ZERO)
                .uncaughtFailureHandler((failure, origin) -> uncaught.add(origin)));
    JoinHandle<String> job =
        runtime.spawnBlocking(
            "stubborn",
            () -> {
              begun.countDown();
              gate.await();
              return "late";
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(uncaught).singleElement().asString().contains("\"stubborn\"");
    gate.countDown();
    assertThat(job.join()).isEqualTo("late");
  }

  @Test
  void aPatienceOfCenturiesIsAllowed() throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().shutdownPatience(ChronoUnit.FOREVER.getDuration()));
    runtime.spawnBlocking(() -> 1).join();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
  }

  @Test
  void aPatienceMustNotBeNullOrNegative() {
    assertThatThrownBy(() -> PolluxRuntime.builder().shutdownPatience(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("patience");
    assertThatThrownBy(() -> PolluxRuntime.builder().shutdownPatience(Duration.ofMillis(-5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("patience must not be negative, was PT-0.005S");
  }

  // ---- onWork

  @Test
  void onWorkIsCalledWhenWorkComesFromOutside() {
    AtomicInteger calls = new AtomicInteger();
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().onWork(calls::incrementAndGet));
    assertThat(runtime.tryTick()).isFalse();
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    assertThat(calls).hasValue(1);
    while (runtime.tryTick()) {}
    gate.open();
    assertThat(calls).hasValue(2);
    while (runtime.tryTick()) {}
    assertThat(handle.isFinished()).isTrue();
    assertThatThrownBy(() -> PolluxRuntime.builder().onWork(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("callback");
  }

  // ---- blocking jobs

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void noMoreBlockingJobsRunAtOnceThanTheMaximum(int threads) throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().maxBlockingThreads(threads));
    CountDownLatch gate = new CountDownLatch(1);
    List<JoinHandle<String>> running = occupy(runtime, threads, gate);
    AtomicInteger ran = new AtomicInteger();
    JoinHandle<Integer> queued = runtime.spawnBlocking(ran::incrementAndGet);
    assertThat(running).noneMatch(JoinHandle::isFinished);
    queued.requestCancel(); // it has not begun, so this takes it back
    assertThat(queued.isFinished()).isTrue();
    gate.countDown();
    runtime.close();
    assertThat(ran).hasValue(0);
  }

  @Test
  void withoutAMaximumManyBlockingJobsRunAtOnce() throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder());
    CountDownLatch gate = new CountDownLatch(1);
    List<JoinHandle<String>> running = occupy(runtime, 40, gate);
    gate.countDown();
    for (JoinHandle<String> handle : running) {
      assertThat(handle.join()).isEqualTo("occupied");
    }
  }

  private static List<JoinHandle<String>> occupy(
      CurrentThreadRuntime runtime, int threads, CountDownLatch gate) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(threads);
    List<JoinHandle<String>> handles = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      handles.add(
          runtime.spawnBlocking(
              () -> {
                begun.countDown();
                gate.await();
                return "occupied";
              }));
    }
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return handles;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void aMaximumOfBlockingThreadsIsAtLeastOne(int threads) {
    assertThatThrownBy(() -> PolluxRuntime.builder().maxBlockingThreads(threads))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBlockingThreads must be at least 1, was " + threads);
  }

  @Test
  void aBlockingThreadWithoutAJobEndsAfterTheKeepAlive() throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().blockingKeepAlive(Duration.ofMillis(1)));
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      Thread thread = runtime.spawnBlocking(Thread::currentThread).join();
      thread.join();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("four times the default")
        .isLessThan(Duration.ofSeconds(40));
    CurrentThreadRuntime patient =
        build(PolluxRuntime.builder().blockingKeepAlive(ChronoUnit.FOREVER.getDuration()));
    Thread stays = patient.spawnBlocking(Thread::currentThread).join();
    Waiting.await(() -> stays.getState() == Thread.State.TIMED_WAITING);
    assertThat(patient.spawnBlocking(Thread::currentThread).join()).isSameAs(stays);
  }

  @Test
  void aKeepAliveIsMoreThanZero() {
    assertThatThrownBy(() -> PolluxRuntime.builder().blockingKeepAlive(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("keepAlive");
    assertThatThrownBy(() -> PolluxRuntime.builder().blockingKeepAlive(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockingKeepAlive must be more than zero, was PT0S");
    assertThatThrownBy(() -> PolluxRuntime.builder().blockingKeepAlive(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockingKeepAlive must be more than zero, was PT-0.001S");
  }

  @Test
  void theQueueLimitBoundsTheBlockingJobsThatWait() throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().name("bounded").maxBlockingThreads(1).blockingQueueLimit(2));
    CountDownLatch gate = new CountDownLatch(1);
    List<JoinHandle<String>> running = occupy(runtime, 1, gate);
    List<JoinHandle<Integer>> queued =
        List.of(runtime.spawnBlocking(() -> 1), runtime.spawnInterruptible(() -> 1));
    assertThatThrownBy(() -> runtime.spawnBlocking(() -> 1))
        .isInstanceOf(BlockingQueueFullException.class)
        .hasMessage(
            "the blocking pool of runtime \"bounded\" is full: 2 jobs wait, which is its"
                + " blockingQueueLimit, and its threads (1) are busy");
    gate.countDown();
    assertThat(running.get(0).join()).isEqualTo("occupied");
    for (JoinHandle<Integer> handle : queued) {
      assertThat(handle.join()).isEqualTo(1);
    }
  }

  @Test
  void withoutALimitTheQueueIsUnbounded() throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder().maxBlockingThreads(1));
    CountDownLatch gate = new CountDownLatch(1);
    List<JoinHandle<String>> running = occupy(runtime, 1, gate);
    List<JoinHandle<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      queued.add(runtime.spawnBlocking(() -> 1));
    }
    gate.countDown();
    assertThat(running.get(0).join()).isEqualTo("occupied");
    for (JoinHandle<Integer> handle : queued) {
      assertThat(handle.join()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void aQueueLimitIsAtLeastOne(int jobs) {
    assertThatThrownBy(() -> PolluxRuntime.builder().blockingQueueLimit(jobs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockingQueueLimit must be at least 1, was " + jobs);
  }

  @Test
  void theExhaustionSaysWhetherAJoinThatNoThreadIsLeftForFails() throws Exception {
    for (BlockingExhaustion exhaustion : BlockingExhaustion.values()) {
      CurrentThreadRuntime runtime =
          build(
              PolluxRuntime.builder()
                  .maxBlockingThreads(1)
                  .blockingExhaustion(exhaustion)
                  .uncaughtFailureHandler((failure, origin) -> {}));
      JoinHandle<Integer> outer =
          runtime.spawnBlocking(() -> runtime.spawnBlocking(() -> 1).join());
      if (exhaustion == BlockingExhaustion.GROW) {
        assertThat(outer.join()).isEqualTo(1);
      } else {
        assertThatThrownBy(outer::join).hasCauseInstanceOf(BlockingPoolExhaustedException.class);
      }
    }
    assertThatThrownBy(() -> PolluxRuntime.builder().blockingExhaustion(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("exhaustion");
  }

  @Test
  void theThreadFactoryMakesTheBlockingThreads() throws Exception {
    CurrentThreadRuntime runtime =
        build(PolluxRuntime.builder().threadFactory(body -> new Thread(body, "from the factory")));
    assertThat(runtime.spawnBlocking(() -> Thread.currentThread().getName()).join())
        .isEqualTo("from the factory");
    assertThatThrownBy(() -> PolluxRuntime.builder().threadFactory(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("factory");
  }

  @Test
  void anInterruptibleJobIsInterruptedByItsCancel() throws Exception {
    CurrentThreadRuntime runtime = build(PolluxRuntime.builder());
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> job =
        runtime.spawnInterruptible(
            "named",
            () -> {
              begun.countDown();
              new CountDownLatch(1).await();
              return null;
            });
    assertThat(job.name()).contains("named");
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    job.requestCancel();
    assertThatThrownBy(() -> runtime.blockOn(job)).isInstanceOf(TaskCancelledException.class);
    assertThat(runtime.blockOn(runtime.spawnInterruptible(() -> 2))).isEqualTo(2);
  }

  // ---- the builder

  @Test
  void aBuilderBuildsSeveralRuntimesThatLaterChangesDoNotTouch() throws Exception {
    List<String> calls = new ArrayList<>();
    RuntimeBuilder builder = PolluxRuntime.builder().name("same").pausedClock();
    CurrentThreadRuntime first = build(builder);
    builder.listener(
        new RuntimeListener() {
          @Override
          public void taskSpawned(TaskInfo task) {
            calls.add("second");
          }
        });
    CurrentThreadRuntime second = build(builder);
    assertThat(first.blockOn(value(1))).isEqualTo(1);
    assertThat(calls).isEmpty();
    assertThat(second.blockOn(value(2))).isEqualTo(2);
    assertThat(calls).containsExactly("second");
  }

  private static Future<Integer> value(int value) {
    return Futures.ready(value);
  }

  private CurrentThreadRuntime build(RuntimeBuilder builder) {
    CurrentThreadRuntime runtime = builder.currentThread();
    opened.add(runtime);
    return runtime;
  }
}
