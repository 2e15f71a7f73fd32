package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.CancelHandle;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.JoinMap;
import dev.pollux.core.JoinSet;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.TaskResult;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import dev.pollux.structure.FailurePolicy;
import dev.pollux.structure.ScopeOptions;
import dev.pollux.structure.TaskScope;
import dev.pollux.structure.TaskTracker;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets and scopes on the multi-thread runtime, and their blocking ends. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(120)
class StructureTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;

  StructureTest(int workers) {
    this.workers = workers;
    this.runtime =
        PolluxRuntime.builder()
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    await(() -> runtime.liveTasks() == 0);
    runtime.close();
    uncaught.assertNone();
  }

  private static Future<Object> forever() {
    return sleep(Duration.ofHours(1)).map(nothing -> "late");
  }

  // ---- JoinSet

  @Test
  void theEndOfASetIsTheEndOfItsTasks() throws Exception {
    List<CancelHandle> handles = new ArrayList<>();
    try (JoinSet<Object> set = JoinSet.on(runtime)) {
      for (int i = 0; i < 100; i++) {
        handles.add(set.spawn(i % 2 == 0 ? forever() : Futures.yieldNow().map(nothing -> "yes")));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(runtime.blockOn(set.joinNext())).contains("yes");
      }
    }
    assertThat(handles).allMatch(CancelHandle::isFinished);
  }

  @Test
  void blockingAndPinnedTasksAreJoinedToo() throws Exception {
    JoinSet<Object> set = JoinSet.on(runtime);
    set.add(runtime.spawnBlocking(() -> "blocking"));
    set.add(runtime.spawnPinned(() -> cx -> Poll.ready("pinned")));
    set.spawn("named", Futures.ready("task"));
    assertThat(runtime.blockOn(set.joinAll()))
        .containsExactlyInAnyOrder("blocking", "pinned", "task");
  }

  @Test
  void aCloseOnAWorkerAsksAndRefuses() throws Exception {
    JoinSet<Object> set = JoinSet.on(runtime);
    set.spawn(forever());
    assertThatThrownBy(
            () ->
                runtime.blockOn(
                    cx -> {
                      set.close();
                      return Poll.done();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closeAsync()");
    runtime.blockOn(set.closeAsync());
    assertThat(set.size()).isZero();
  }

  @Test
  void anInterruptDoesNotEndAClose() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Elsewhere<Boolean> closer =
        elsewhere(
            () -> {
              JoinSet<Object> set = JoinSet.on(runtime);
              TaskScope scope = TaskScope.on(runtime);
              set.add(
                  runtime.spawnBlocking(
                      () -> {
                        begun.countDown();
                        MultiThreading.awaitOpen(release);
                        return "over";
                      }));
              assertThat(scope.trySpawn(forever())).isPresent();
              MultiThreading.awaitOpen(begun);
              Thread.currentThread().interrupt();
              scope.close();
              set.close();
              assertThat(set.size()).isZero();
              assertThat(scope.liveChildren()).isZero();
              return Thread.interrupted();
            });
    MultiThreading.awaitOpen(begun);
    closer.asleep();
    assertThat(closer.isDone()).isFalse();
    release.countDown();
    assertThat(closer.result()).as("the flag").isTrue();
  }

  @Test
  void aTaskMayJoinWhatItSpawns() throws Exception {
    int sum =
        runtime.blockOn(
            Futures.<Integer>defer(
                () -> {
                  JoinMap<Integer, Integer> map = JoinMap.on(runtime);
                  for (int i = 0; i < 300; i++) {
                    int value = i;
                    map.spawn(i % 100, Futures.yieldNow().map(nothing -> value));
                  }
                  return map.results().fold(0, (total, result) -> total + result.value());
                }));
    assertThat(sum).isEqualTo(Stream.iterate(200, i -> i + 1).limit(100).mapToInt(i -> i).sum());
  }

  @Test
  void parallelJoinUsesAllWorkers() throws Exception {
    CountDownLatch atOnce = new CountDownLatch(workers);
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      int value = i;
      futures.add(
          cx -> {
            atOnce.countDown();
            MultiThreading.awaitOpen(atOnce); // all of them are in a poll at this moment
            return Poll.ready(value);
          });
    }
    assertThat(runtime.blockOn(Futures.parallelJoin(futures))).hasSize(workers);
  }

  @Test
  void parallelJoinThrowsTheFirstFailure() throws Exception {
    List<Future<Object>> futures =
        List.of(forever(), Futures.failed(new IOException("torn")), forever());
    assertThatThrownBy(() -> runtime.blockOn(Futures.parallelJoin(futures)))
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("torn");
    assertThat(runtime.metrics().workerThreads()).isEqualTo(workers);
  }

  // ---- TaskScope

  @Test
  void theFirstFailureEndsTheScope() throws Exception {
    assertThatThrownBy(
            () -> {
              try (TaskScope scope = TaskScope.on(runtime)) {
                assertThat(scope.trySpawn(forever())).isPresent();
                assertThat(scope.trySpawn(Futures.failed(new IOException("torn")))).isPresent();
                runtime.blockOn(scope.join());
              }
            })
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("torn");
  }

  @Test
  void aFailureThatTheScopeHasThrownIsNotReportedForALostOrDetachedHandle() throws Exception {
    List<WeakReference<Object>> handles = new ArrayList<>();
    for (boolean detach : new boolean[] {false, true}) {
      try (TaskScope scope = TaskScope.on(runtime)) {
        handles.add(new WeakReference<>(spawnFailing(scope, detach)));
        assertThatThrownBy(() -> runtime.blockOn(scope.join())).hasRootCauseMessage("torn");
      }
    }
    await(
        () -> {
          System.gc();
          return handles.stream().allMatch(handle -> handle.get() == null);
        });
    // A sentinel that the same collector thread reports: what came before it has been run.
    handles.add(new WeakReference<>(runtime.spawn(Futures.failed(new IOException("sentinel")))));
    await(
        () -> {
          System.gc();
          return !uncaught.failures().isEmpty();
        });
    assertThat(uncaught.failures())
        .singleElement()
        .satisfies(f -> assertThat(f).hasMessage("sentinel"));
    uncaught.forget();
  }

  private static JoinHandle<Object> spawnFailing(TaskScope scope, boolean detach) {
    Future<Object> child = Futures.failed(new IOException("torn"));
    JoinHandle<Object> handle = scope.trySpawn(child).orElseThrow();
    if (detach) {
      handle.detach();
    }
    return handle;
  }

  @Test
  void inATaskAScopeWaitsForItsChildren() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> with =
        runtime.spawn(
            TaskScope.with(
                scope ->
                    scope
                        .spawn("child", gate)
                        .flatMap(handle -> scope.spawn("other", Futures.yieldNow()))
                        .map(handle -> "body")));
    await(() -> gate.waker != null);
    assertThat(with.isFinished()).isFalse();
    gate.open();
    assertThat(with.join()).isEqualTo("body");
  }

  @Test
  void aScopeThatIsCancelledCancelsItsChildren() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> with =
        runtime.spawn(
            TaskScope.with(
                scope -> scope.spawn("child", gate).flatMap(handle -> Futures.pending())));
    await(() -> gate.waker != null);
    with.requestCancel();
    await(() -> gate.cancels == 1);
  }

  @Test
  void setsAndScopesEndWithTheirRuntime() throws Exception {
    PolluxRuntime ending =
        PolluxRuntime.builder()
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
    TaskScope scope =
        TaskScope.on(
            ending,
            ScopeOptions.defaults().withMaxConcurrent(2).withUncaughtFailureHandler(uncaught::add));
    assertThat(scope.trySpawn(forever())).isPresent();
    assertThat(scope.trySpawn(forever())).isPresent();
    ending.spawn(scope.spawn(forever())).detach();
    ending.spawn(scope.join()).detach();
    JoinSet<Object> set = JoinSet.on(ending);
    set.spawn(forever());
    ending.close();
    assertThat(scope.liveChildren()).isZero();
    scope.close();
    set.close();
    assertThatThrownBy(() -> set.spawn(forever())).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCurrentThreadRuntimeIsDrivenByTheClose() throws Exception {
    try (CurrentThreadRuntime single = PolluxRuntime.currentThread()) {
      List<CancelHandle> handles = new ArrayList<>();
      try (JoinSet<Object> set = JoinSet.on(single);
          TaskScope scope =
              TaskScope.on(
                  single, ScopeOptions.defaults().withFailurePolicy(FailurePolicy.KEEP_GOING))) {
        handles.add(set.spawn(forever()));
        handles.add(scope.trySpawn(forever()).orElseThrow());
      }
      assertThat(handles).allMatch(CancelHandle::isFinished);
    }
  }

  @Test
  void aSpawnerThatHandsLocalsOnIsStillTheRuntimeThatACloseDrives() throws Exception {
    TaskLocal<String> user = new TaskLocal<>("user");
    try (CurrentThreadRuntime single = PolluxRuntime.currentThread()) {
      Spawner inheriting =
          single.blockOn(user.scope("ada", cx -> Poll.ready(single.inheriting(cx.locals()))));
      Spawner twice = inheriting.inheriting(TaskLocals.empty());
      List<CancelHandle> handles = new ArrayList<>();
      try (JoinSet<Object> set = JoinSet.on(inheriting);
          JoinMap<String, Object> map = JoinMap.on(twice);
          TaskScope scope = TaskScope.on(inheriting)) {
        handles.add(set.spawn(forever()));
        handles.add(map.spawn("key", forever()));
        handles.add(scope.trySpawn(forever()).orElseThrow());
      }
      assertThat(handles).allMatch(CancelHandle::isFinished);
      assertThat(inheriting).isInstanceOf(BlockOn.class);
      assertThat(((BlockOn) inheriting).<String>blockOn(cx -> Poll.ready(user.get(cx).orElse(""))))
          .isEqualTo("ada");
    }
    assertThat(runtime.localSet().inheriting(TaskLocals.empty())).isNotInstanceOf(BlockOn.class);
  }

  @Test
  void theSpawnSiteIsTheLineOfTheUser() throws Exception {
    try (MultiThreadRuntime traced =
            PolluxRuntime.builder().workers(workers).captureSpawnSites(true).multiThread();
        TaskScope scope = TaskScope.on(traced);
        JoinSet<Object> set = JoinSet.on(traced);
        JoinMap<String, Object> map = JoinMap.on(traced.inheriting(TaskLocals.empty()))) {
      List<CancelHandle> handles = new ArrayList<>();
      int line = lineOfCaller();
      handles.add(scope.trySpawn(forever()).orElseThrow());
      handles.add(scope.trySpawn("named", forever()).orElseThrow());
      handles.add(set.spawn(forever()));
      handles.add(map.spawn("key", forever()));
      handles.add(new TaskTracker().spawn(traced, Futures.ready("tracked")));
      for (CancelHandle handle : handles) {
        line++;
        StackTraceElement site = handle.spawnSite().orElseThrow();
        assertThat(site.getClassName()).isEqualTo(StructureTest.class.getName());
        assertThat(site.getLineNumber()).isEqualTo(line);
      }
      JoinHandle<Object> ofAWorker = traced.blockOn(scope.spawn(forever()));
      assertThat(ofAWorker.spawnSite()).as("nobody's frame").isEmpty();
    }
  }

  private static int lineOfCaller() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  @Test
  void aSetOnASpawnerThatIsNoRuntimeIsWaitedFor() throws Exception {
    try (JoinSet<Object> set = JoinSet.on(runtime.localSet())) {
      set.spawn(forever());
      set.spawn(Futures.ready("dropped"));
    }
    try (TaskScope scope = TaskScope.on(runtime.localSet())) {
      assertThat(scope.trySpawn(forever())).isPresent();
    }
  }

  @Test
  void aMillionOutcomesPassThroughOneSet() throws Exception {
    long sum =
        runtime.blockOn(
            Futures.<Long>defer(
                () -> {
                  JoinSet<Integer> set = JoinSet.on(runtime);
                  return Futures.<Long>repeatUntil(new Batches(set)::next);
                }));
    assertThat(sum).isEqualTo(1_000_000);
  }

  /** Spawns a thousand, joins them, and so on. */
  private static final class Batches {
    private final JoinSet<Integer> set;
    private long joined;

    Batches(JoinSet<Integer> set) {
      this.set = set;
    }

    Future<Optional<Long>> next() {
      for (int i = 0; i < 1000; i++) {
        set.spawn(Futures.ready(1));
      }
      return set.results()
          .map(TaskResult::value)
          .fold(0L, Long::sum)
          .map(
              batch -> {
                joined += batch;
                return joined < 1_000_000 ? Optional.<Long>empty() : Optional.of(joined);
              });
    }
  }
}
