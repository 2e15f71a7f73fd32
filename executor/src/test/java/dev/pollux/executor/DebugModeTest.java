package dev.pollux.executor;

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
import dev.pollux.core.TaskLocal;
import dev.pollux.core.Waker;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What debug mode finds, and what it must not find. */
@Timeout(60)
class DebugModeTest {

  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final List<String> origins = Collections.synchronizedList(new ArrayList<>());
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .name("debugged")
          .debug(true)
          .seed(1)
          .uncaughtFailureHandler(
              (failure, origin) -> {
                origins.add(origin); // first: the tests wait for the failure
                uncaught.add(failure);
              })
          .currentThread();
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    runtime.close();
  }

  // ---- stuck tasks

  @Test
  void aTaskWhoseWakerNobodyKeepsIsReportedWithItsSpawnSite() throws Exception {
    runtime.spawn("forgetful", cx -> Poll.pending()).detach();
    while (runtime.tryTick()) {}
    awaitReports(1);
    assertThat(uncaught.get(0))
        .isInstanceOf(LostWakerException.class)
        .hasMessageContaining("\"forgetful\"")
        .hasMessageContaining("spawned at " + DebugModeTest.class.getName());
    assertThat(origins.get(0)).contains("\"forgetful\"").contains("\"debugged\"");
    collectGarbage();
    assertThat(uncaught).as("once").hasSize(1);
  }

  @Test
  void aTaskIsReportedWhenWhatHeldItsWakerIsLost() throws Exception {
    AtomicReference<Object> holder = new AtomicReference<>();
    runtime
        .spawn(
            cx -> {
              holder.set(cx.waker());
              return Poll.pending();
            })
        .detach();
    while (runtime.tryTick()) {}
    collectGarbage();
    assertThat(uncaught).isEmpty();
    holder.set(null);
    awaitReports(1);
    assertThat(uncaught.get(0)).isInstanceOf(LostWakerException.class);
  }

  @Test
  void aTaskThatWasWokenAndIsStuckLaterIsReported() throws Exception {
    Gate first = new Gate();
    runtime
        .spawn(
            cx -> {
              assertThat(first.poll(cx).isPending()).isTrue();
              if (first.polls == 2) {
                first.cancel(); // forgets the waker
              }
              return Poll.pending();
            })
        .detach();
    while (runtime.tryTick()) {}
    collectGarbage();
    assertThat(uncaught).isEmpty();
    first.open();
    while (runtime.tryTick()) {}
    awaitReports(1);
  }

  @Test
  void theSameWakerIsShownAsLongAsSomebodyHoldsIt() throws Exception {
    List<Waker> shown = new ArrayList<>();
    JoinHandle<Object> handle =
        runtime.spawn(
            cx -> {
              shown.add(cx.waker());
              return Poll.pending();
            });
    while (runtime.tryTick()) {}
    collectGarbage();
    shown.get(0).wake();
    while (runtime.tryTick()) {}
    assertThat(shown).hasSize(2);
    assertThat(shown.get(1)).isSameAs(shown.get(0)).isNotSameAs(handle);
    assertThat(shown.get(0).toString()).contains("task " + handle.id());
  }

  @Test
  void whatWaitsForGoodReasonIsNotReported() throws Exception {
    Gate never = new Gate();
    List<JoinHandle<?>> waiting = new ArrayList<>();
    waiting.add(runtime.spawn("pending", Futures.pending()));
    waiting.add(runtime.spawn("sleep", sleep(Duration.ofHours(1))));
    waiting.add(runtime.spawn("gate", never));
    waiting.add(runtime.spawn("join", runtime.spawn("joined", new Gate())));
    waiting.add(
        runtime.spawn(
            "job",
            runtime.spawnBlocking(
                () -> {
                  gate.await();
                  return 1;
                })));
    waiting.add(runtime.spawn("mapped", Futures.pending().map(Object::toString)));
    waiting.add(
        runtime.spawn(
            "race", Futures.race(List.of(Futures.pending(), sleep(Duration.ofHours(1))))));
    while (runtime.tryTick()) {}
    for (int i = 0; i < 5; i++) {
      collectGarbage();
      while (runtime.tryTick()) {}
    }
    assertThat(uncaught).isEmpty();
    assertThat(waiting).noneMatch(JoinHandle::isFinished);
    gate.countDown();
    await(
        () -> {
          while (runtime.tryTick()) {}
          return waiting.get(4).isFinished();
        });
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aBlockedThreadsTaskIsNotReported() throws Exception {
    Gate held = new Gate();
    Elsewhere<String> blocked = elsewhere(() -> runtime.blockOn(held));
    await(() -> held.polls > 0);
    collectGarbage();
    held.open();
    assertThat(blocked.result()).isEqualTo("open");
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aTaskThatEndedIsNotReported() throws Exception {
    List<WeakReference<Waker>> wakers = new ArrayList<>();
    JoinHandle<Object> cancelled =
        runtime.spawn(
            cx -> {
              wakers.add(new WeakReference<>(cx.waker()));
              return Poll.pending();
            });
    cancelled.requestCancel();
    runtime
        .spawn(
            cx -> {
              wakers.add(new WeakReference<>(cx.waker()));
              return Poll.ready(1);
            })
        .detach();
    while (runtime.tryTick()) {}
    await(
        () -> {
          System.gc();
          return wakers.stream().allMatch(waker -> waker.refersTo(null));
        });
    collectGarbage();
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aTaskOfARuntimeThatIsNotInDebugModeIsNotWatched() throws Exception {
    try (CurrentThreadRuntime plain =
        PolluxRuntime.builder()
            .debug(false)
            .uncaughtFailureHandler((failure, origin) -> uncaught.add(failure))
            .currentThread()) {
      plain.spawn(cx -> Poll.pending()).detach();
      while (plain.tryTick()) {}
      collectGarbage();
      assertThat(uncaught).isEmpty();
    }
  }

  private void awaitReports(int count) throws InterruptedException {
    await(
        () -> {
          System.gc();
          return uncaught.size() >= count;
        });
  }

  /** Collects what can be, and lets a stuck task of another runtime be found to see that it was. */
  private static void collectGarbage() throws InterruptedException {
    List<Throwable> found = Collections.synchronizedList(new ArrayList<>());
    try (CurrentThreadRuntime probe =
        PolluxRuntime.builder()
            .debug(true)
            .uncaughtFailureHandler((failure, origin) -> found.add(failure))
            .currentThread()) {
      for (int i = 1; i <= 2; i++) { // the second time whatever was found with the first is done
        probe.spawn(cx -> Poll.pending()).detach();
        while (probe.tryTick()) {}
        int expected = i;
        await(
            () -> {
              System.gc();
              return found.size() >= expected;
            });
      }
    }
  }

  // ---- contexts that were kept

  @Test
  void aContextThatIsUsedAfterItsPollRefuses() throws Exception {
    Context kept = runtime.blockOn(Poll::ready);
    assertRefuses(kept);
  }

  @Test
  void aDerivedContextThatIsUsedAfterItsPollRefuses() throws Exception {
    assertRefuses(runtime.blockOn(cx -> Poll.ready(cx.withWaker(Waker.noop()))));
    AtomicReference<Context> inner = new AtomicReference<>();
    TaskLocal<String> local = new TaskLocal<>("local");
    runtime.blockOn(
        local.scope(
            "value",
            cx -> {
              inner.set(cx);
              return Poll.done();
            }));
    assertRefuses(inner.get());
  }

  @Test
  void aContextOfAnEarlierPollRefusesInALaterOneToo() throws Exception {
    Context kept = runtime.blockOn(Poll::ready);
    Context derived = runtime.blockOn(cx -> Poll.ready(cx.withWaker(Waker.noop())));
    Future<Void> later =
        Futures.lazy(
            () -> {
              assertRefuses(kept);
              assertRefuses(derived);
              return null;
            });
    runtime.blockOn(later);
  }

  @SuppressWarnings("CheckReturnValue") // there is none
  private static void assertRefuses(Context kept) {
    List<Consumer<Context>> uses =
        List.of(
            Context::waker,
            Context::wakeSelf,
            Context::tryProceed,
            Context::budget,
            Context::timer,
            Context::spawner,
            Context::blocking,
            cx -> assertThat(cx.service(Runnable.class)).isEmpty(),
            cx -> assertThat(cx.nextInt(5)).isNotNegative(),
            cx -> assertThat(cx.withWaker(Waker.noop())).isNotNull());
    for (Consumer<Context> use : uses) {
      assertThatThrownBy(() -> use.accept(kept))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("valid only during the poll");
    }
  }
}
