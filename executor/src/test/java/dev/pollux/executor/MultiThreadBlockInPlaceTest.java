package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.waits;
import static dev.pollux.executor.Waiting.await;
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
import dev.pollux.executor.Waiting.Spinner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that blocks inside a poll, whose worker goes on with another thread. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadBlockInPlaceTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private final MultiThreadRuntime runtime;

  MultiThreadBlockInPlaceTest(int workers) {
    this.workers = workers;
    this.runtime = builder("blocking").multiThread();
  }

  private RuntimeBuilder builder(String name) {
    return PolluxRuntime.builder()
        .name(name)
        .workers(workers)
        .uncaughtFailureHandler(uncaught::add);
  }

  @AfterEach
  void everyThreadEnds() {
    runtime.close();
    assertThat(runtime.liveTasks()).isZero();
    assertThat(runtime.metrics().workerThreads()).isZero();
    uncaught.assertNone();
  }

  private static Future<Void> opens(CountDownLatch latch) {
    return cx -> {
      latch.countDown();
      return Poll.done();
    };
  }

  /** Blocks in place until {@code latch} is open. */
  private Void blockOnLatch(CountDownLatch latch) throws Exception {
    return runtime.blockInPlace(
        () -> {
          awaitOpen(latch);
          return null;
        });
  }

  // ---- the others

  @Test
  void theOtherTasksOfTheWorkerGoOn() throws Exception {
    CountDownLatch ran = new CountDownLatch(500);
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      for (int i = 0; i < 500; i++) { // the first of them in the LIFO slot
                        cx.spawner().spawn(opens(ran)).detach();
                      }
                      blockOnLatch(ran);
                      return Poll.ready("done");
                    })
                .join())
        .isEqualTo("done");
  }

  @Test
  void whatWasPutOffToTheEndOfThePollIsDoneBeforeItBlocks() throws Exception {
    List<Integer> order = new CopyOnWriteArrayList<>();
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      CountDownLatch first = new CountDownLatch(1);
                      CountDownLatch second = new CountDownLatch(1);
                      cx.atEndOfPoll(first::countDown);
                      blockOnLatch(first);
                      cx.atEndOfPoll(second::countDown); // asked for anew
                      blockOnLatch(second);
                      cx.atEndOfPoll(() -> order.add(2));
                      order.add(1);
                      return Poll.ready("done");
                    })
                .join())
        .isEqualTo("done");
    assertThat(order).containsExactly(1, 2);
  }

  @Test
  void theOnlyChildGoesOn() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    runtime
        .spawn(
            cx -> {
              cx.spawner().spawn(opens(ran)).detach();
              blockOnLatch(ran);
              return Poll.done();
            })
        .join();
  }

  @Test
  void pinnedTasksOfTheWorkerGoOn() throws Exception {
    // One on each worker, so on that of the caller too.
    CountDownLatch ran = new CountDownLatch(workers);
    runtime
        .spawn(
            cx -> {
              for (int i = 0; i < workers; i++) {
                runtime.spawnPinned(() -> opens(ran)).detach();
              }
              blockOnLatch(ran);
              return Poll.done();
            })
        .join();
  }

  @Test
  void timersOfTheWorkerGoOn() throws Exception {
    CountDownLatch rang = new CountDownLatch(1);
    runtime
        .spawn(
            cx -> {
              Future<Void> nap = sleep(Duration.ofMillis(5));
              assertThat(nap.poll(cx.withWaker(rang::countDown)).isPending()).isTrue();
              blockOnLatch(rang);
              nap.cancel();
              return Poll.done();
            })
        .join();
  }

  @Test
  void spawnsFromOutsideGoOn() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(workers);
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      blockers.add(
          runtime.spawn(
              cx -> {
                blocked.countDown();
                blockOnLatch(ran);
                return Poll.done();
              }));
    }
    awaitOpen(blocked);
    runtime.spawn(opens(ran)).detach();
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
  }

  @Test
  void farMoreCallsThanWorkersBlockAtOnce() throws Exception {
    int calls = 5 * workers + 20;
    CountDownLatch allBlocked = new CountDownLatch(calls);
    List<JoinHandle<Integer>> handles = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      int number = i;
      handles.add(
          runtime.spawn(
              cx ->
                  Poll.ready(
                      runtime.blockInPlace(
                          () -> {
                            allBlocked.countDown();
                            awaitOpen(allBlocked);
                            return number;
                          }))));
    }
    for (int i = 0; i < calls; i++) {
      assertThat(handles.get(i).join()).isEqualTo(i);
    }
    assertThat(runtime.metrics().workerThreads()).isLessThanOrEqualTo(workers + calls);
  }

  @Test
  void threadsThatHaveComeBackAreUsedAgain() throws Exception {
    for (int i = 0; i < 100; i++) {
      Thread caller =
          runtime
              .spawn(
                  cx -> {
                    runtime.blockInPlace(() -> 1);
                    return Poll.ready(Thread.currentThread());
                  })
              .join();
      await(() -> caller.getState() == Thread.State.TIMED_WAITING); // it stands by
    }
    assertThat(runtime.metrics().workerThreads()).isEqualTo(workers + 1);
  }

  // ---- the call

  @Test
  void theCallIsMadeAtOnceOnTheCallingThread() throws Exception {
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      Thread caller = Thread.currentThread();
                      return Poll.ready(
                          runtime.blockInPlace(() -> Thread.currentThread() == caller));
                    })
                .join())
        .isTrue();
  }

  @Test
  void onAThreadThatRunsNoTasksItIsJustTheCall() throws Exception {
    Thread caller = Thread.currentThread();
    assertThat(runtime.blockInPlace(() -> Thread.currentThread() == caller)).isTrue();
    assertThat(runtime.spawnBlocking(() -> runtime.blockInPlace(() -> "job")).join())
        .isEqualTo("job");
    assertThatThrownBy(
            () ->
                runtime.blockInPlace(
                    () -> {
                      throw new IOException("disk");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk");
    assertThatThrownBy(() -> runtime.blockInPlace(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void whatTheCallThrowsComesOutOfIt() {
    IOException failure = new IOException("disk");
    JoinHandle<String> caught =
        runtime.spawn(
            cx -> {
              try {
                runtime.blockInPlace(
                    () -> {
                      throw failure;
                    });
              } catch (IOException thrown) {
                return Poll.ready(thrown.getMessage());
              }
              throw new AssertionError("nothing was thrown");
            });
    JoinHandle<Object> failing =
        runtime.spawn(
            cx ->
                Poll.ready(
                    runtime.blockInPlace(
                        () -> {
                          throw failure;
                        })));
    assertThatThrownBy(failing::join).isInstanceOf(TaskFailedException.class).hasCause(failure);
    assertThatThrownBy(
            () -> {
              assertThat(caught.join()).isEqualTo("disk");
              throw failure;
            })
        .isSameAs(failure);
  }

  @Test
  void callsMayBeNestedAndFollowEachOther() throws Exception {
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      int sum = 0;
                      for (int i = 0; i < 3; i++) {
                        sum +=
                            runtime.blockInPlace(
                                () ->
                                    runtime.blockInPlace(() -> runtime.blockInPlace(() -> 1) + 1)
                                        + 1);
                      }
                      return Poll.ready(sum);
                    })
                .join())
        .isEqualTo(9);
  }

  @Test
  void insideTheCallThisAndOtherRuntimesMayBeBlockedOn() throws Exception {
    try (MultiThreadRuntime other = builder("other").multiThread()) {
      assertThat(
              runtime
                  .spawn(
                      cx ->
                          Poll.ready(
                              runtime.blockInPlace(
                                  () ->
                                      runtime.blockOn(sleep(Duration.ofMillis(1)).map(nothing -> 1))
                                          + other.blockOn(
                                              sleep(Duration.ofMillis(1)).map(nothing -> 2))
                                          + runtime.spawn(Futures.ready(3)).join())))
                  .join())
          .isEqualTo(6);
    }
  }

  @Test
  void insideTheCallTheThreadRunsNoTask() throws Exception {
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      boolean before = Context.current().isPresent();
                      boolean during = runtime.blockInPlace(() -> Context.current().isPresent());
                      boolean after = Context.current().isPresent();
                      return Poll.ready(List.of(before, during, after));
                    })
                .join())
        .isEqualTo(List.of(true, false, true));
  }

  // ---- the rest of the poll

  @Test
  void afterTheCallTheSamePollSpawnsAndTheTasksRun() throws Exception {
    JoinHandle<JoinHandle<String>> outer =
        runtime.spawn(
            cx -> {
              runtime.blockInPlace(() -> 1);
              CountDownLatch ran = new CountDownLatch(2);
              cx.spawner().spawn(opens(ran)).detach();
              runtime.spawn(opens(ran)).detach();
              awaitOpen(ran); // its worker has another thread, so this holds up nobody
              return Poll.ready(cx.spawner().spawn(Futures.ready("child")));
            });
    assertThat(outer.join().join()).isEqualTo("child");
  }

  @Test
  void afterTheCallTheSamePollArmsTimersThatEnd() throws Exception {
    for (int i = 0; i < 10; i++) {
      long begun = System.nanoTime();
      runtime
          .spawn(
              Futures.<Void>defer(
                  () -> {
                    try {
                      runtime.blockInPlace(() -> 1);
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                    return sleep(Duration.ofMillis(3));
                  }))
          .join();
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(3_000_000);
    }
  }

  @Test
  void aTimerFromBeforeTheCallIsCancelledAfterIt() throws Exception {
    runtime
        .spawn(
            cx -> {
              Future<Void> nap = sleep(Duration.ofHours(1));
              assertThat(nap.poll(cx).isPending()).isTrue();
              runtime.blockInPlace(() -> 1);
              nap.cancel();
              Future<Void> next = sleep(Duration.ofHours(1));
              assertThat(next.poll(cx).isPending()).isTrue();
              next.cancel();
              return Poll.done();
            })
        .join();
  }

  @Test
  void aWakeDuringTheCallIsNotLost() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      Waker waker = cx.waker();
                      runtime.blockInPlace(
                          () -> {
                            waker.wake();
                            return null;
                          });
                      return polls.incrementAndGet() == 50 ? Poll.ready("woken") : Poll.pending();
                    })
                .join())
        .isEqualTo("woken");
  }

  @Test
  void aTaskThatWakesItselfAfterTheCallIsPolledAgain() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    assertThat(
            runtime
                .spawn(
                    cx -> {
                      runtime.blockInPlace(() -> 1);
                      cx.wakeSelf();
                      return polls.incrementAndGet() == 50 ? Poll.ready("woken") : Poll.pending();
                    })
                .join())
        .isEqualTo("woken");
  }

  @Test
  void aTaskThatWaitsAfterTheCallIsWokenLater() throws Exception {
    AtomicReference<Waker> waker = new AtomicReference<>();
    AtomicBoolean open = new AtomicBoolean();
    JoinHandle<String> handle =
        runtime.spawn(
            cx -> {
              if (open.get()) {
                return Poll.ready("open");
              }
              runtime.blockInPlace(() -> 1);
              waker.set(cx.waker());
              return Poll.pending();
            });
    await(() -> waker.get() != null);
    awaitDormant(runtime);
    open.set(true);
    waker.get().wake();
    assertThat(handle.join()).isEqualTo("open");
  }

  @Test
  void aTaskThatIsCancelledDuringTheCallEndsAfterIt() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger cancels = new AtomicInteger();
    JoinHandle<Object> handle =
        runtime.spawn(
            waits(
                cx -> {
                  runtime.blockInPlace(
                      () -> {
                        blocked.countDown();
                        awaitOpen(release);
                        return null;
                      });
                },
                cancels::incrementAndGet));
    awaitOpen(blocked);
    handle.requestCancel();
    awaitDormant(runtime);
    assertThat(cancels).as("never during its poll").hasValue(0);
    release.countDown();
    assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void theJoinerOfATaskThatHasBlockedIsWoken() throws Exception {
    JoinHandle<Integer> blocking = runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 7)));
    assertThat(runtime.spawn(blocking.map(value -> value + 1)).join()).isEqualTo(8);
  }

  @Test
  void anInterruptOfTheCallIsNotTheNextTasks() throws Exception {
    for (int i = 0; i < 2 * workers; i++) {
      JoinHandle<Object> interrupted =
          runtime.spawn(
              cx ->
                  Poll.ready(
                      runtime.blockInPlace(
                          () -> {
                            Thread.currentThread().interrupt();
                            throw new InterruptedException("simulated");
                          })));
      assertThatThrownBy(interrupted::join).hasCauseInstanceOf(InterruptedException.class);
      assertThat(
              runtime
                  .spawn(
                      cx ->
                          Poll.ready(
                              runtime.blockInPlace(
                                  () -> {
                                    Thread.sleep(0, 1); // throws if the flag is set
                                    return "not interrupted";
                                  })))
                  .join())
          .isEqualTo("not interrupted");
    }
    awaitDormant(runtime);
  }

  @Test
  void aBusyWorkerGoesOnBeingFair() throws Exception {
    List<Spinner> spinners = new ArrayList<>();
    List<JoinHandle<String>> spinning = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      Spinner spinner = new Spinner();
      spinners.add(spinner);
      spinning.add(runtime.spawn(spinner));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))).join())
          .isEqualTo(1);
    }
    spinners.forEach(spinner -> spinner.stop = true);
    for (JoinHandle<String> handle : spinning) {
      assertThat(handle.join()).isEqualTo("stopped");
    }
  }

  // ---- where it is refused

  @Test
  void itIsRefusedInAPinnedTask() {
    JoinHandle<Object> pinned =
        runtime.spawnPinned(() -> cx -> Poll.ready(runtime.blockInPlace(() -> 1)));
    assertThatThrownBy(pinned::join)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"blocking\"")
        .hasMessageContaining("pinned")
        .hasMessageContaining("spawnBlocking");
  }

  @Test
  void itIsRefusedInATaskOfAnotherRuntime() throws Exception {
    try (MultiThreadRuntime other = builder("other").multiThread();
        CurrentThreadRuntime single = PolluxRuntime.builder().name("single").currentThread()) {
      for (PolluxRuntime foreign : List.of(other, single)) {
        assertThatThrownBy(() -> foreign.blockOn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("\"blocking\"")
            .hasMessageContaining("\"" + foreign.name() + "\"");
      }
    }
  }

  @Test
  void itIsAllowedAgainAfterAPinnedTaskOnTheSameWorker() throws Exception {
    for (int i = 0; i < workers; i++) {
      assertThat(runtime.spawnPinned(() -> Futures.ready("pinned")).join()).isEqualTo("pinned");
    }
    assertThat(runtime.spawn(cx -> Poll.ready(runtime.blockInPlace(() -> 1))).join()).isEqualTo(1);
  }

  // ---- no thread to be had

  @Test
  void withoutAnotherThreadTheCallIsMadeAllTheSame() throws Exception {
    AtomicInteger made = new AtomicInteger();
    ThreadFactory stingy =
        body -> {
          if (made.incrementAndGet() <= workers) {
            Thread thread = new Thread(body, "stingy");
            thread.setDaemon(true);
            return thread;
          }
          if (made.get() % 2 == 0) {
            throw new OutOfMemoryError("no thread, on purpose");
          }
          return null;
        };
    try (MultiThreadRuntime stingyRuntime = builder("stingy").threadFactory(stingy).multiThread()) {
      for (int i = 0; i < 4; i++) {
        assertThat(
                stingyRuntime
                    .spawn(cx -> Poll.ready(stingyRuntime.blockInPlace(() -> "called")))
                    .join())
            .isEqualTo("called");
      }
      assertThat(stingyRuntime.metrics().workerThreads()).isEqualTo(workers);
    }
  }
}
