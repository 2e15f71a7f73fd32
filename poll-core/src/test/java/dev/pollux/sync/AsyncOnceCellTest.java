package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AsyncOnceCellTest {

  private final PollHarness harness = PollHarness.create();
  private final AsyncOnceCell<String> cell = new AsyncOnceCell<>();
  private final List<String> done = new ArrayList<>();

  /** An initialiser that says what is done to it, and completes with what is sent. */
  private Supplier<Future<String>> from(String name, Oneshot<String> value) {
    return () -> {
      done.add(name + " starts");
      return Futures.pollFn(
          value.receiver()::poll,
          () -> {
            done.add(name + " cancelled");
            value.receiver().cancel();
          },
          description -> {});
    };
  }

  private static Future<String> mustNotRun() {
    throw new AssertionError("two initialisers");
  }

  @Test
  void theFirstComputesAndAllOthersWait() throws Exception {
    Oneshot<String> value = Oneshot.create();
    Future<String> first = cell.getOrInit(from("first", value));
    Future<String> second = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    Future<String> third = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(cell.get()).isEmpty();
    assertThat(value.sender().send("value")).isTrue();
    assertThat(harness.poll(first).value()).isEqualTo("value");
    assertThat(harness.wakes()).isEqualTo(3);
    assertThat(harness.poll(second).value()).isEqualTo("value");
    assertThat(harness.poll(third).value()).isEqualTo("value");
    assertThat(harness.poll(cell.getOrInit(AsyncOnceCellTest::mustNotRun)).value())
        .isEqualTo("value");
    assertThat(cell.get()).contains("value");
    assertThat(cell.isInitialized()).isTrue();
    assertThat(done).containsExactly("first starts");
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void afterAFailureTheNextRunsItsOwn() throws Exception {
    Oneshot<String> failing = Oneshot.create();
    Oneshot<String> value = Oneshot.create();
    Future<String> first = cell.getOrInit(from("first", failing));
    Future<String> second = cell.getOrInit(from("second", value));
    Future<String> third = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    harness.poll(first);
    harness.poll(second);
    harness.poll(third);
    failing.sender().close();
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(ChannelClosedException.class);
    assertThat(harness.wakes()).isEqualTo(2); // of the first by the close, and of the second
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(value.sender().send("value")).isTrue();
    assertThat(harness.poll(second).value()).isEqualTo("value");
    assertThat(harness.poll(third).value()).isEqualTo("value");
    assertThat(done).containsExactly("first starts", "second starts");
  }

  @Test
  void afterACancelTheNextRunsItsOwn() throws Exception {
    Oneshot<String> cancelled = Oneshot.create();
    Future<String> first = cell.getOrInit(from("first", cancelled));
    Future<String> second = cell.getOrInit(() -> Futures.ready("value"));
    harness.poll(first);
    harness.poll(second);
    first.cancel();
    first.cancel();
    assertThat(done).containsExactly("first starts", "first cancelled");
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(second).value()).isEqualTo("value");
  }

  @Test
  void whoHasTheTurnAndIsCancelledBeforeItsPollPassesItOn() throws Exception {
    Future<String> first = cell.getOrInit(Futures::pending);
    Future<String> second = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    Future<String> third = cell.getOrInit(() -> Futures.ready("value"));
    harness.poll(first);
    harness.poll(second);
    harness.poll(third);
    first.cancel();
    second.cancel();
    assertThat(harness.poll(third).value()).isEqualTo("value");
  }

  @Test
  void whoHasTheTurnAndIsNotPolledKeepsItFromOthers() throws Exception {
    Future<String> first = cell.getOrInit(Futures::pending);
    Future<String> second = cell.getOrInit(() -> Futures.ready("second"));
    harness.poll(first);
    harness.poll(second);
    first.cancel();
    Future<String> late = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    assertThat(harness.poll(late).isPending()).isTrue();
    assertThat(harness.poll(second).value()).isEqualTo("second");
    assertThat(harness.poll(late).value()).isEqualTo("second");
  }

  @Test
  void whoWaitsAndIsCancelledLeavesTheQueue() throws Exception {
    Oneshot<String> value = Oneshot.create();
    Future<String> first = cell.getOrInit(from("first", value));
    Future<String> second = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    harness.poll(first);
    harness.poll(second);
    second.cancel();
    assertThat(cell).hasToString("AsyncOnceCell[is initialised, 0 waiting]");
    first.cancel();
    assertThat(cell).hasToString("AsyncOnceCell[empty]");
    assertThat(harness.poll(cell.getOrInit(() -> Futures.ready("late"))).value()).isEqualTo("late");
  }

  @Test
  void afterAFailureThatNobodyWaitsForItIsEmpty() throws Exception {
    assertThatThrownBy(
            () -> harness.poll(cell.getOrInit(() -> Futures.failed(new IOException("torn")))))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> harness.poll(cell.getOrInit(AsyncOnceCellTest::mustNotRun)))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> harness.poll(cell.getOrInit(() -> null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("initializer");
    assertThatThrownBy(() -> harness.poll(cell.getOrInit(() -> Futures.ready(null))))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> harness.poll(cell.getOrInit(() -> cx -> null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(harness.poll(cell.getOrInit(() -> Futures.ready("value"))).value())
        .isEqualTo("value");
  }

  @Test
  void anInitialiserWhoseCancelThrowsIsReportedAndPassesTheTurnOn() throws Exception {
    AssertionError thrown = new AssertionError("thrown by cancel");
    Future<String> first =
        cell.getOrInit(
            () ->
                new Future<String>() {
                  @Override
                  public Poll<String> poll(Context cx) {
                    return Poll.pending();
                  }

                  @Override
                  public void cancel() {
                    throw thrown;
                  }
                });
    harness.poll(first);
    first.cancel();
    assertThat(harness.uncaught()).containsExactly(thrown);
    assertThat(harness.poll(cell.getOrInit(() -> Futures.ready("value"))).value())
        .isEqualTo("value");
  }

  @Test
  void aThreadMayBlock() throws Exception {
    Oneshot<String> value = Oneshot.create();
    BlockedThread<String> first =
        BlockedThread.in(() -> cell.blockingGetOrInit(() -> value.receiver()));
    BlockedThread<String> second =
        BlockedThread.in(() -> cell.blockingGetOrInit(AsyncOnceCellTest::mustNotRun));
    assertThat(value.sender().send("value")).isTrue();
    assertThat(first.result()).isEqualTo("value");
    assertThat(second.result()).isEqualTo("value");
    assertThat(cell.blockingGetOrInit(AsyncOnceCellTest::mustNotRun)).isEqualTo("value");
  }

  @Test
  void aThreadIsThrownTheFailureAsItIs() {
    IOException torn = new IOException("torn");
    assertThatThrownBy(() -> cell.blockingGetOrInit(() -> Futures.failed(torn))).isSameAs(torn);
  }

  @Test
  void anInterruptedThreadPassesTheTurnOn() throws Exception {
    Oneshot<String> value = Oneshot.create();
    BlockedThread<String> first =
        BlockedThread.in(() -> cell.blockingGetOrInit(() -> value.receiver()));
    BlockedThread<String> second =
        BlockedThread.in(() -> cell.blockingGetOrInit(() -> Futures.ready("second")));
    first.interrupt();
    assertThatThrownBy(first::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(second.result()).isEqualTo("second");
    assertThat(value.sender().isClosed()).isTrue();
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    assertThatThrownBy(
            () ->
                harness.poll(
                    cx -> Poll.ready(cell.blockingGetOrInit(() -> Futures.ready("value")))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AsyncOnceCell.blockingGetOrInit");
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> cell.getOrInit(null)).hasMessage("initializer");
    assertThatThrownBy(() -> cell.blockingGetOrInit(null)).hasMessage("initializer");
  }

  @Test
  void describesItself() throws Exception {
    Future<String> first = cell.getOrInit(Futures::pending);
    Future<String> second = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    harness.poll(first);
    harness.poll(second);
    assertThat(Description.of(first))
        .hasToString("AsyncOnceCell.getOrInit\n  initializer: pending waits for nothing, for ever");
    assertThat(Description.of(second))
        .hasToString(
            "AsyncOnceCell.getOrInit waits for the initializer of "
                + Holder.describe(Thread.currentThread()));
    assertThat(cell).hasToString("AsyncOnceCell[is initialised, 1 waiting]");
    second.cancel();
    assertThat(Description.of(second)).hasToString("AsyncOnceCell.getOrInit {state=over}");
  }

  @Test
  void describesWhoInitialisesNext() throws Exception {
    Future<String> first = cell.getOrInit(Futures::pending);
    Future<String> second = cell.getOrInit(Futures::pending);
    Future<String> third = cell.getOrInit(AsyncOnceCellTest::mustNotRun);
    harness.poll(first);
    harness.poll(second);
    harness.poll(third);
    first.cancel();
    assertThat(Description.of(third))
        .hasToString(
            "AsyncOnceCell.getOrInit waits for the initializer of somebody who has not begun");
    harness.poll(second);
    assertThat(Description.of(third).toString())
        .endsWith("the initializer of " + Holder.describe(Thread.currentThread()));
    third.cancel();
    second.cancel();
    assertThat(cell).hasToString("AsyncOnceCell[empty]");
  }
}
