package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.waits;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a multi-thread runtime, at any moment and from anywhere. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadShutdownTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;
  private final CountDownLatch release = new CountDownLatch(1);

  MultiThreadShutdownTest(int workers) {
    this.workers = workers;
    this.runtime = builder().multiThread();
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("ending")
        .workers(workers)
        .captureSpawnSites(true)
        .shutdownPatience(Duration.ofHours(1)) // whoever waits for it in vain hangs
        .uncaughtFailureHandler(uncaught::add);
  }

  @AfterEach
  void allThreadsEnd() throws Exception {
    release.countDown();
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    await(() -> runtime.liveTasks() == 0);
    await(() -> runtime.metrics().workerThreads() == 0);
    uncaught.assertNone();
  }

  /** A task that is in its poll until the test ends. */
  private JoinHandle<Object> stuck(String name, AtomicInteger cancels) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> handle =
        runtime.spawn(
            name,
            waits(
                cx -> {
                  begun.countDown();
                  awaitOpen(release);
                },
                cancels::incrementAndGet));
    awaitOpen(begun);
    return handle;
  }

  // ---- what becomes of tasks

  @Test
  void aRuntimeThatWasNeverUsedCloses() {
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
  }

  @Test
  void tasksThatWaitAreCancelledOnAWorker() throws Exception {
    List<String> cancelledOn = Collections.synchronizedList(new ArrayList<>());
    List<JoinHandle<?>> handles = new ArrayList<>();
    AtomicInteger polls = new AtomicInteger();
    for (int i = 0; i < 50; i++) {
      Future<Object> waits =
          waits(
              cx -> {
                polls.incrementAndGet();
              },
              () -> cancelledOn.add(Thread.currentThread().getName()));
      handles.add(i % 2 == 0 ? runtime.spawn(waits) : runtime.spawnPinned(() -> waits));
      handles.add(runtime.spawn(sleep(Duration.ofHours(1))));
    }
    await(() -> polls.get() == 50);
    runtime.close();
    assertThat(cancelledOn)
        .hasSize(50)
        .allSatisfy(name -> assertThat(name).startsWith("ending-worker-"));
    for (JoinHandle<?> handle : handles) {
      assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    }
  }

  @Test
  void aFutureThatNeedsTheRuntimeInItsCancelIsRefusedAndHurtsNobody() throws Exception {
    AtomicReference<Throwable> spawn = new AtomicReference<>();
    Gate gate = new Gate();
    JoinHandle<Object> handle =
        runtime.spawn(
            waits(
                cx -> {
                  var unused = gate.poll(cx);
                },
                () -> {
                  try {
                    runtime.spawn(Futures.ready(1)).detach();
                  } catch (RuntimeShutdownException refused) {
                    spawn.set(refused);
                  }
                }));
    await(() -> gate.polls == 1);
    runtime.close();
    assertThat(spawn.get()).isInstanceOf(RuntimeShutdownException.class);
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void whatATaskMakesWhileItIsCancelledIsWoken() throws Exception {
    // A chain: each is woken by the end of the one before.
    JoinHandle<Object> first = runtime.spawn(Futures.pending());
    JoinHandle<?> last = first;
    for (int i = 0; i < 100; i++) {
      JoinHandle<?> before = last;
      last = runtime.spawn(before.map(value -> value));
    }
    JoinHandle<?> end = last;
    runtime.close();
    assertThatThrownBy(end::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void tasksThatYieldForEverAreCancelled() {
    List<JoinHandle<String>> spinning = new ArrayList<>();
    for (int i = 0; i < 3 * workers; i++) {
      spinning.add(runtime.spawn(new Waiting.Spinner()));
    }
    runtime.close();
    for (JoinHandle<String> handle : spinning) {
      assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    }
  }

  // ---- afterwards

  @Test
  void afterwardsEverythingIsRefused() throws Exception {
    runtime.close();
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      gates.add(new Gate());
    }
    LocalSet set = runtime.localSet();
    assertRefused(() -> runtime.spawn(gates.get(0)).detach());
    assertRefused(() -> runtime.spawn("named", gates.get(1)).detach());
    assertRefused(() -> runtime.trySpawn(gates.get(2)).isSpawned());
    assertRefused(() -> set.spawn(gates.get(3)).detach());
    assertRefused(() -> set.spawn("named", gates.get(4)).detach());
    assertRefused(() -> runtime.blockOn(gates.get(5)));
    assertRefused(() -> runtime.blockOn(gates.get(6), Duration.ofSeconds(1)));
    for (Gate gate : gates) {
      assertThat(gate.cancels).isEqualTo(1);
      assertThat(gate.polls).isZero();
    }
    AtomicBoolean asked = new AtomicBoolean();
    assertRefused(
        () ->
            runtime
                .spawnPinned(
                    () -> {
                      asked.set(true);
                      return Futures.ready(1);
                    })
                .detach());
    assertThat(asked).isFalse();
    assertRefused(() -> runtime.spawnBlocking(() -> 1).detach());
    assertRefused(() -> MultiThreading.armFromOutside(runtime, Duration.ofSeconds(1), () -> {}));
    assertThat(runtime.blockInPlace(() -> 1)).isEqualTo(1);
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(RuntimeShutdownException.class);
  }

  @Test
  void aTimerFromOutsideIsWokenByTheEndAndFails() throws Exception {
    CountDownLatch woken = new CountDownLatch(1);
    MultiThreading.armFromOutside(runtime, Duration.ofHours(1), woken::countDown);
    runtime.close();
    awaitOpen(woken);
  }

  @Test
  void wakersAndHandlesMayStillBeUsed() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn(gate);
    await(() -> gate.waker != null);
    Waker waker = gate.waker;
    runtime.close();
    waker.wake();
    handle.requestCancel();
    assertThat(handle.isFinished()).isTrue();
    handle.detach();
  }

  // ---- from anywhere

  @Test
  void closeIsIdempotentAndMayBeCalledByManyAtOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      JoinHandle<?> unused = runtime.spawn(new Gate());
    }
    List<Elsewhere<Boolean>> closers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int how = i;
      closers.add(
          elsewhere(
              () -> {
                if (how % 2 == 0) {
                  runtime.close();
                } else {
                  assertThat(runtime.shutdown(Duration.ofHours(1)).isComplete()).isTrue();
                }
                return runtime.isClosed();
              }));
    }
    for (Elsewhere<Boolean> closer : closers) {
      assertThat(closer.result()).isTrue();
    }
    runtime.close();
  }

  @Test
  void ATaskClosesItsOwnRuntime() throws Exception {
    JoinHandle<String> closing =
        runtime.spawn(
            cx -> {
              runtime.close(); // only asks: the end of this poll is part of the shutdown
              return Poll.ready("asked");
            });
    assertThat(closing.join()).isEqualTo("asked");
    await(runtime::isClosed);
  }

  @Test
  void aTaskThatShutsItsRuntimeDownLearnsWhatIsLive() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> other = runtime.spawn("other", gate);
    await(() -> gate.polls == 1);
    ShutdownReport report =
        runtime.spawn("closer", cx -> Poll.ready(runtime.shutdown(Duration.ofSeconds(30)))).join();
    assertThat(report.isComplete()).isFalse();
    assertThat(report.tasks().stream().map(task -> task.name().orElse(""))).contains("closer");
    assertThatThrownBy(other::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void ABlockingJobClosesTheRuntime() throws Exception {
    JoinHandle<String> job =
        runtime.spawnBlocking(
            () -> {
              runtime.close();
              return "asked";
            });
    assertThat(job.join()).isEqualTo("asked");
    await(runtime::isClosed);
  }

  @Test
  void aCallThatBlocksInPlaceClosesTheRuntime() throws Exception {
    JoinHandle<String> call =
        runtime.spawn(
            cx ->
                Poll.ready(
                    runtime.blockInPlace(
                        () -> {
                          runtime.close();
                          return "asked";
                        })));
    assertThat(call.join(Duration.ofSeconds(30))).isEqualTo("asked");
    await(runtime::isClosed);
  }

  @Test
  void theHandlerClosesTheRuntimeFromTheThreadOfTheShutdown() throws Exception {
    AtomicReference<MultiThreadRuntime> closed = new AtomicReference<>();
    CountDownLatch told = new CountDownLatch(1);
    MultiThreadRuntime other =
        PolluxRuntime.builder()
            .workers(workers)
            .shutdownPatience(Duration.ZERO)
            .uncaughtFailureHandler(
                (failure, origin) -> {
                  closed.get().close();
                  told.countDown();
                })
            .multiThread();
    closed.set(other);
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Void> stuck =
        other.spawn(
            cx -> {
              begun.countDown();
              awaitOpen(release);
              return Poll.done();
            });
    awaitOpen(begun);
    Elsewhere<Void> closer =
        elsewhere(
            () -> {
              other.close();
              return null;
            });
    closer.result();
    awaitOpen(told);
    release.countDown();
    stuck.join();
  }

  @Test
  void anInterruptedCloserClosesAndKeepsItsInterrupt() throws Exception {
    Elsewhere<Boolean> closer =
        elsewhere(
            () -> {
              Thread.currentThread().interrupt();
              runtime.close();
              return Thread.interrupted() && runtime.isClosed();
            });
    assertThat(closer.result()).isTrue();
  }

  // ---- while others spawn

  @Test
  void everySpawnIsEitherRefusedOrEnds() throws Exception {
    for (int round = 0; round < 10; round++) {
      MultiThreadRuntime runtime = builder().multiThread();
      AtomicInteger begun = new AtomicInteger();
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      AtomicInteger cancelled = new AtomicInteger();
      AtomicInteger insideOver = new AtomicInteger();
      List<JoinHandle<Object>> handles = Collections.synchronizedList(new ArrayList<>());
      class Spawns {
        boolean one() {
          begun.incrementAndGet();
          try {
            Future<Object> future = waits(cx -> {}, cancelled::incrementAndGet);
            handles.add(
                begun.get() % 3 == 0 ? runtime.localSet().spawn(future) : runtime.spawn(future));
            accepted.incrementAndGet();
            return true;
          } catch (RuntimeShutdownException shutdown) {
            refused.incrementAndGet();
            return false;
          }
        }
      }
      Spawns spawns = new Spawns();
      List<Elsewhere<Void>> outside = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        outside.add(
            elsewhere(
                () -> {
                  while (spawns.one()) {}
                  return null;
                }));
        runtime
            .spawn(
                Futures.pollFn(
                    cx -> {
                      if (!spawns.one()) {
                        insideOver.incrementAndGet();
                        return Poll.done();
                      }
                      cx.wakeSelf();
                      return Poll.pending();
                    },
                    insideOver::incrementAndGet))
            .detach();
      }
      await(() -> accepted.get() > 500);
      runtime.close();
      for (Elsewhere<Void> thread : outside) {
        thread.result();
      }
      for (JoinHandle<Object> handle : handles) {
        assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
      }
      assertThat(insideOver).hasValue(2);
      assertThat(accepted.get() + refused.get()).isEqualTo(begun.get());
      assertThat(cancelled).as("each future, refused or not").hasValue(begun.get());
      assertThat(runtime.liveTasks()).isZero();
    }
  }

  // ---- what does not end

  @Test
  void aTaskThatIsStuckIsReportedAndEndsLater() throws Exception {
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle = stuck("stubborn", cancels);
    ShutdownReport report = runtime.shutdown(Duration.ofMillis(20));
    assertThat(report.isComplete()).isFalse();
    assertThat(report.jobs()).isEmpty();
    assertThat(report.tasks()).hasSize(1);
    TaskInfo task = report.tasks().get(0);
    assertThat(task.name()).contains("stubborn");
    assertThat(task.spawnSite())
        .hasValueSatisfying(
            site ->
                assertThat(site.getClassName()).isEqualTo(MultiThreadShutdownTest.class.getName()));
    assertThat(cancels).hasValue(0);
    release.countDown();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void tasksThatWaitBehindAStuckOneEndLater() throws Exception {
    for (int i = 0; i < workers; i++) {
      AtomicInteger unused = new AtomicInteger();
      stuck("stubborn " + i, unused).detach();
    }
    Gate gate = new Gate();
    JoinHandle<String> waiting = runtime.spawn(gate);
    Gate pinnedGate = new Gate();
    JoinHandle<String> pinned = runtime.spawnPinned(() -> pinnedGate);
    ShutdownReport report = runtime.shutdown(Duration.ofMillis(20));
    assertThat(report.tasks()).hasSize(workers + 2);
    release.countDown();
    assertThatThrownBy(waiting::join).isInstanceOf(TaskCancelledException.class);
    assertThatThrownBy(pinned::join).isInstanceOf(TaskCancelledException.class);
    assertThat(gate.cancels).isEqualTo(1);
    assertThat(gate.polls + pinnedGate.polls).isZero();
  }

  @Test
  void aTaskThatBlocksInPlaceIsReportedAndItsFutureIsCancelledLater() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle =
        runtime.spawn(
            "in place",
            waits(
                cx -> {
                  runtime.blockInPlace(
                      () -> {
                        begun.countDown();
                        awaitOpen(release);
                        return null;
                      });
                },
                cancels::incrementAndGet));
    awaitOpen(begun);
    ShutdownReport report = runtime.shutdown(Duration.ofMillis(20));
    assertThat(report.tasks()).hasSize(1);
    assertThat(report.tasks().get(0).name()).contains("in place");
    release.countDown();
    await(handle::isFinished);
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void shutdownNowWaitsForNothing() throws Exception {
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle = stuck("stubborn", cancels);
    ShutdownReport report = runtime.shutdownNow();
    assertThat(report.isComplete()).isFalse();
    assertThat(report.tasks().stream().map(task -> task.name().orElse(""))).contains("stubborn");
    release.countDown();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void shutdownNowCutsShortACloseThatWaitsForATask() throws Exception {
    AtomicInteger unused = new AtomicInteger();
    stuck("stubborn", unused).detach();
    Elsewhere<ShutdownReport> patient =
        elsewhere(() -> runtime.shutdown(Duration.ofHours(1))).asleep();
    assertThat(elsewhere(runtime::shutdownNow).result().isComplete()).isFalse();
    assertThat(patient.result().isComplete()).isFalse();
  }

  @Test
  void shutdownNowCutsShortACloseThatWaitsForAJob() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<String> job =
        runtime.spawnBlocking(
            "long job",
            () -> {
              begun.countDown();
              awaitOpen(release);
              return "done";
            });
    awaitOpen(begun);
    Elsewhere<ShutdownReport> patient =
        elsewhere(() -> runtime.shutdown(Duration.ofHours(1))).asleep();
    await(() -> runtime.metrics().workerThreads() == 0); // nothing is left but the job
    ShutdownReport report = elsewhere(runtime::shutdownNow).result();
    assertThat(report.jobs()).hasSize(1);
    assertThat(patient.result().jobs()).hasSize(1);
    release.countDown();
    assertThat(job.join()).isEqualTo("done");
  }

  @Test
  void aJobThatHasNotBegunIsTakenBackAndOneThatHasIsWaitedFor() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<String> job =
        runtime.spawnBlocking(
            () -> {
              begun.countDown();
              awaitOpen(release);
              ran.set(true);
              return "done";
            });
    awaitOpen(begun);
    Elsewhere<Boolean> closer =
        elsewhere(
            () -> {
              runtime.close();
              return ran.get();
            });
    closer.asleep();
    release.countDown();
    assertThat(closer.result()).isTrue();
    assertThat(job.join()).isEqualTo("done");
  }

  @Test
  void whatCloseLeavesIsToldToTheHandlerByName() throws Exception {
    Uncaught told = new Uncaught();
    MultiThreadRuntime hasty =
        PolluxRuntime.builder()
            .name("hasty")
            .workers(workers)
            .shutdownPatience(Duration.ofMillis(5))
            .uncaughtFailureHandler(told::add)
            .multiThread();
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Void> stuck =
        hasty.spawn(
            "stubborn",
            cx -> {
              begun.countDown();
              awaitOpen(release);
              return Poll.done();
            });
    awaitOpen(begun);
    hasty.close();
    assertThat(told.origins())
        .singleElement()
        .asString()
        .contains("\"stubborn\"")
        .contains("\"hasty\"");
    release.countDown();
    stuck.join();
  }

  @Test
  void aReportIsNotToldToTheHandlerAlthoughATaskAsksToo() throws Exception {
    AtomicInteger unused = new AtomicInteger();
    stuck("stubborn", unused).detach();
    AtomicReference<ShutdownReport> second = new AtomicReference<>();
    if (workers > 1) {
      CountDownLatch ask = new CountDownLatch(1);
      JoinHandle<Void> asker =
          runtime.spawn(
              cx -> {
                awaitOpen(ask);
                second.set(runtime.shutdown(Duration.ofHours(1)));
                return Poll.done();
              });
      Elsewhere<ShutdownReport> first =
          elsewhere(() -> runtime.shutdown(Duration.ofMillis(200))).asleep();
      ask.countDown();
      assertThat(first.result().tasks()).isNotEmpty();
      asker.detach();
    } else {
      assertThat(runtime.shutdown(Duration.ofMillis(5)).tasks()).hasSize(1);
    }
    uncaught.assertNone();
  }

  // ---- threads

  @Test
  void theThreadsAreDaemonsAndEnd() throws Exception {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch all = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      runtime
          .spawn(
              cx -> {
                threads.add(Thread.currentThread());
                all.countDown();
                awaitOpen(all);
                return Poll.done();
              })
          .detach();
    }
    awaitOpen(all);
    assertThat(threads).hasSize(workers).allSatisfy(t -> assertThat(t.isDaemon()).isTrue());
    runtime.close();
    for (Thread thread : threads) {
      await(() -> !thread.isAlive());
    }
  }

  @Test
  void spareThreadsEnd() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))).join())
          .isEqualTo(1);
    }
    awaitDormant(runtime);
    runtime.close();
    assertThat(runtime.metrics().workerThreads()).isZero();
  }

  // ---- a runtime that nobody closes

  @Test
  void aRuntimeThatIsLostIsReportedWithThePlaceThatBuiltIt() throws Exception {
    Uncaught leaks = new Uncaught();
    List<JoinHandle<Integer>> handles = new ArrayList<>();
    buildAndLose(leaks, handles);
    for (int i = 0; i < 600 && leaks.failures().isEmpty(); i++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(leaks.failures()).singleElement().isInstanceOf(LeakedRuntimeException.class);
    assertThat(leaks.failures().get(0))
        .hasMessageContaining("\"lost\"")
        .hasStackTraceContaining("buildAndLose");
    assertThat(handles.get(0).join()).isEqualTo(1);
  }

  private void buildAndLose(Uncaught leaks, List<JoinHandle<Integer>> handles) {
    MultiThreadRuntime lost =
        PolluxRuntime.builder()
            .name("lost")
            .workers(workers)
            .uncaughtFailureHandler(leaks::add)
            .multiThread();
    handles.add(lost.spawn(Futures.ready(1)));
  }

  @Test
  void aServiceOrALocalSetDoesNotKeepARuntimeThatIsLost() throws Exception {
    for (Function<MultiThreadRuntime, Object> user :
        List.<Function<MultiThreadRuntime, Object>>of(
            PolluxRuntime::asScheduledExecutorService,
            PolluxRuntime::asBlockingScheduledExecutorService,
            PolluxRuntime::localSet)) {
      Uncaught leaks = new Uncaught();
      Object kept = buildUseAndLose(leaks, user);
      for (int i = 0; i < 600 && leaks.failures().isEmpty(); i++) {
        System.gc();
        Thread.sleep(50);
      }
      assertThat(leaks.failures()).singleElement().isInstanceOf(LeakedRuntimeException.class);
      if (kept instanceof ExecutorService service) {
        assertThat(service.submit(() -> 1).get()).isEqualTo(1);
        service.shutdown();
      } else {
        assertThat(((LocalSet) kept).spawn(Futures.ready(1)).join()).isEqualTo(1);
      }
    }
  }

  private Object buildUseAndLose(Uncaught leaks, Function<MultiThreadRuntime, Object> user) {
    return user.apply(
        PolluxRuntime.builder()
            .name("lost")
            .workers(workers)
            .uncaughtFailureHandler(leaks::add)
            .multiThread());
  }

  @Test
  void aRuntimeThatIsClosedIsNotReported() throws Exception {
    Uncaught leaks = new Uncaught();
    PolluxRuntime.builder()
        .workers(workers)
        .uncaughtFailureHandler(leaks::add)
        .multiThread()
        .close();
    System.gc();
    System.gc();
    leaks.assertNone();
  }
}
