package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.ContextPropagation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is bound to a thread goes with the tasks and jobs that it spawns, one swap for a poll. */
@ParameterizedClass(name = "{0} workers; 0 is the current-thread runtime")
@ValueSource(ints = {0, 1, 2, 8})
@Timeout(60)
class ContextPropagationTest {

  private static final ThreadLocal<@Nullable String> TRACE = new ThreadLocal<>();

  /** What a hook does for {@link #TRACE}, counted. */
  private static final class Tracing implements ContextPropagation {
    final AtomicInteger captures = new AtomicInteger();
    final AtomicInteger restores = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();

    @Override
    public Snapshot capture() {
      captures.incrementAndGet();
      String trace = TRACE.get();
      return () -> {
        restores.incrementAndGet();
        String before = TRACE.get();
        TRACE.set(trace);
        Thread thread = Thread.currentThread();
        return () -> {
          closes.incrementAndGet();
          assertThat(Thread.currentThread()).isSameAs(thread);
          TRACE.set(before);
        };
      };
    }
  }

  private final Uncaught uncaught = new Uncaught();
  private final Tracing tracing = new Tracing();
  private final int workers;
  private PolluxRuntime runtime;

  ContextPropagationTest(int workers) {
    this.workers = workers;
    this.runtime = build(tracing);
  }

  private PolluxRuntime build(ContextPropagation propagation) {
    RuntimeBuilder builder =
        PolluxRuntime.builder()
            .contextPropagation(propagation)
            .uncaughtFailureHandler(uncaught::add);
    return workers == 0 ? builder.currentThread() : builder.workers(workers).multiThread();
  }

  @AfterEach
  void nothingIsLeft() {
    TRACE.remove();
    runtime.close();
    uncaught.assertNone();
    assertThat(tracing.closes).hasValue(tracing.restores.get());
  }

  private static Future<String> trace() {
    return cx -> Poll.ready(String.valueOf(TRACE.get()));
  }

  /** Runs what is ready, on a runtime that has no threads. */
  private <T> T result(JoinHandle<T> handle) throws Exception {
    return workers == 0 ? runtime.blockOn(handle) : handle.join();
  }

  @Test
  void eachPollSeesWhatHeldAtTheSpawnAndIsOneSwap() throws Exception {
    TRACE.set("a");
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger polls = new AtomicInteger();
    Future<Integer> body =
        cx -> {
          seen.add(String.valueOf(TRACE.get()));
          if (polls.incrementAndGet() == 100) {
            return Poll.ready(100);
          }
          cx.wakeSelf();
          return Poll.pending();
        };
    // Many futures in one task: still one swap for a poll.
    Future<Integer> deep = body.map(v -> v).map(v -> v).flatMap(Futures::ready);
    JoinHandle<Integer> task = runtime.spawn(deep);
    TRACE.set("b");
    int swapsOfTheJoin = 0;
    if (workers == 0) {
      assertThat(runtime.blockOn(task)).isEqualTo(100);
      swapsOfTheJoin = tracing.restores.get() - 100;
      assertThat(swapsOfTheJoin).isBetween(1, 3);
    } else {
      assertThat(task.join()).isEqualTo(100);
    }
    assertThat(seen).hasSize(100).containsOnly("a");
    await(() -> tracing.closes.get() == tracing.restores.get());
    assertThat(tracing.restores.get() - swapsOfTheJoin).isEqualTo(100);
    assertThat(tracing.captures).hasValue(workers == 0 ? 2 : 1);
    assertThat(TRACE.get()).isEqualTo("b");
  }

  @Test
  void everyWayToSpawnCaptures() throws Exception {
    TRACE.set("outer");
    assertThat(runtime.blockOn(trace())).isEqualTo("outer");
    assertThat(result(runtime.spawn("named", trace()))).isEqualTo("outer");
    assertThat(result(runtime.spawnPinned(ContextPropagationTest::trace))).isEqualTo("outer");
    assertThat(result(runtime.localSet().spawn(trace()))).isEqualTo("outer");
    assertThat(result(runtime.spawnShielded(trace()))).isEqualTo("outer");
    assertThat(result(((Spawned<String>) runtime.trySpawn(trace())).handle())).isEqualTo("outer");
    assertThat(result(runtime.spawnBlocking(() -> String.valueOf(TRACE.get())))).isEqualTo("outer");
    assertThat(result(runtime.spawnInterruptible("named", () -> String.valueOf(TRACE.get()))))
        .isEqualTo("outer");
    assertThat(runtime.blockOn(trace().shielded())).isEqualTo("outer");
  }

  @Test
  void commandsOfTheExecutorServicesCapture() throws Exception {
    List<ScheduledExecutorService> services =
        List.of(runtime.asScheduledExecutorService(), runtime.asBlockingScheduledExecutorService());
    for (ScheduledExecutorService service : services) {
      TRACE.set("command");
      var command = service.submit(() -> String.valueOf(TRACE.get()));
      TRACE.remove();
      CountDownLatch done = new CountDownLatch(1);
      service.execute(done::countDown);
      if (workers == 0) {
        await(
            () -> {
              ((CurrentThreadRuntime) runtime).tryTick();
              return command.isDone();
            });
      }
      assertThat(command.get()).isEqualTo("command");
      service.shutdown();
    }
  }

