package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The leaves, and the arguments of the factory. */
class FuturesTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> log = new ArrayList<>();

  @Test
  void readyAnswersItsValueOnce() throws Exception {
    Future<String> future = Futures.ready("a");
    assertThat(crank.poll(future).value()).isEqualTo("a");
    assertOver(future);
  }

  @Test
  void readyThatIsCancelledUnpolledClosesItsValue() {
    AutoCloseable value = () -> log.add("closed");
    Future<AutoCloseable> future = Futures.ready(value);
    future.cancel();
    future.cancel();
    assertThat(log).containsExactly("closed");
    assertOver(future);
  }

  @Test
  void readyThatWasTakenIsNotDiscardedByCancel() throws Exception {
    AutoCloseable value = () -> log.add("closed");
    Future<AutoCloseable> future = Futures.ready(value);
    assertThat(crank.poll(future).value()).isSameAs(value);
    future.cancel();
    assertThat(log).isEmpty();
  }

  @Test
  void doneAnswersTheConstant() throws Exception {
    Future<Void> future = Futures.done();
    assertThat(crank.poll(future)).isSameAs(Poll.done());
    assertOver(future);
  }

  @Test
  void failedThrowsTheVeryFailureOnce() {
    for (Throwable failure : List.of(new IOException("x"), new AssertionError("y"))) {
      Future<String> future = Futures.failed(failure);
      assertThatThrownBy(() -> crank.poll(future)).isSameAs(failure);
      assertOver(future);
    }
  }

  @Test
  void failedRefusesAThrowableThatPollCouldNotThrow() {
    assertThatThrownBy(() -> use(Futures.failed(new Throwable("neither"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Throwable");
  }

  @Test
  void pendingKeepsItsLatestWakerUntilItIsCancelled() throws Exception {
    Future<String> future = Futures.pending();
    Waker waker =
        new Waker() {
          @Override
          public void wake() {}
        };
    WeakReference<Waker> ref = new WeakReference<>(waker);
    assertThat(crank.poller.poll(future, waker).isPending()).isTrue();
    waker = null;
    System.gc();
    assertThat(ref.get()).isNotNull();
    future.cancel();
    assertCollected(ref);
    assertOver(future);
  }

  @Test
  void lazyCallsItsBodyAtTheFirstPoll() throws Exception {
    Future<Boolean> future = Futures.lazy(() -> log.add("called"));
    assertThat(log).isEmpty();
    assertThat(crank.poll(future).value()).isTrue();
    assertThat(log).containsExactly("called");
    assertOver(future);
  }

  @Test
  void lazyThrowsWhatItsBodyThrows() {
    Future<String> future =
        Futures.lazy(
            () -> {
              throw new IOException("x");
            });
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(IOException.class);
    assertOver(future);
  }

  @Test
  void lazyThatIsCancelledDoesNotCallItsBody() {
    Future<Boolean> future = Futures.lazy(() -> log.add("called"));
    future.cancel();
    assertOver(future);
    assertThat(log).isEmpty();
  }

  @Test
  void deferMakesItsFutureAtTheFirstPoll() throws Exception {
    Probe<String> made = new Probe<>();
    Future<String> future =
        Futures.defer(
            () -> {
              log.add("made");
              return made;
            });
    assertThat(Description.of(future)).hasToString("defer\n  source: ready");
    assertThat(log).isEmpty();
    assertThat(crank.poll(future).isPending()).isTrue();
    assertThat(log).containsExactly("made");
    made.complete("a");
    assertThat(crank.poll(future).value()).isEqualTo("a");
    assertOver(future);
  }

  @Test
  void deferThatIsCancelledMakesNothing() {
    Future<Void> future =
        Futures.defer(
            () -> {
              log.add("made");
              return Futures.done();
            });
    future.cancel();
    assertThat(log).isEmpty();
    assertOver(future);
  }

  // ---- pollFn

  @Test
  void pollFnPollsItsFunctionUntilItIsReady() throws Exception {
    int[] polls = {0};
    Future<Integer> future = Futures.pollFn(cx -> ++polls[0] < 2 ? Poll.pending() : Poll.ready(7));
    assertThat(crank.poll(future).isPending()).isTrue();
    assertThat(crank.poll(future).value()).isEqualTo(7);
    assertOver(future);
    assertThat(polls[0]).isEqualTo(2);
  }

  @Test
  void pollFnThatAnswersNullFails() {
    Future<Integer> future = Futures.pollFn(cx -> null);
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(NullPointerException.class);
    assertOver(future);
  }

  @Test
  void pollFnRunsItsCancelFunctionOnce() throws Exception {
    Future<Integer> future = Futures.pollFn(cx -> Poll.pending(), () -> log.add("cancel"));
    assertThat(crank.poll(future).isPending()).isTrue();
    future.cancel();
    future.cancel();
    assertThat(log).containsExactly("cancel");
    assertOver(future);
  }

  @Test
  void pollFnThatIsOverDoesNotRunItsCancelFunction() throws Exception {
    Future<Integer> future = Futures.pollFn(cx -> Poll.ready(1), () -> log.add("cancel"));
    assertThat(crank.poll(future).isReady()).isTrue();
    future.cancel();
    Future<Integer> failing =
        Futures.pollFn(
            cx -> {
              throw new IOException();
            },
            () -> log.add("cancel"));
    assertThatThrownBy(() -> crank.poll(failing)).isInstanceOf(IOException.class);
    failing.cancel();
    assertThat(log).isEmpty();
  }

  @Test
  void pollFnReportsAThrowOfItsCancelFunction() throws Exception {
    RuntimeException failure = new IllegalStateException("x");
    Future<Integer> future =
        Futures.pollFn(
            cx -> Poll.pending(),
            () -> {
              throw failure;
            });
    assertThat(crank.poll(future).isPending()).isTrue();
    future.cancel();
    assertThat(crank.uncaught).containsExactly(failure);
  }

  @Test
  void pollFnDescribesItsChildren() throws Exception {
    Future<Integer> child = new Probe<>();
    Future<Integer> future = Futures.pollFn(child::poll, child::cancel, d -> d.child("a", child));
    assertThat(Description.of(future)).hasToString("pollFn\n  a: probe");
    future.cancel();
    assertThat(Description.of(future)).hasToString("pollFn");
  }

  // ---- giving way

  @Test
  void yieldNowIsPendingForOneTurn() throws Exception {
    Future<Void> future = Futures.yieldNow();
    assertThat(crank.poll(future).isPending()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(crank.wakes).hasValue(0);
    assertThat(crank.poll(future).isReady()).isTrue();
    assertOver(future);
  }

  @Test
  void yieldNowCanBeCancelled() throws Exception {
    Future<Void> future = Futures.yieldNow();
    assertThat(crank.poll(future).isPending()).isTrue();
    future.cancel();
    assertOver(future);
  }

  @Test
  void consumeBudgetTakesAUnitOrWaitsForATurn() throws Exception {
    int[] left = {0};
    Future<Void> rich = Futures.consumeBudget();
    Future<Void> poor = Futures.consumeBudget();
    Future<Void> both =
        Futures.pollFn(
            cx -> {
              assertThat(rich.poll(cx).isReady()).isTrue();
              left[0] = cx.budget().remaining();
              cx.budget().replace(0);
              return poor.poll(cx);
            });
    assertThat(crank.poll(both).isPending()).isTrue();
    assertThat(left[0]).isEqualTo(Budget.UNITS - 1);
    assertThat(crank.wokeItself()).isTrue();
    assertThat(crank.poll(poor).isReady()).isTrue();
    assertOver(rich);
    assertOver(poor);
  }

  @Test
  void unconstrainedSeesNoBudgetAndRestoresIt() throws Exception {
    Probe<Integer> then = new Probe<>();
    Future<Integer> greedy =
        Futures.unconstrained(
            Futures.pollFn(
                cx -> {
                  for (int i = 0; i < 10 * Budget.UNITS; i++) {
                    assertThat(cx.tryProceed()).isTrue();
                  }
                  return then.poll(cx);
                }));
    int[] left = {0};
    Future<Integer> outer =
        Futures.pollFn(
            cx -> {
              cx.budget().replace(5);
              try {
                return greedy.poll(cx);
              } finally {
                left[0] = cx.budget().remaining();
              }
            });
    assertThat(crank.poll(outer).isPending()).isTrue();
    assertThat(left[0]).isEqualTo(5);
    left[0] = 0;
    then.fail(new IOException("x"));
    assertThatThrownBy(() -> crank.poll(outer)).isInstanceOf(IOException.class);
    assertThat(left[0]).isEqualTo(5);
    assertOver(greedy);
  }

  @Test
  void unconstrainedCancelsItsFutureOnce() throws Exception {
    Probe<Integer> body = new Probe<>();
    body.thrownByCancel = new IllegalStateException("x");
    Future<Integer> future = Futures.unconstrained(body);
    assertThat(crank.poll(future).isPending()).isTrue();
    assertThat(Description.of(future)).hasToString("unconstrained\n  body: probe");
    future.cancel();
    future.cancel();
    assertThat(body.cancels).isEqualTo(1);
    assertThat(crank.uncaught).containsExactly(body.thrownByCancel);
    assertOver(future);
  }

  // ---- arguments

  @Test
  void nullArgumentsAreRefusedByName() {
    Future<Integer> f = Futures.ready(1);
    refuses("failure", () -> use(Futures.failed(null)));
    refuses("body", () -> use(Futures.lazy(null)));
    refuses("body", () -> use(Futures.defer(null)));
    refuses("poll", () -> use(Futures.pollFn(null)));
    refuses("poll", () -> use(Futures.pollFn(null, () -> {})));
    refuses("cancel", () -> use(Futures.pollFn(cx -> Poll.pending(), null)));
    refuses(
        "describe",
        () -> use(Futures.pollFn(cx -> Poll.pending(), () -> {}, (Consumer<Description>) null)));
    refuses("future", () -> use(Futures.unconstrained(null)));
    refuses("a", () -> use(Futures.join(null, f, (a, b) -> a)));
    refuses("b", () -> use(Futures.join(f, null, (a, b) -> a)));
    refuses("combine", () -> use(Futures.join(f, f, null)));
    refuses("c", () -> use(Futures.join(f, f, null, (a, b, c) -> a)));
    refuses(
        "combine", () -> use(Futures.join(f, f, f, (Function3<Object, Object, Object, ?>) null)));
    refuses("d", () -> use(Futures.join(f, f, f, null, (a, b, c, d) -> a)));
    refuses("combine", () -> use(Futures.join(f, f, f, f, null)));
    refuses("futures", () -> use(Futures.joinAll(null)));
    refuses("futures[1]", () -> use(Futures.joinAll(Arrays.asList(f, null))));
    refuses("futures", () -> use(Futures.race((List<Future<Integer>>) null)));
    refuses("futures[0]", () -> use(Futures.race(null, f)));
    refuses("futures", () -> use(Futures.select(null)));
    refuses("futures[1]", () -> use(Futures.select(Arrays.asList(f, null))));
    refuses("body", () -> use(Futures.repeat(null)));
    refuses(
        "body",
        () -> use(Futures.repeatUntil((Supplier<Future<java.util.Optional<String>>>) null)));
  }

  @Test
  void noFuturesAtAllAreRefusedWhereOneMustWin() {
    assertThatThrownBy(() -> use(Futures.race(List.<Future<String>>of())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> use(Futures.select(List.<Future<String>>of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void refuses(String parameter, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(parameter);
  }

  private static void use(Future<?> future) {
    assertThat(future).isNotNull();
  }

  private void assertOver(Future<?> future) {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }

  private static void assertCollected(WeakReference<?> ref) {
    for (int i = 0; i < 100 && ref.get() != null; i++) {
      System.gc();
    }
    assertThat(ref.get()).isNull();
  }
}
