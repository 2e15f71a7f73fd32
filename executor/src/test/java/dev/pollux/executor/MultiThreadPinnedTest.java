package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
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
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that stay on one worker. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadPinnedTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;

  MultiThreadPinnedTest(int workers) {
    this.workers = workers;
    this.runtime =
        PolluxRuntime.builder()
            .name("pinning")
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    assertThat(runtime.liveTasks()).isZero();
    uncaught.assertNone();
  }

  /** What only one thread may touch: it finds out if another does. */
  private static final class Confined {
    private Thread owner;
    private boolean inside;
    int steps;

    void step() {
      assertThat(inside).isFalse();
      inside = true;
      if (owner == null) {
        owner = Thread.currentThread();
      }
      assertThat(Thread.currentThread()).isSameAs(owner);
      steps++;
      inside = false;
    }
  }

  private static Future<Void> steps(Confined confined, int count) {
    int[] left = {count};
    return cx -> {
      confined.step();
      if (--left[0] == 0) {
        return Poll.done();
      }
      cx.wakeSelf();
      return Poll.pending();
    };
  }

  @Test
  void theTasksOfASetShareWhatIsMadeForOneThread() throws Exception {
    Confined confined = new Confined();
    LocalSet set = runtime.localSet();
    List<JoinHandle<Void>> handles = new ArrayList<>();
    List<Elsewhere<Void>> spawners = new ArrayList<>();
    for (int thread = 0; thread < 3; thread++) {
      spawners.add(
          elsewhere(
              () -> {
                for (int i = 0; i < 50; i++) {
                  JoinHandle<Void> handle =
                      i % 2 == 0
                          ? set.spawn(steps(confined, 20))
                          : set.spawnWith(() -> steps(confined, 20));
                  synchronized (handles) {
                    handles.add(handle);
                  }
                }
                return null;
              }));
    }
    // Others keep all workers busy, and would steal what can be stolen.
    for (int i = 0; i < 200; i++) {
      runtime.spawn(Futures.yieldNow()).detach();
    }
    for (Elsewhere<Void> spawner : spawners) {
      spawner.result();
    }
    for (JoinHandle<Void> handle : handles) {
      handle.join();
    }
    assertThat(confined.steps).isEqualTo(3 * 50 * 20);
  }

  @Test
  void aPinnedTaskIsWokenFromEverywhereAndStaysWhereItIs() throws Exception {
    Confined confined = new Confined();
    List<Gate> gates = new ArrayList<>();
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      gates.add(new Gate());
    }
    JoinHandle<String> handle =
        runtime.spawnPinned(
            () ->
                cx -> {
                  confined.step();
                  while (next.get() < gates.size()) {
                    if (gates.get(next.get()).poll(cx).isPending()) {
                      return Poll.pending();
                    }
                    next.incrementAndGet();
                  }
                  return Poll.ready("through");
                });
    await(() -> gates.get(0).polls > 0);
    awaitDormant(runtime); // so its worker sleeps
    gates.get(0).open();
    await(() -> gates.get(1).polls > 0);
    runtime
        .spawn(
            cx -> {
              gates.get(1).open();
              return Poll.done();
            })
        .join();
    await(() -> gates.get(2).polls > 0);
    for (int worker = 0; worker < workers; worker++) { // from its own worker too
      runtime
          .spawnPinned(
              () ->
                  cx -> {
                    gates.get(2).open();
                    return Poll.done();
                  })
          .join();
    }
    await(() -> gates.get(3).polls > 0);
    runtime
        .spawn(
            sleep(Duration.ofMillis(3))
                .map(
                    nothing -> {
                      gates.get(3).open();
                      return null;
                    }))
        .join();
    assertThat(handle.join()).isEqualTo("through");
  }

  @Test
  void theFutureIsMadeOnTheWorker() throws Exception {
    AtomicReference<Thread> maker = new AtomicReference<>();
    Thread runner =
        runtime
            .spawnPinned(
                () -> {
                  maker.set(Thread.currentThread());
                  return cx -> Poll.ready(Thread.currentThread());
                })
            .join();
    assertThat(maker.get()).isSameAs(runner);
    assertThat(runner.getName()).startsWith("pinning-worker-");
  }

  @Test
  void successiveTasksGoToTheWorkersInTurn() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < workers; i++) {
      threads.add(runtime.spawnPinned(() -> cx -> Poll.ready(Thread.currentThread())).join());
    }
    assertThat(threads).hasSize(workers);
    Set<Thread> ofSets = new HashSet<>();
    for (int i = 0; i < workers; i++) {
      LocalSet set = runtime.localSet();
      Thread first = set.spawn(cx -> Poll.ready(Thread.currentThread())).join();
      assertThat(set.spawn("named", cx -> Poll.ready(Thread.currentThread())).join())
          .isSameAs(first);
      ofSets.add(first);
    }
    assertThat(ofSets).isEqualTo(threads);
  }

  @Test
  void timersOfPinnedTasksEnd() throws Exception {
    List<JoinHandle<Void>> handles = new ArrayList<>();
    for (int i = 0; i < 4 * workers; i++) {
      handles.add(runtime.spawnPinned(() -> sleep(Duration.ofMillis(3))));
    }
    for (JoinHandle<Void> handle : handles) {
      handle.join();
    }
  }

  @Test
  void whatAPinnedTaskSpawnsIsNotPinned() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    if (workers == 1) {
      return;
    }
    runtime
        .spawnPinned(
            () ->
                cx -> {
                  cx.spawner()
                      .spawn(
                          inner -> {
                            ran.countDown();
                            return Poll.done();
                          })
                      .detach();
                  awaitOpen(ran); // another worker must run it
                  return Poll.done();
                })
        .join();
  }

  @Test
  void aPinnedTaskWaitsForItsWorkerWhileOthersGoOn() throws Exception {
    if (workers == 1) {
      return;
    }
    LocalSet set = runtime.localSet();
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    JoinHandle<Void> blocker =
        set.spawn(
            cx -> {
              stuck.countDown();
              awaitOpen(release);
              order.add("blocker");
              return Poll.done();
            });
    awaitOpen(stuck);
    JoinHandle<Void> behind =
        set.spawn(
            cx -> {
              order.add("behind");
              return Poll.done();
            });
    Gate gate = new Gate();
    JoinHandle<String> woken = set.spawn(gate);
    for (int i = 0; i < 50; i++) {
      assertThat(runtime.spawn(Futures.ready(i)).join()).isEqualTo(i);
    }
    gate.open();
    assertThat(behind.isFinished()).isFalse();
    assertThat(gate.polls).isZero();
    release.countDown();
    blocker.join();
    behind.join();
    assertThat(woken.join()).isEqualTo("open");
    assertThat(order).containsExactly("blocker", "behind");
  }

  @Test
  void aPinnedTaskIsCancelledOnItsWorker() throws Exception {
    AtomicReference<Thread> polled = new AtomicReference<>();
    AtomicReference<Thread> cancelled = new AtomicReference<>();
    JoinHandle<Object> handle =
        runtime.spawnPinned(
            () ->
                waits(
                    cx -> {
                      polled.set(Thread.currentThread());
                    },
                    () -> cancelled.set(Thread.currentThread())));
    await(() -> polled.get() != null);
    awaitDormant(runtime);
    handle.requestCancel();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(cancelled.get()).isSameAs(polled.get());
  }

  @Test
  void aFutureThatWasHandedOverIsCancelledThoughItWasNeverPolled() throws Exception {
    LocalSet set = runtime.localSet();
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    set.spawn(
            cx -> {
              stuck.countDown();
              awaitOpen(release);
              return Poll.done();
            })
        .detach();
    awaitOpen(stuck);
    Gate gate = new Gate();
    JoinHandle<String> handle = set.spawn(gate);
    handle.requestCancel();
    release.countDown();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(gate.polls).isZero();
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void joiningAPinnedTaskInOneOfTheSameSetWorks() throws Exception {
    LocalSet set = runtime.localSet();
    int sum =
        set.spawnWith(
                () -> {
                  List<JoinHandle<Integer>> children = new ArrayList<>();
                  for (int i = 0; i < 300; i++) {
                    children.add(set.spawn(Futures.ready(i)));
                  }
                  assertThat(Context.current()).isPresent();
                  return Futures.joinAll(children)
                      .map(all -> all.stream().mapToInt(Integer::intValue).sum());
                })
            .join();
    assertThat(sum).isEqualTo(299 * 300 / 2);
  }

  @Test
  void atShutdownEachPinnedTaskEndsOnItsWorker() throws Exception {
    Confined confined = new Confined();
    LocalSet set = runtime.localSet();
    AtomicInteger cancels = new AtomicInteger();
    AtomicInteger polls = new AtomicInteger();
    for (int i = 0; i < 50; i++) {
      set.spawn(
              waits(
                  cx -> {
                    confined.step();
                    polls.incrementAndGet();
                  },
                  () -> {
                    confined.step();
                    cancels.incrementAndGet();
                  }))
          .detach();
    }
    await(() -> polls.get() == 50);
    runtime.close();
    assertThat(cancels).hasValue(50);
  }
}