  @Test
  void aSpawnInAPollCapturesWhatHoldsAtThatMoment() throws Exception {
    TRACE.set("request");
    Future<JoinHandle<String>> body =
        cx -> {
          TRACE.set("inner");
          return Poll.ready(cx.spawner().spawn(trace()));
        };
    JoinHandle<String> inner = result(runtime.spawn(body));
    assertThat(result(inner)).isEqualTo("inner");
  }

  @Test
  void nothingLeaksToOtherTasks() throws Exception {
    TRACE.set("mine");
    List<JoinHandle<String>> mine = new ArrayList<>();
    List<JoinHandle<String>> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      TRACE.set("mine");
      mine.add(runtime.spawn(Futures.yieldNow().flatMap(v -> trace())));
      TRACE.remove();
      others.add(runtime.spawn(Futures.yieldNow().flatMap(v -> trace())));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(result(mine.get(i))).isEqualTo("mine");
      assertThat(result(others.get(i))).isEqualTo("null");
    }
  }

  @Test
  void theCancelOfATaskSeesIt() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    Gate gate = new Gate();
    TRACE.set("cancelled");
    JoinHandle<Object> task =
        runtime.spawn(
            Futures.pollFn(
                cx -> {
                  Poll<String> unused = gate.poll(cx);
                  return Poll.pending();
                },
                () -> {
                  seen.set(TRACE.get());
                  gate.cancel();
                }));
    TRACE.remove();
    task.requestCancel();
    assertThatThrownBy(() -> result(task)).isInstanceOf(TaskCancelledException.class);
    assertThat(seen).hasValue("cancelled");
  }

  @Test
  void whatIsRefusedIsCancelledAsItIs() throws Exception {
    runtime.close();
    TRACE.set("spawner");
    AtomicReference<String> seen = new AtomicReference<>();
    Future<Object> refused = MultiThreading.waits(cx -> {}, () -> seen.set(TRACE.get()));
    assertThatThrownBy(() -> runtime.spawn(refused).detach()).hasMessageContaining("shut down");
    assertThat(seen).hasValue("spawner");
  }

  @Test
  void aRejectedAttemptHandsTheFutureBackUntouched() {
    runtime.close();
    RuntimeBuilder builder = PolluxRuntime.builder().contextPropagation(tracing).maxTasks(1);
    runtime = workers == 0 ? builder.currentThread() : builder.workers(workers).multiThread();
    Gate gate = new Gate();
    runtime.spawn(gate).detach();
    Future<String> other = trace();
    SpawnAttempt<String> attempt = runtime.trySpawn(other);
    assertThat(((SpawnRejected<String>) attempt).future()).isSameAs(other);
  }

  @Test
  void aHookThatFailsIsReportedAndHurtsNobody() throws Exception {
    IllegalStateException broken = new IllegalStateException("broken hook");
    ContextPropagation.Scope failingScope =
        () -> {
          throw broken;
        };
    ContextPropagation.Snapshot failingSnapshot =
        () -> {
          throw broken;
        };
    List<ContextPropagation> hooks =
        List.of(
            () -> {
              throw broken;
            },
            () -> failingSnapshot,
            () -> () -> failingScope);
    for (ContextPropagation hook : hooks) {
      runtime.close();
      runtime = build(hook);
      JoinHandle<Integer> task = runtime.spawn(Futures.yieldNow().map(v -> 5));
      assertThat(result(task)).isEqualTo(5);
      assertThat(result(runtime.spawnBlocking(() -> 6))).isEqualTo(6);
      await(() -> !uncaught.failures().isEmpty());
      runtime.close();
      assertThat(uncaught.failures()).isNotEmpty().containsOnly(broken);
      assertThat(uncaught.origins()).allMatch(origin -> origin.contains("context propagation"));
      uncaught.forget();
    }
  }

  @Test
  void aHookThatAnswersNullIsReported() throws Exception {
    runtime.close();
    runtime = build(nulls());
    assertThat(result(runtime.spawn(Futures.ready(5)))).isEqualTo(5);
    await(() -> !uncaught.failures().isEmpty());
    runtime.close();
    assertThat(uncaught.failures())
        .allSatisfy(failure -> assertThat(failure).hasMessage("capture() answered null"));
    uncaught.forget();
  }

  @SuppressWarnings("NullAway") // the mistake that is to be found
  private static ContextPropagation nulls() {
    return () -> null;
  }

  @Test
  void pollsOnOtherWorkersSeeIt() throws Exception {
    if (workers < 2) {
      return;
    }
    TRACE.set("everywhere");
    CountDownLatch bothPolled = new CountDownLatch(2);
    List<JoinHandle<String>> tasks = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      tasks.add(
          runtime.spawn(
              cx -> {
                bothPolled.countDown();
                awaitOpen(bothPolled); // so they are on different workers
                return Poll.ready(TRACE.get() + Context.current().isPresent());
              }));
    }
    for (JoinHandle<String> task : tasks) {
      assertThat(task.join()).isEqualTo("everywheretrue");
    }
  }
}
