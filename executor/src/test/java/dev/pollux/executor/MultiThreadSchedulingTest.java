package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.awaitQuiet;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Follower;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who runs what next, and who sleeps. */
@Timeout(60)
class MultiThreadSchedulingTest {

  private final Uncaught uncaught = new Uncaught();
  private final List<MultiThreadRuntime> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(MultiThreadRuntime::close);
    uncaught.assertNone();
  }

  private RuntimeBuilder builder(int workers) {
    return PolluxRuntime.builder().workers(workers).uncaughtFailureHandler(uncaught::add);
  }

  private MultiThreadRuntime build(RuntimeBuilder builder) {
    MultiThreadRuntime runtime = builder.multiThread();
    opened.add(runtime);
    return runtime;
  }

  // ---- sleep

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void anIdleRuntimeMakesNoWakeUp(int workers) throws Exception {
    MultiThreadRuntime runtime = build(builder(workers));
    awaitQuiet(runtime, Duration.ofMillis(200));
    List<JoinHandle<Void>> handles = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      handles.add(runtime.spawn(sleep(Duration.ofMillis(1))));
    }
    for (JoinHandle<Void> handle : handles) {
      handle.join();
    }
    assertThat(runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))).join()).isEqualTo(1);
    awaitQuiet(runtime, Duration.ofMillis(200));
    JoinHandle<?> waits = runtime.spawn(new Gate());
    JoinHandle<?> sleeps = runtime.spawn(sleep(Duration.ofHours(1)));
    awaitQuiet(runtime, Duration.ofMillis(200));
    waits.requestCancel();
    sleeps.requestCancel();
  }

  @Test
  void anIdleRuntimeIsAwakeAgainForWhateverComes() throws Exception {
    MultiThreadRuntime runtime = build(builder(4));
    for (int i = 0; i < 5; i++) {
      awaitDormant(runtime);
      assertThat(runtime.spawn(Futures.ready(i)).join()).isEqualTo(i);
      awaitDormant(runtime);
      assertThat(runtime.spawnPinned(() -> Futures.ready("pinned")).join()).isEqualTo("pinned");
    }
  }

  @Test
  void aPairThatPlaysPingPongStaysOnOneWorker() throws Exception {
    MultiThreadRuntime runtime = build(builder(2));
    PingPong game = new PingPong(50_000);
    RuntimeMetrics before = runtime.metrics();
    runtime.spawn(game).join();
    RuntimeMetrics after = runtime.metrics();
    assertThat(game.played).isEqualTo(50_000);
    // The sentinel looks each millisecond, and what it finds it may take; that is not per round.
    assertThat(after.steals() - before.steals()).isLessThan(5_000);
    assertThat(after.unparks() - before.unparks()).isLessThan(5_000);
    assertThat(after.lifoPolls() - before.lifoPolls()).isGreaterThan(80_000);
  }

  /** Spawns its opponent, and the two wake each other in turn. */
  private static final class PingPong implements Future<Void> {
    private final int rounds;
    private volatile Waker ping;
    private volatile Waker pong;
    private volatile int turn;
    volatile int played;
    private JoinHandle<Void> opponent;

    PingPong(int rounds) {
      this.rounds = rounds;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one after the other: the turn is handed on
    public Poll<Void> poll(Context cx) throws Exception {
      ping = cx.waker();
      if (opponent == null) {
        opponent =
            cx.spawner()
                .spawn(
                    inner -> {
                      pong = inner.waker();
                      if (turn == 1) {
                        turn = 0;
                        played++;
                        ping.wake();
                      }
                      return played >= rounds ? Poll.done() : Poll.pending();
                    });
        turn = 1;
        return Poll.pending();
      }
      if (played >= rounds) {
        return opponent.poll(cx);
      }
      if (turn == 0) {
        turn = 1;
        pong.wake();
      }
      return Poll.pending();
    }
  }

  // ---- order

  @Test
  void withALifoSlotTheFirstChildRunsFirstAndTheOthersInOrder() throws Exception {
    assertThat(orderOfChildren(true)).containsExactly("earlier 0", "a", "earlier 1", "b", "c");
  }

  @Test
  void withoutALifoSlotTasksRunInTheOrderInWhichTheyBecameReady() throws Exception {
    assertThat(orderOfChildren(false)).containsExactly("earlier 0", "earlier 1", "a", "b", "c");
  }

  /** One worker runs two tasks of which the first spawns three: in which order do they run? */
  private List<String> orderOfChildren(boolean lifoSlot) throws Exception {
    MultiThreadRuntime runtime = build(builder(1).lifoSlot(lifoSlot).injectInterval(1_000));
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch queued = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(5);
    runtime
        .spawn(
            cx -> {
              awaitOpen(queued);
              return Poll.done();
            })
        .detach();
    for (int i = 0; i < 2; i++) {
      String name = "earlier " + i;
      boolean first = i == 0;
      runtime
          .spawn(
              cx -> {
                order.add(name);
                if (first) {
                  for (String child : List.of("a", "b", "c")) {
                    cx.spawner()
                        .spawn(
                            inner -> {
                              order.add(child);
                              all.countDown();
                              return Poll.done();
                            })
                        .detach();
                  }
                }
                all.countDown();
                return Poll.done();
              })
          .detach();
    }
    queued.countDown();
    awaitOpen(all);
    return order;
  }

  @Test
  void theLifoSlotLetsTheOthersHaveTheirTurnAfterThreeRuns() throws Exception {
    MultiThreadRuntime runtime = build(builder(1));
    Spinner other = new Spinner();
    JoinHandle<String> spinning = runtime.spawn(other);
    await(() -> other.polls > 0);
    // Children without end, each in the slot of the worker. They must not keep the spinner out.
    Chain chain = new Chain();
    runtime.spawn(chain.link()).detach();
    for (int i = 1; i <= 10; i++) {
      int polls = other.polls;
      int links = chain.length;
      await(() -> other.polls > polls && chain.length > links);
    }
    assertThat((double) chain.length / other.polls).isLessThan(5);
    chain.stop = true;
    other.stop = true;
    spinning.join();
  }

  private static final class Chain {
    volatile boolean stop;
    volatile int length;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one link at a time
    Future<Void> link() {
      return cx -> {
        length++;
        if (!stop) {
          cx.spawner().spawn(link()).detach();
        }
        return Poll.done();
      };
    }
  }

  @Test
  void pinnedTasksAndOthersTakeTurns() throws Exception {
    MultiThreadRuntime runtime = build(builder(1));
    Spinner free = new Spinner();
    Spinner pinned = new Spinner();
    JoinHandle<String> first = runtime.spawn(free);
    JoinHandle<String> second = runtime.spawnPinned(() -> pinned);
    for (int i = 1; i <= 10; i++) {
      int freePolls = free.polls;
      int pinnedPolls = pinned.polls;
      await(() -> free.polls > freePolls + 10 && pinned.polls > pinnedPolls + 10);
    }
    free.stop = true;
    pinned.stop = true;
    first.join();
    second.join();
  }

  // ---- from outside

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 50})
  void aBusyWorkerTakesATaskFromOutsideAtTheInjectInterval(int interval) throws Exception {
    MultiThreadRuntime runtime = build(builder(1).injectInterval(interval));
    Spinner spinner = new Spinner();
    AtomicReference<JoinHandle<String>> spinning = new AtomicReference<>();
    runtime
        .spawn(
            cx -> {
              // Several of them, so that the queue of the worker is never empty.
              cx.spawner().spawn(new Follower(spinner)).detach();
              cx.spawner().spawn(new Follower(spinner)).detach();
              spinning.set(cx.spawner().spawn(spinner));
              return Poll.done();
            })
        .join();
    await(() -> spinner.polls > 100);
    // The spinner itself pushes from a thread that is no worker: what it sees is exact.
    CountDownLatch pushed = new CountDownLatch(1);
    int[] seen = new int[2];
    spinner.between =
        () -> {
          spinner.between = null;
          Thread outside =
              new Thread(
                  () -> {
                    seen[0] = spinner.polls;
                    runtime
                        .spawn(
                            cx -> {
                              seen[1] = spinner.polls;
                              pushed.countDown();
                              return Poll.done();
                            })
                        .detach();
                  });
          outside.start();
          try {
            outside.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    awaitOpen(pushed);
    assertThat(seen[1] - seen[0]).isBetween(0, interval + 1);
    spinner.stop = true;
    spinning.get().join();
  }

  @Test
  void aThousandTasksThatNeverEndKeepNobodyOut() throws Exception {
    MultiThreadRuntime runtime = build(builder(2));
    Spinner boss = new Spinner();
    List<JoinHandle<String>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(runtime.spawn(new Follower(boss)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(runtime.spawn(Futures.ready(i)).join(Duration.ofSeconds(30))).isEqualTo(i);
    }
    runtime.spawn(sleep(Duration.ofMillis(1))).join(Duration.ofSeconds(30));
    assertThat(runtime.spawnPinned(() -> Futures.ready("pinned")).join(Duration.ofSeconds(30)))
        .isEqualTo("pinned");
    boss.stop = true;
    for (JoinHandle<String> handle : all) {
      assertThat(handle.join()).isEqualTo("stopped");
    }
    assertThat(runtime.metrics().overflows()).isPositive();
  }

  @Test
  void whatIsCountedAddsUp() throws Exception {
    MultiThreadRuntime runtime = build(builder(2));
    for (int i = 0; i < 100; i++) {
      assertThat(runtime.spawn(Futures.yieldNow()).join()).isNull();
    }
    await(() -> runtime.metrics().polls() == 200); // the last poll ends after its join
    RuntimeMetrics metrics = runtime.metrics();
    assertThat(metrics.workers()).isEqualTo(2);
    assertThat(metrics.workerThreads()).isEqualTo(2);
    assertThat(metrics.polls()).isEqualTo(200);
    assertThat(metrics.injectedTasks()).isEqualTo(100);
    assertThat(metrics.liveTasks()).isZero();
    assertThat(metrics.injectQueueDepth()).isZero();
    await(() -> runtime.metrics().parks() > 0);
  }

  @Test
  void aWorkerWithoutTasksStealsThem() throws Exception {
    MultiThreadRuntime runtime = build(builder(2));
    // Two children of one task must run at the same time.
    CountDownLatch both = new CountDownLatch(2);
    JoinHandle<Void> parent =
        runtime.spawn(
            Futures.<Void>defer(
                () -> {
                  Context cx = Context.current().orElseThrow();
                  List<JoinHandle<Void>> children = new ArrayList<>();
                  for (int i = 0; i < 2; i++) {
                    children.add(
                        cx.spawner()
                            .spawn(
                                inner -> {
                                  both.countDown();
                                  awaitOpen(both);
                                  return Poll.done();
                                }));
                  }
                  return Futures.joinAll(children).map(all -> null);
                }));
    parent.join();
  }
}
