package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every operator owes, whatever it does with the elements. */
class OperatorContractTest {

  /**
   * An operator that hands its elements on, with a function of the user's in the middle if it takes
   * one.
   */
  private record Operator(
      String name,
      boolean takesFunction,
      BiFunction<AsyncIterator<Integer>, Function<Integer, Boolean>, AsyncIterator<Integer>>
          assembly) {

    AsyncIterator<Integer> on(AsyncIterator<Integer> upstream) {
      return assembly.apply(upstream, x -> true);
    }

    AsyncIterator<Integer> on(AsyncIterator<Integer> upstream, Function<Integer, Boolean> hook) {
      return assembly.apply(upstream, hook);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Operator> operators() {
    return Stream.concat(firstOperators(), elementOperators());
  }

  private static Stream<Operator> elementOperators() {
    return Stream.of(
        new Operator("distinct", true, (it, hook) -> it.distinct(2_000, keyed(hook))),
        new Operator(
            "distinctUntilChanged", true, (it, hook) -> it.distinctUntilChanged(keyed(hook))),
        new Operator("skipWhile", false, (it, hook) -> it.skipWhile(x -> false)),
        new Operator("takeThrough", true, (it, hook) -> it.takeThrough(x -> !hook.apply(x))),
        new Operator("skipLast", false, (it, hook) -> it.skipLast(0)),
        new Operator("skipUntil", false, (it, hook) -> it.skipUntil(Futures.done())),
        new Operator("ofType", false, (it, hook) -> it.ofType(Integer.class)),
        new Operator(
            "inspect", true, (it, hook) -> it.inspect(x -> assertThat(hook.apply(x)).isNotNull())),
        new Operator(
            "mapAsync",
            true,
            (it, hook) -> it.mapAsync(x -> Futures.ready(hook.apply(x) ? x : -1))),
        new Operator(
            "filterAsync", true, (it, hook) -> it.filterAsync(x -> Futures.ready(hook.apply(x)))),
        new Operator(
            "flatMapIterable",
            true,
            (it, hook) -> it.flatMapIterable(x -> List.of(hook.apply(x) ? x : -1))),
        new Operator("peekable", false, (it, hook) -> it.peekable()),
        new Operator("defaultIfEmpty", false, (it, hook) -> it.defaultIfEmpty(-1)),
        new Operator(
            "switchIfEmpty", false, (it, hook) -> it.switchIfEmpty(AsyncIterators::empty)));
  }

  /** A key function that is the hook on its way. */
  private static Function<Integer, Integer> keyed(Function<Integer, Boolean> hook) {
    return x -> hook.apply(x) ? x : -1 - x;
  }

  private static Stream<Operator> firstOperators() {
    return Stream.of(
        new Operator("map", true, (it, hook) -> it.map(x -> hook.apply(x) ? x : -1)),
        new Operator("filter", true, (it, hook) -> it.filter(hook::apply)),
        new Operator("takeWhile", true, (it, hook) -> it.takeWhile(hook::apply)),
        new Operator(
            "flatMap",
            true,
            (it, hook) -> it.flatMap(x -> AsyncIterators.of(hook.apply(x) ? x : -1))),
        new Operator(
            "buffered",
            true,
            (it, hook) ->
                it.buffered(
                    2,
                    x -> {
                      int output = hook.apply(x) ? x : -1;
                      return cx -> Poll.ready(output);
                    })),
        new Operator("take", false, (it, hook) -> it.take(1_000_000)),
        new Operator("skip", false, (it, hook) -> it.skip(0)),
        new Operator("chain", false, (it, hook) -> it.chain(AsyncIterators.empty())));
  }

  static Stream<Operator> operatorsWithFunction() {
    return operators().filter(Operator::takesFunction);
  }

  private final IteratorCrank crank = new IteratorCrank();

  @ParameterizedTest
  @MethodSource("operators")
  void handsOnElementsAndTheEndInEveryMode(Operator operator) throws Exception {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      AsyncIterator<Integer> iterator = operator.on(ScriptedIterator.of(1, 2, 3));
      assertThat(crank.drain(iterator, mode)).containsExactly(1, 2, 3);
      assertOver(iterator);
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void doesNothingBeforeItIsPolled(Operator operator) {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1);
    AsyncIterator<Integer> iterator = operator.on(source, x -> fail());
    assertThat(source.polls).isZero();
    assertThat(source.cancels).isZero();
    assertThat(iterator.knownEnded()).isFalse();
    iterator.cancel();
  }

  @ParameterizedTest
  @MethodSource("operatorsWithFunction")
  void failureOfTheFunctionComesAfterTheElementsBeforeItAndCancelsTheUpstream(Operator operator) {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      for (int k = 1; k <= 3; k++) {
        int failAt = k;
        ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3, 4, 5);
        Error failure = new AssertionError("the user's");
        AsyncIterator<Integer> iterator =
            operator.on(
                source,
                x -> {
                  if (x == failAt) {
                    throw failure;
                  }
                  return true;
                });
        List<Integer> seen = new ArrayList<>();
        assertThatThrownBy(() -> crank.drain(iterator, mode, new Random(failAt), seen))
            .isSameAs(failure);
        assertThat(seen).isEqualTo(List.of(1, 2, 3).subList(0, failAt - 1));
        assertThat(source.cancels).isEqualTo(1);
        assertOver(iterator);
      }
    }
    assertThat(crank.uncaught).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void failureOfTheUpstreamPassesUnchanged(Operator operator) {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      Exception failure = new Exception("upstream");
      ScriptedIterator<Integer> source = new ScriptedIterator<>(List.of(1, 2, failure));
      AsyncIterator<Integer> iterator = operator.on(source);
      List<Integer> seen = new ArrayList<>();
      assertThatThrownBy(() -> crank.drain(iterator, mode, new Random(1), seen)).isSameAs(failure);
      assertThat(seen).containsExactly(1, 2);
      assertThat(source.cancels).isZero();
      assertOver(iterator);
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void cancelReachesTheUpstreamOnceAtEveryPoint(Operator operator) throws Exception {
    for (boolean each : new boolean[] {true, false}) {
      for (int point = 0; point <= 4; point++) {
        ScriptedIterator<Integer> source =
            new ScriptedIterator<>(List.of(1, ScriptedIterator.PENDING, 2, ScriptedIterator.STUCK));
        AsyncIterator<Integer> iterator = operator.on(source);
        for (int i = 0; i < point; i++) {
          if (each) {
            crank.each(iterator, x -> false);
          } else {
            crank.next(iterator);
          }
        }
        iterator.cancel();
        iterator.cancel();
        assertThat(source.cancels).isEqualTo(1);
        assertOver(iterator);
      }
    }
    assertThat(crank.uncaught).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aCancelThatThrowsIsReported(Operator operator) throws Exception {
    RuntimeException violation = new RuntimeException("cancel");
    AsyncIterator<Integer> source =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) {
            return Next.pending();
          }

          @Override
          public void cancel() {
            throw violation;
          }
        };
    AsyncIterator<Integer> iterator = operator.on(source);
    assertThat(crank.next(iterator).isPending()).isTrue();
    iterator.cancel();
    assertThat(crank.uncaught).containsExactly(violation);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aSinkThatThrowsIsReportedOnceAndCancelsAll(Operator operator) {
    AsyncIterator<Integer> source = AsyncIterators.of(1, 2, 3);
    AsyncIterator<Integer> iterator = operator.on(source);
    RuntimeException violation = new RuntimeException("sink");
    assertThatThrownBy(
            () ->
                crank.each(
                    iterator,
                    x -> {
                      throw violation;
                    }))
        .isSameAs(violation);
    assertThat(crank.uncaught).containsExactly(violation);
    assertOver(iterator);
    assertOver(source);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void thePendingOfTheUpstreamHasStoredTheLatestWaker(Operator operator) throws Exception {
    ScriptedIterator<Integer> source = new ScriptedIterator<>(List.of(ScriptedIterator.STUCK, 1));
    AsyncIterator<Integer> iterator = operator.on(source);
    assertThat(crank.poller.pollNext(iterator, Waker.noop()).isPending()).isTrue();
    assertThat(crank.each(iterator, x -> true)).isEqualTo(Turn.PENDING);
    assertThat(source.stored).isSameAs(crank.waker);
    source.release();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void givesWayWhenTheBudgetIsUsedUp(Operator operator) throws Exception {
    AsyncIterator<Integer> iterator = operator.on(AsyncIterators.range(0, 1_000));
    List<Integer> seen = new ArrayList<>();
    assertThat(crank.each(iterator, seen::add)).isEqualTo(Turn.PENDING);
    // flatMap takes a unit for the outer element and one for the inner
    assertThat(seen).hasSizeBetween(Budget.UNITS / 2, Budget.UNITS);
    assertThat(crank.poller.wokeItself()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void namesItselfAndItsUpstream(Operator operator) throws Exception {
    ScriptedIterator<Integer> source = new ScriptedIterator<>(List.of(ScriptedIterator.STUCK));
    AsyncIterator<Integer> iterator = operator.on(source);
    crank.next(iterator);
    Description description = Description.ofIterator(iterator);
    assertThat(description.name()).isEqualTo(operator.name());
    assertThat(description.children())
        .anyMatch(child -> child.role().equals("upstream") && child.name().startsWith("Scripted"));
    iterator.cancel();
    assertThat(Description.ofIterator(iterator).children()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void knowsThatItHasEndedIfTheUpstreamKnows(Operator operator) throws Exception {
    AsyncIterator<Integer> iterator = operator.on(AsyncIterators.of(1));
    assertThat(iterator.knownEnded()).isFalse();
    assertThat(crank.next(iterator).isItem()).isTrue();
    if (!operator.name().startsWith("flatMap")) { // its inner iterator has not been asked again
      assertThat(iterator.knownEnded()).isTrue();
    }
    assertThat(crank.next(iterator).isEnd()).isTrue();
    assertThat(iterator.knownEnded()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("operatorsWithFunction")
  void nothingOfTheUsersIsHeldOnceItIsOver(Operator operator) throws Exception {
    for (boolean cancelled : new boolean[] {true, false}) {
      Object[] users = {new Object()};
      WeakReference<Object> held = new WeakReference<>(users[0]);
      AsyncIterator<Integer> iterator = hooked(operator, users[0]);
      users[0] = null;
      crank.next(iterator);
      if (cancelled) {
        iterator.cancel();
      } else {
        crank.drain(iterator, IteratorCrank.Mode.EACH);
      }
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (held.get() != null && System.nanoTime() < giveUp) {
        System.gc();
      }
      assertThat(held.get()).isNull();
      iterator.cancel(); // keeps the iterator itself alive until here
    }
  }

  private static AsyncIterator<Integer> hooked(Operator operator, Object users) {
    return operator.on(AsyncIterators.range(0, 3), x -> users != null);
  }

  @ParameterizedTest
  @MethodSource("operatorsWithFunction")
  void aNullOfTheFunctionIsRefused(Operator operator) {
    AsyncIterator<Integer> source = AsyncIterators.of(1);
    AsyncIterator<Integer> iterator =
        switch (operator.name()) {
          case "map" -> source.map(x -> null);
          case "flatMap" -> source.flatMap(x -> null);
          case "buffered" -> source.buffered(1, x -> null);
          case "distinct" -> source.distinct(1, x -> null);
          case "distinctUntilChanged" -> source.distinctUntilChanged(x -> null);
          case "mapAsync" -> source.mapAsync(x -> null);
          case "filterAsync" -> source.filterAsync(x -> null);
          case "flatMapIterable" -> source.flatMapIterable(x -> null);
          default -> source.filter(x -> null == x ? true : nullBoolean());
        };
    assertThatThrownBy(() -> crank.drain(iterator, IteratorCrank.Mode.EACH))
        .isInstanceOf(NullPointerException.class);
    assertOver(iterator);
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    AsyncIterator<Integer> it = AsyncIterators.of(1);
    assertThatThrownBy(() -> it.map(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.filter(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.flatMap(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.takeWhile(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.chain(null)).hasMessageContaining("other");
    assertThatThrownBy(() -> it.fold(null, (a, b) -> a)).hasMessageContaining("seed");
    assertThatThrownBy(() -> it.fold(1, null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.collect(null)).hasMessageContaining("collector");
    assertThatThrownBy(() -> it.forEach(null)).hasMessageContaining("action");
    assertThatThrownBy(() -> it.toIterable(null)).hasMessageContaining("runtime");
    assertThatThrownBy(() -> it.take(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must not be negative, was -1");
    assertThatThrownBy(() -> it.skip(-7)).hasMessage("count must not be negative, was -7");
    assertThatThrownBy(() -> it.buffered(0, x -> null))
        .hasMessage("limit must be at least 1, was 0");
    assertThatThrownBy(() -> it.toStream(null, 1)).hasMessageContaining("runtime");
    it.cancel();
  }

  @Test
  void aFilterThatLetsNothingThroughStillGivesWay() throws Exception {
    AsyncIterator<Integer> endless =
        AsyncIterators.<Integer, Integer>unfold(
            0, n -> java.util.Optional.of(new Unfolded<>(n, n + 1)));
    AsyncIterator<Integer> iterator = endless.filter(x -> false);
    for (int turn = 0; turn < 3; turn++) {
      assertThat(crank.next(iterator).isPending()).isTrue();
      assertThat(crank.poller.wokeItself()).isTrue();
      assertThat(crank.each(iterator, x -> true)).isEqualTo(Turn.PENDING);
    }
    assertThat(crank.poller.budgetForcedYields()).isEqualTo(6);
  }

  @Test
  void aThousandStagesWorkOnThisStack() throws Exception {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      AsyncIterator<Integer> iterator = AsyncIterators.range(0, 10);
      for (int i = 0; i < 250; i++) {
        iterator = iterator.map(x -> x + 1).filter(x -> true).take(100).skip(0);
      }
      assertThat(crank.drain(iterator, mode)).hasSize(10).startsWith(250);
      assertThat(crank.uncaught).isEmpty();
    }
  }

  @Test
  void aPipelineDeeperThanTheStackIsCancelledInALoop() {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1);
    AsyncIterator<Integer> iterator = source;
    for (int i = 0; i < 300_000; i++) {
      iterator = iterator.map(x -> x).take(5);
    }
    Future<List<Integer>> all = iterator.collect(Collectors.toList());
    all.cancel();
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aPipelineTooDeepToPollFailsAndIsReleased() {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2);
    AsyncIterator<Integer> iterator = source;
    for (int i = 0; i < 300_000; i++) {
      iterator = iterator.map(x -> x);
    }
    AsyncIterator<Integer> deep = iterator;
    assertThatThrownBy(() -> crank.next(deep))
        .isInstanceOf(StackOverflowError.class)
        .hasMessageContaining("is too deep for the stack");
    assertThat(source.cancels).isEqualTo(1);
    assertOver(deep);
  }

  private void assertOver(AsyncIterator<?> iterator) {
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> crank.each(iterator, x -> true))
        .isInstanceOf(PollAfterEndException.class);
    assertThat(iterator.knownEnded()).isFalse();
    iterator.cancel();
  }

  private static Boolean fail() {
    throw new AssertionError("called before the first poll");
  }

  private static Boolean nullBoolean() {
    return null;
  }
}
