package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ChainTest {

  private static final int MILLION = 1_000_000;

  private final HandCrank crank = new HandCrank();
  private final List<String> log = new ArrayList<>();

  // ---- what the operators do

  @Test
  void mapAppliesItsFunctionToTheOutput() throws Exception {
    assertThat(crank.poll(Futures.ready(20).map(x -> x + 1)).value()).isEqualTo(21);
  }

  @Test
  void mapPassesAFailureOnUnchanged() {
    IOException failure = new IOException("gone");
    Future<Integer> future = Futures.<Integer>failed(failure).map(x -> x + 1);
    assertThatThrownBy(() -> crank.poll(future)).isSameAs(failure);
  }

  @Test
  void aNullOutputGoesThroughTheSteps() throws Exception {
    assertThat(crank.poll(Futures.<Object>ready(null).map(x -> x).map(String::valueOf)).value())
        .isEqualTo("null");
  }

  @Test
  void flatMapRunsTheFutureThatItsFunctionMakes() throws Exception {
    Probe<String> second = new Probe<>();
    Future<String> future = Futures.ready(1).flatMap(x -> second);
    assertThat(crank.poll(future).isPending()).isTrue();
    second.complete("b");
    assertThat(crank.wakes).hasValue(1);
    assertThat(crank.poll(future).value()).isEqualTo("b");
  }

  @Test
  void aFlatMapFunctionThatAnswersNullFailsTheFuture() throws Exception {
    Future<String> future = Futures.ready(1).flatMap(x -> null);
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aFlatMapFunctionThatAnswersItsOwnFutureFailsIt() throws Exception {
    List<Future<Integer>> self = new ArrayList<>();
    self.add(Futures.ready(1).flatMap(x -> self.get(0)));
    assertThatThrownBy(() -> crank.poll(self.get(0))).isInstanceOf(PollAfterEndException.class);

    self.set(0, Futures.ready(1).flatMap(x -> self.get(0).map(y -> y)));
    assertThatThrownBy(() -> crank.poll(self.get(0))).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void recoverReplacesAFailureAndLeavesAnOutput() throws Exception {
    Future<String> failed =
        Futures.<String>failed(new IOException("x")).recover(Throwable::getMessage);
    assertThat(crank.poll(failed).value()).isEqualTo("x");
    assertThat(crank.poll(Futures.ready("a").recover(Throwable::getMessage)).value())
        .isEqualTo("a");
  }

  @Test
  void recoverWithRunsAnotherFutureAfterAFailure() throws Exception {
    Future<String> future =
        Futures.<String>failed(new IOException("x"))
            .recoverWith(failure -> Futures.ready("after " + failure.getMessage()));
    assertThat(crank.poll(future).value()).isEqualTo("after x");
  }

  @Test
  void handleSeesTheOutputOrTheFailure() throws Exception {
    Future<String> ok = Futures.ready(1).handle((value, failure) -> value + "/" + failure);
    assertThat(crank.poll(ok).value()).isEqualTo("1/null");
    Future<String> failed =
        Futures.failed(new InterruptedException("x"))
            .handle((value, failure) -> value + "/" + failure.getMessage());
    assertThat(crank.poll(failed).value()).isEqualTo("null/x");
  }

  @Test
  void whatAFunctionThrowsIsTheFailureThatLaterStepsSee() throws Exception {
    Future<String> future =
        Futures.ready(1)
            .<String>map(
                x -> {
                  throw new IllegalArgumentException("bad " + x);
                })
            .map(s -> s + "!")
            .recover(Exception::getMessage);
    assertThat(crank.poll(future).value()).isEqualTo("bad 1");
  }

  @Test
  void anErrorPassesEveryStep() {
    Error error = new AssertionError("no");
    Future<Object> future =
        Futures.failed(error)
            .recover(failure -> log.add("recover"))
            .recoverWith(failure -> Futures.ready(log.add("recoverWith")))
            .handle((value, failure) -> log.add("handle"));
    assertThatThrownBy(() -> crank.poll(future)).isSameAs(error);
    assertThat(log).isEmpty();
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void anErrorThrownByAFunctionPassesEveryStep() {
    Error error = new AssertionError("no");
    Future<Object> future =
        Futures.ready(1)
            .map(
                x -> {
                  throw error;
                })
            .handle((value, failure) -> log.add("handle"));
    assertThatThrownBy(() -> crank.poll(future)).isSameAs(error);
    assertThat(log).isEmpty();
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void stepsRunInTheOrderInWhichTheyWereWritten() throws Exception {
    Future<String> future =
        Futures.ready("")
            .map(s -> s + "a")
            .flatMap(
                s -> Futures.ready(s + "b").map(t -> t + "c").flatMap(t -> Futures.ready(t + "d")))
            .map(s -> s + "e")
            .recover(failure -> "never")
            .handle((s, failure) -> s + "f");
    assertThat(crank.finish(future)).isEqualTo("abcdef");
  }

  @Test
  void aChainThatWasPolledAlreadyCanBeContinued() throws Exception {
    Probe<String> source = new Probe<>();
    Future<String> begun = source.map(s -> s + "b").flatMap(s -> Futures.ready(s + "c"));
    assertThat(crank.poll(begun).isPending()).isTrue();
    Future<String> continued = begun.map(s -> s + "d").map(s -> s + "e");
    assertThat(crank.poll(continued).isPending()).isTrue();
    source.complete("a");
    assertThat(crank.finish(continued)).isEqualTo("abcde");
  }

  @Test
  void aChainThatWasTakenOverIsOverForItsOldHolder() throws Exception {
    Future<String> inner = new Probe<String>().map(s -> s);
    Future<String> outer = inner.map(s -> s);
    assertThat(crank.poll(outer).isPending()).isTrue();
    assertThatThrownBy(() -> crank.poll(inner)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aFlatMapToAChainThatIsOverFailsAndCanBeRecovered() throws Exception {
    Future<Integer> over = Futures.ready(1).map(x -> x);
    assertThat(crank.poll(over).isReady()).isTrue();
    Future<Integer> future = Futures.ready(1).flatMap(x -> over).recover(failure -> -1);
    assertThat(crank.finish(future)).isEqualTo(-1);
  }

  // ---- its life

  @Test
  void nothingRunsBeforeTheFirstPoll() {
    Future<Boolean> future = Futures.lazy(() -> log.add("source")).map(added -> log.add("step"));
    assertThat(log).isEmpty();
    future.cancel();
    assertThat(log).isEmpty();
  }

  @Test
  void aSecondPollAfterTheEndIsRefused() throws Exception {
    Future<Integer> completed = Futures.ready(1).map(x -> x);
    assertThat(crank.poll(completed).isReady()).isTrue();
    assertThatThrownBy(() -> crank.poll(completed)).isInstanceOf(PollAfterEndException.class);

    Future<Integer> failed = Futures.<Integer>failed(new IOException()).map(x -> x);
    assertThatThrownBy(() -> crank.poll(failed)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> crank.poll(failed)).isInstanceOf(PollAfterEndException.class);

    Future<Integer> cancelled = Futures.ready(1).map(x -> x);
    cancelled.cancel();
    assertThatThrownBy(() -> crank.poll(cancelled)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void cancelReachesTheSourceOnce() {
    Probe<Integer> source = new Probe<>();
    Future<Integer> future = source.map(x -> x).flatMap(x -> Futures.ready(x));
    future.cancel();
    future.cancel();
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void cancelReachesTheFutureThatIsRunning() throws Exception {
    Probe<Integer> second = new Probe<>();
    Future<Integer> future = Futures.ready(1).flatMap(x -> second).map(x -> x);
    assertThat(crank.poll(future).isPending()).isTrue();
    future.cancel();
    assertThat(second.cancels).isEqualTo(1);
  }

  @Test
  void cancelReachesAFutureThatWasMadeButNotPolledForLackOfBudget() throws Exception {
    Probe<Integer> second = new Probe<>();
    Future<Integer> future =
        Futures.pollFn(
                cx -> {
                  cx.budget().replace(0);
                  return Poll.ready(1);
                })
            .flatMap(x -> second);
    assertThat(crank.poll(future).isPending()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(second.polls).isZero();
    future.cancel();
    assertThat(second.cancels).isEqualTo(1);
  }

  @Test
  void aThrowOfTheSourcesCancelIsReported() throws Exception {
    Probe<Integer> source = new Probe<>();
    source.thrownByCancel = new IllegalStateException("bad cancel");
    Future<Integer> future = source.map(x -> x);
    assertThat(crank.poll(future).isPending()).isTrue();
    future.cancel();
    assertThat(crank.uncaught).containsExactly(source.thrownByCancel);
  }

  @Test
  void aFunctionIsNotRetainedAfterItRan() throws Exception {
    Probe<Object> second = new Probe<>();
    Function<Object, Future<Object>> function = capturing(new Object(), second);
    WeakReference<Object> ref = new WeakReference<>(function);
    Future<Object> future = Futures.ready(new Object()).flatMap(function);
    function = null;
    assertThat(crank.poll(future).isPending()).isTrue();
    assertCollected(ref);
    second.complete("x");
    assertThat(crank.poll(future).value()).isEqualTo("x");
  }

  @Test
  void noFunctionIsRetainedAfterCancel() {
    Function<Object, Object> function =
        new Function<>() {
          @Override
          public Object apply(Object x) {
            return x;
          }
        };
    WeakReference<Object> ref = new WeakReference<>(function);
    Future<Object> inner = Futures.ready(new Object()).map(function);
    Future<Object> outer = inner.map(x -> x);
    function = null;
    outer.cancel();
    assertCollected(ref);
    assertThat(inner).isNotSameAs(outer); // both are still reachable here
  }

  private static Function<Object, Future<Object>> capturing(Object captured, Future<Object> made) {
    return x -> captured == x ? Futures.done().map(nothing -> captured) : made;
  }

  private static void assertCollected(WeakReference<?> ref) {
    for (int i = 0; i < 100 && ref.get() != null; i++) {
      System.gc();
    }
    assertThat(ref.get()).isNull();
  }

  // ---- budget

  @Test
  void sourcesThatAreAlwaysReadyGiveWay() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    Future<Object> endless = forever(rounds);
    assertThat(crank.poll(endless).isPending()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(rounds).hasValue(Budget.UNITS + 1);
    endless.cancel();
  }

  private static Future<Object> forever(AtomicInteger rounds) {
    return Futures.lazy(rounds::incrementAndGet).flatMap(x -> forever(rounds));
  }

  @Test
  void mapsTakeNoBudget() throws Exception {
    Future<Integer> future = Futures.ready(0);
    for (int i = 0; i < 2 * Budget.UNITS; i++) {
      future = future.map(x -> x + 1);
    }
    assertThat(crank.poll(future).value()).isEqualTo(2 * Budget.UNITS);
  }

  // ---- length

  @Test
  void aMillionFlatMapsOnTheLeftRunInConstantStack() throws Exception {
    Future<Integer> chain = Futures.ready(0);
    for (int i = 0; i < MILLION; i++) {
      chain = chain.flatMap(x -> Futures.ready(x + 1));
    }
    Future<Integer> all = chain;
    assertThat(SmallStack.call(() -> crank.finish(all))).isEqualTo(MILLION);
  }

  @Test
  void aMillionMixedStepsRunInConstantStack() throws Exception {
    Future<Integer> chain = Futures.ready(0);
    for (int i = 0; i < MILLION / 4; i++) {
      chain =
          chain
              .map(x -> x + 1)
              .<Integer>flatMap(x -> Futures.failed(new IOException()))
              .recover(failure -> 7)
              .handle((x, failure) -> x + 1);
    }
    Future<Integer> all = chain;
    assertThat(SmallStack.call(() -> crank.finish(all))).isEqualTo(8);
  }

  @Test
  void aRecursionOnTheRightAMillionDeepRunsInConstantStackAndMemory() throws Exception {
    List<WeakReference<Object>> early = new ArrayList<>();
    Future<String> loop = countDown(MILLION, early);
    assertThat(SmallStack.call(() -> crank.finish(loop))).isEqualTo("done");
  }

  private Future<String> countDown(int n, List<WeakReference<Object>> early) {
    if (n == 0) {
      early.forEach(ChainTest::assertCollected);
      return Futures.ready("done");
    }
    Function<Integer, Future<String>> step =
        new Function<>() {
          @Override
          public Future<String> apply(Integer x) {
            return countDown(x - 1, early);
          }
        };
    Future<String> level = Futures.ready(n).flatMap(step);
    if (early.size() < 10 && n % 1000 == 1) {
      early.add(new WeakReference<>(step));
      early.add(new WeakReference<>(level));
    }
    return level;
  }

  @Test
  void aRecursionThatIsNotInTailPositionRunsInConstantStack() throws Exception {
    assertThat(SmallStack.call(() -> crank.finish(sum(MILLION))))
        .isEqualTo(MILLION * (MILLION + 1L) / 2);
  }

  private static Future<Long> sum(int n) {
    return n == 0
        ? Futures.ready(0L)
        : Futures.ready(n - 1).flatMap(ChainTest::sum).recover(failure -> -1L).map(s -> s + n);
  }

  @Test
  void aRecursionOverDeferRunsInConstantStack() throws Exception {
    assertThat(SmallStack.call(() -> crank.finish(deferred(MILLION)))).isEqualTo("done");
  }

  private static Future<String> deferred(int n) {
    return n == 0 ? Futures.ready("done") : Futures.defer(() -> deferred(n - 1));
  }

  @Test
  void chainsThatWereEachPolledBeforeTheNextOneTookThemOverRunInConstantStack() throws Exception {
    Probe<Integer> source = new Probe<>();
    String result =
        SmallStack.call(
            () -> {
              Future<Integer> chain = source;
              for (int i = 0; i < 100_000; i++) {
                chain = chain.map(x -> x + 1);
                assertThat(crank.poll(chain).isPending()).isTrue();
              }
              source.complete(0);
              return "" + crank.finish(chain);
            });
    assertThat(result).isEqualTo("100000");
  }

  @Test
  void aMillionStepsAreCancelledInConstantStackPolledOrNot() throws Exception {
    for (boolean polled : new boolean[] {false, true}) {
      Probe<Integer> source = new Probe<>();
      Future<Integer> chain = source;
      for (int i = 0; i < MILLION; i++) {
        chain = chain.map(x -> x + 1);
      }
      Future<Integer> all = chain;
      if (polled) {
        assertThat(crank.poll(all).isPending()).isTrue();
      }
      SmallStack.call(
          () -> {
            all.cancel();
            return null;
          });
      assertThat(source.cancels).isEqualTo(1);
    }
  }

  // ---- description

  @Test
  void aDescriptionShowsTheSourceAndTheStepsLeft() throws Exception {
    Probe<Integer> source = new Probe<>();
    Future<Integer> chain = source.map(x -> x).recover(failure -> 0);
    assertThat(Description.of(chain)).hasToString("map {steps=2}\n  source: probe");
    assertThat(crank.poll(chain).isPending()).isTrue();
    assertThat(Description.of(chain)).hasToString("map {steps=2}\n  source: probe");
    Future<Integer> other = source.flatMap(x -> source);
    assertThat(Description.of(other)).hasToString("flatMap\n  source: probe");
    other.cancel();
    chain.cancel();
    assertThat(Description.of(chain)).hasToString("chain");
  }

  @Test
  void aMillionStepsAreDescribedInConstantStack() throws Exception {
    Future<Integer> chain = new Probe<>();
    for (int i = 0; i < MILLION; i++) {
      chain = chain.map(x -> x + 1);
    }
    Future<Integer> all = chain;
    assertThat(SmallStack.call(() -> Description.of(all).toString()))
        .isEqualTo("map {steps=1000000}\n  source: probe");
    all.cancel();
  }

  // ---- arguments

  @Test
  void nullFunctionsAreRefusedByName() {
    Future<Integer> source = Futures.ready(1);
    assertThatThrownBy(() -> consume(source.map(null))).hasMessage("function");
    assertThatThrownBy(() -> consume(source.flatMap(null))).hasMessage("function");
    assertThatThrownBy(() -> consume(source.recover(null))).hasMessage("function");
    assertThatThrownBy(() -> consume(source.recoverWith(null))).hasMessage("function");
    assertThatThrownBy(() -> consume(source.handle(null))).hasMessage("function");
  }

  private static void consume(Future<?> future) {
    assertThat(future).isNotNull();
  }
}
