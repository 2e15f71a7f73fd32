package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Budget;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import dev.pollux.operator.ItemFailures;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentTest {

  /** A future that is completed by hand. */
  private static final class Manual<T> implements Future<T> {
    int polls;
    boolean cancelled;
    private Waker waker;
    private T output;
    private Exception failure;

    @Override
    public Poll<T> poll(Context cx) throws Exception {
      polls++;
      if (failure != null) {
        throw failure;
      }
      if (output != null) {
        return Poll.ready(output);
      }
      waker = cx.waker();
      return Poll.pending();
    }

    void complete(T with) {
      output = with;
      waker.wake();
    }

    void fail(Exception with) {
      failure = with;
      waker.wake();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final PollHarness harness = PollHarness.create();
  private final List<Manual<String>> made = new ArrayList<>();

  private Manual<String> make(int element) {
    Manual<String> manual = new Manual<>();
    assertThat(element).isEqualTo(made.size());
    made.add(manual);
    return manual;
  }

  @Test
  void mapUnorderedGivesWhatCompletesAndHoldsNothing() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2, 3, 4);
    AsyncIterator<String> outputs = source.concurrent(3).mapUnordered(this::make);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(made).hasSize(3);
    made.get(2).complete("c");
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item("c"));
    assertThat(made).as("another takes the place of what was given").hasSize(4);
    made.get(0).complete("a");
    made.get(1).complete("b");
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item("a"));
    assertThat(made.get(1).polls).as("what nobody asks for stays where it is").isEqualTo(1);
    outputs.cancel();
    assertThat(harness.discarded()).isEmpty();
    assertThat(made).filteredOn(manual -> manual.cancelled).hasSize(3);
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void onlyFuturesThatWereWokenArePolled() throws Exception {
    AsyncIterator<String> outputs =
        AsyncIterators.range(0, 3).concurrent(3).mapUnordered(this::make);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    made.get(1).waker.wake();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(made).extracting(manual -> manual.polls).containsExactly(1, 2, 1);
    outputs.cancel();
  }

  @Test
  void aFailureOfMapUnorderedComesAtOnce() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<String> outputs = source.concurrent(2).mapUnordered(this::make);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    IOException failure = new IOException("torn");
    made.get(1).fail(failure);
    assertThatThrownBy(() -> harness.pollNext(outputs)).isSameAs(failure);
    assertThat(made.get(0).cancelled).isTrue();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void delayedFailuresAreThrownAtTheEndTogether() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<String> outputs =
        source.concurrent(3).delayingFailures().mapUnordered(this::make);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    IOException upstream = new IOException("upstream");
    made.get(2).fail(first);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    made.get(1).fail(second);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    source.fail(upstream);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    made.get(0).complete("a");
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item("a"));
    assertThatThrownBy(() -> harness.pollNext(outputs))
        .isSameAs(first)
        .hasSuppressedException(second)
        .hasSuppressedException(upstream);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void delayedFailuresOfACancelledStreamAreReported() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1);
    AsyncIterator<String> outputs = source.concurrent(2).delayingFailures().map(this::make);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    IOException failure = new IOException("torn");
    made.get(1).fail(failure);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    outputs.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
  }

  @Test
  void whatIsNotCarriedToTheEndIsReported() throws Exception {
    int count = ItemFailures.SUPPRESSED_LIMIT + 5;
    AsyncIterator<Integer> outputs =
        AsyncIterators.range(0, count)
            .concurrent(1)
            .delayingFailures()
            .map(n -> Futures.failed(new IOException("number " + n)));
    assertThatThrownBy(() -> harness.runToEnd(outputs, 100))
        .hasMessage("number 0")
        .satisfies(
            thrown -> assertThat(thrown.getSuppressed()).hasSize(ItemFailures.SUPPRESSED_LIMIT));
    assertThat(harness.uncaught()).hasSize(4);
  }

  @Test
  void anErrorFailsTheStreamUnderEveryPolicyAndCarriesWhatWasPutOff() {
    AsyncIterator<Integer> delaying =
        AsyncIterators.of(0, 1)
            .concurrent(1)
            .delayingFailures()
            .map(
                n -> {
                  if (n == 1) {
                    throw new AssertionError("fatal");
                  }
                  return Futures.failed(new IOException("put off"));
                });
    assertThatThrownBy(() -> harness.runToEnd(delaying, 10))
        .isInstanceOf(AssertionError.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    AsyncIterator<Integer> skipping =
        AsyncIterators.of(0)
            .concurrent(1)
            .skippingFailures(failure -> {})
            .mapUnordered(n -> Futures.failed(new AssertionError("fatal")));
    assertThatThrownBy(() -> harness.runToEnd(skipping, 10)).hasMessage("fatal");
  }

  @Test
  void skippedFailuresAreTold() throws Exception {
    List<String> told = new ArrayList<>();
    AsyncIterator<Integer> outputs =
        AsyncIterators.range(0, 4)
            .concurrent(2)
            .skippingFailures(failure -> told.add(failure.getMessage()))
            .map(n -> n % 2 == 0 ? Futures.ready(n) : Futures.failed(new IOException("odd " + n)));
    assertThat(harness.runToEnd(outputs, 10)).containsExactly(0, 2);
    assertThat(told).containsExactly("odd 1", "odd 3");
  }

  @Test
  void whatTheConsumerThrowsFailsTheStream() {
    IllegalStateException broken = new IllegalStateException("broken");
    IOException failure = new IOException("torn");
    AsyncIterator<Integer> outputs =
        AsyncIterators.of(0)
            .concurrent(2)
            .skippingFailures(
                skipped -> {
                  throw broken;
                })
            .flatMap(n -> AsyncIterators.<Integer>failed(failure));
    assertThatThrownBy(() -> harness.runToEnd(outputs, 10))
        .isSameAs(broken)
        .hasSuppressedException(failure);
  }

  @Test
  void aFailureOfTheUpstreamIsNotSkipped() {
    List<Exception> told = new ArrayList<>();
    AsyncIterator<Integer> outputs =
        AsyncIterators.<Integer>failed(new IOException("torn"))
            .concurrent(2)
            .skippingFailures(told::add)
            .flatMap(AsyncIterators::of);
    assertThatThrownBy(() -> harness.runToEnd(outputs, 10)).hasMessage("torn");
    assertThat(told).isEmpty();
  }

  @Test
  void filterDiscardsWhatItHoldsAndNotWhatIsUnwanted() throws Exception {
    List<Manual<Boolean>> asked = new ArrayList<>();
    ByHand<String> source = ByHand.of("a", "b", "c", "d");
    AsyncIterator<String> wanted =
        source
            .concurrent(3)
            .filter(
                element -> {
                  Manual<Boolean> manual = new Manual<>();
                  asked.add(manual);
                  return manual;
                });
    assertThat(harness.pollNext(wanted).isPending()).isTrue();
    assertThat(source.pulled).isEqualTo(3);
    asked.get(0).complete(false);
    asked.get(2).complete(true);
    assertThat(harness.pollNext(wanted).isPending()).isTrue();
    assertThat(source.pulled).isEqualTo(4);
    wanted.cancel();
    assertThat(harness.discarded()).containsExactly("d", "c", "b");
  }

  @Test
  void forEachEndsWhenAllHaveEnded() throws Exception {
    List<Integer> elements = new ArrayList<>();
    Future<Void> all =
        AsyncIterators.range(0, 3)
            .concurrent(2)
            .forEach(
                n -> {
                  elements.add(n);
                  return Futures.lazy(() -> null);
                });
    assertThat(harness.poll(all).isReady()).isTrue();
    assertThat(elements).containsExactly(0, 1, 2);
  }

  @Test
  void forEachDropsTheOutputs() throws Exception {
    Future<Void> all = AsyncIterators.range(0, 3).concurrent(2).forEach(Futures::ready);
    assertThat(harness.poll(all)).isEqualTo(Poll.done());
    assertThat(harness.discarded()).isEmpty();
  }

  // ---- flatMap

  @Test
  void flatMapHoldsNothingAndOpensAtMostLimit() throws Exception {
    List<ByHand<Integer>> inners = List.of(new ByHand<>(), new ByHand<>(), new ByHand<>());
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<Integer> merged = source.concurrent(2).flatMap(inners::get);
    assertThat(harness.pollNext(merged).isPending()).isTrue();
    assertThat(source.pulled).isEqualTo(2);
    inners.get(1).give(10, 11);
    inners.get(0).give(1, 2);
    int given = 0;
    for (int i = 0; i < 4; i++) {
      assertThat(harness.pollNext(merged).isItem()).isTrue();
      given++;
      assertThat(inners.get(0).pulled + inners.get(1).pulled).isEqualTo(given);
    }
    assertThat(harness.pollNext(merged).isPending()).isTrue();
    assertThat(source.polls).as("no place is free").isEqualTo(2);
    inners.get(0).end();
    assertThat(harness.pollNext(merged).isPending()).isTrue();
    assertThat(source.pulled).isEqualTo(3);
    merged.cancel();
    assertThat(inners).allMatch(ByHand::isReleased);
    assertThat(source.cancelled).isTrue();
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void flatMapPollsOnlyWhatWasWoken() throws Exception {
    List<ByHand<Integer>> inners = List.of(new ByHand<>(), new ByHand<>(), new ByHand<>());
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<Integer> merged = source.concurrent(5).flatMap(inners::get);
    assertThat(harness.pollNext(merged).isPending()).isTrue();
    int before = source.polls;
    for (int i = 0; i < 10; i++) {
      inners.get(1).give(i);
      assertThat(harness.woken()).isTrue();
      assertThat(harness.pollNext(merged)).isEqualTo(Next.item(i));
      assertThat(harness.pollNext(merged).isPending()).isTrue();
    }
    assertThat(inners.get(0).polls).isEqualTo(1);
    assertThat(inners.get(2).polls).isEqualTo(1);
    assertThat(source.polls).as("nor is the upstream").isEqualTo(before);
    merged.cancel();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endlessInnerIteratorsTakeTurns(boolean each) throws Exception {
    int[] given = new int[4];
    AsyncIterator<Integer> merged =
        AsyncIterators.range(0, 4)
            .concurrent(4)
            .flatMap(n -> AsyncIterators.range(0, Integer.MAX_VALUE).map(i -> n));
    for (int turn = 0; turn < 100; turn++) {
      if (each) {
        assertThat(
                harness.pollEach(
                    merged,
                    n -> {
                      given[n]++;
                      return true;
                    }))
            .isEqualTo(Turn.PENDING);
      } else {
        for (Next<Integer> next = harness.pollNext(merged);
            turn < 99 && next.isItem();
            next = harness.pollNext(merged)) {
          given[next.value()]++;
          turn++;
        }
      }
    }
    int slack = 4 * (each ? FlatMapUnordered.RUN : 1); // the first ones began earlier
    for (int n = 1; n < 4; n++) {
      assertThat(given[n]).isBetween(given[0] - slack, given[0] + slack);
    }
    merged.cancel();
  }

  @Test
  void anEndlessUpstreamDoesNotKeepTheInnerIteratorsFromTheirTurns() throws Exception {
    AsyncIterator<Integer> merged =
        AsyncIterators.range(0, Integer.MAX_VALUE)
            .concurrent(1_000_000)
            .flatMap(n -> AsyncIterators.of(n, n));
    List<Integer> given = new ArrayList<>();
    assertThat(harness.pollEach(merged, given::add)).isEqualTo(Turn.PENDING);
    assertThat(harness.woken()).isTrue();
    assertThat(given.size()).isGreaterThan(Budget.UNITS / 4);
    merged.cancel();
  }

  @Test
  void oneThatAlwaysHasMoreDoesNotKeepOneWaitingThatWasWoken() throws Exception {
    ByHand<Integer> late = new ByHand<>();
    AsyncIterator<Integer> endless = AsyncIterators.range(0, Integer.MAX_VALUE);
    AsyncIterator<Integer> merged =
        AsyncIterators.of(endless, late).concurrent(2).flatMap(it -> it);
    while (late.polls == 0) {
      assertThat(harness.pollNext(merged).isItem()).isTrue();
    }
    late.give(-1);
    List<Integer> next = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      next.add(harness.pollNext(merged).value());
    }
    assertThat(next).contains(-1);
    merged.cancel();
  }

  @Test
  void oneThatWakesItselfGivesWay() throws Exception {
    int[] polls = {0};
    AsyncIterator<Integer> busy =
        AsyncIterators.pollFn(
            cx -> {
              polls[0]++;
              cx.waker().wake();
              return Next.pending();
            },
            () -> {});
    AsyncIterator<Integer> merged =
        AsyncIterators.of(busy, AsyncIterators.range(0, 3)).concurrent(2).flatMap(it -> it);
    List<Integer> given = new ArrayList<>();
    assertThat(harness.pollEach(merged, given::add)).isEqualTo(Turn.PENDING);
    assertThat(given).containsExactly(0, 1, 2);
    assertThat(polls[0]).isEqualTo(1);
    assertThat(harness.woken()).isTrue();
    merged.cancel();
  }

  @Test
  void aSinkThatThrowsIsNoFailureOfAnItem() {
    IllegalStateException violation = new IllegalStateException("a sink");
    AsyncIterator<Integer> merged =
        AsyncIterators.of(1).concurrent(2).delayingFailures().flatMap(AsyncIterators::of);
    assertThatThrownBy(
            () ->
                harness.pollEach(
                    merged,
                    item -> {
                      throw violation;
                    }))
        .isSameAs(violation);
    assertThat(harness.uncaught()).containsExactly(violation);
  }

  // ---- flatMapOrdered

  @Test
  void flatMapOrderedHoldsNoMoreThanItSays() throws Exception {
    List<ByHand<Integer>> inners = List.of(new ByHand<>(), new ByHand<>(), new ByHand<>());
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<Integer> ordered = source.concurrent(2).flatMapOrdered(3, inners::get);
    inners.get(0).give(1, 2, 3, 4, 5);
    inners.get(1).give(11, 12, 13, 14, 15);
    inners.get(2).give(21, 22, 23, 24, 25);
    for (int i = 1; i <= 5; i++) {
      assertThat(harness.pollNext(ordered)).isEqualTo(Next.item(i));
      assertThat(inners.get(0).pulled).as("the first passes straight through").isEqualTo(i);
      assertThat(inners.get(1).pulled).isBetween(0, 3);
    }
    assertThat(harness.pollNext(ordered).isPending()).isTrue();
    assertThat(inners.get(1).pulled).isEqualTo(3);
    assertThat(source.pulled).isEqualTo(2);
    inners.get(0).end();
    assertThat(harness.pollNext(ordered)).isEqualTo(Next.item(11));
    ordered.cancel();
    assertThat(harness.discarded()).endsWith(13, 12).doesNotContain(11, 14);
    assertThat(harness.discarded().size()).isLessThanOrEqualTo(2 * 3);
    assertThat(inners).filteredOn(inner -> inner.polls > 0).allMatch(ByHand::isReleased);
  }

  @Test
  void aFailureWaitsForItsTurn() throws Exception {
    List<ByHand<Integer>> inners = List.of(new ByHand<>(), new ByHand<>(), new ByHand<>());
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<Integer> ordered = source.concurrent(3).flatMapOrdered(2, inners::get);
    assertThat(harness.pollNext(ordered).isPending()).isTrue();
    IOException failure = new IOException("second");
    inners.get(1).give(11);
    inners.get(2).give(21);
    inners.get(1).fail(failure);
    assertThat(harness.pollNext(ordered).isPending()).isTrue();
    assertThat(inners.get(2).cancelled).isTrue();
    assertThat(source.cancelled).isTrue();
    assertThat(harness.discarded()).containsExactly(21);
    inners.get(0).give(1);
    inners.get(0).end();
    assertThat(harness.pollNext(ordered)).isEqualTo(Next.item(1));
    assertThat(harness.pollNext(ordered)).isEqualTo(Next.item(11));
    assertThatThrownBy(() -> harness.pollNext(ordered)).isSameAs(failure);
  }

  @Test
  void whatIsGivenDoesNotDependOnTheLimits() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int count = random.nextInt(8);
      int size = random.nextInt(5);
      List<Integer> expected = new ArrayList<>();
      for (int n = 0; n < count * size; n++) {
        expected.add(n);
      }
      AsyncIterator<Integer> ordered =
          AsyncIterators.range(0, count)
              .concurrent(1 + random.nextInt(4))
              .flatMapOrdered(
                  1 + random.nextInt(3), n -> AsyncIterators.range(n * size, n * size + size));
      assertThat(harness.runToEnd(ordered, 1_000)).isEqualTo(expected);
    }
  }

  // ---- the view

  @Test
  void aViewIsUsedOnce() {
    Concurrent<Integer> view = AsyncIterators.of(1).concurrent(2);
    view.map(Futures::ready).cancel();
    assertThatThrownBy(() -> view.flatMap(AsyncIterators::of).cancel())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("concurrent() was used already");
  }

  @Test
  void argumentsAreChecked() {
    AsyncIterator<Integer> source = AsyncIterators.of(1);
    assertThatThrownBy(() -> source.concurrent(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be at least 1, was 0");
    Concurrent<Integer> view = source.concurrent(1);
    assertThatThrownBy(() -> view.flatMapOrdered(0, AsyncIterators::of).cancel())
        .hasMessage("held must be at least 1, was 0");
    assertThatThrownBy(() -> view.map(null).cancel()).hasMessage("function");
    assertThatThrownBy(() -> view.filter(null).cancel()).hasMessage("predicate");
    assertThatThrownBy(() -> view.forEach(null).cancel()).hasMessage("action");
    assertThatThrownBy(() -> view.skippingFailures(null)).hasMessage("told");
    source.cancel();
  }

  @Test
  void aNullOfTheFunctionIsNamed() {
    List<Function<Concurrent<Integer>, AsyncIterator<?>>> operators =
        List.of(
            view -> view.map(n -> (Future<Integer>) null),
            view -> view.mapUnordered(n -> (Future<Integer>) null),
            view -> view.filter(n -> null),
            view -> view.flatMap(n -> (AsyncIterator<Integer>) null),
            view -> view.flatMapOrdered(1, n -> (AsyncIterator<Integer>) null));
    for (Function<Concurrent<Integer>, AsyncIterator<?>> operator : operators) {
      AsyncIterator<?> broken = operator.apply(AsyncIterators.of(1).concurrent(2));
      assertThatThrownBy(() -> harness.runToEnd(broken, 10))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("answered null instead of");
    }
  }

  @Test
  void aFutureThatWasWokenHasItsTurnThoughOthersAreAlwaysReady() throws Exception {
    Manual<Integer> slow = new Manual<>();
    AsyncIterator<Integer> outputs =
        AsyncIterators.range(0, Integer.MAX_VALUE)
            .concurrent(2)
            .mapUnordered(i -> i == 0 ? slow : Futures.ready(i));
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item(1));
    slow.complete(-1);
    List<Integer> given = new ArrayList<>();
    for (int polls = 0; polls < 5; polls++) {
      Next<Integer> next = harness.pollNext(outputs);
      if (next.isItem()) {
        given.add(next.value());
      } else {
        assertThat(harness.woken()).isTrue();
      }
    }
    assertThat(given).contains(-1);
    outputs.cancel();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFunctionThatFailsForAsManyElementsAsTheLimitDoesNotStopTheStream(boolean ordered)
      throws Exception {
    List<Exception> told = new ArrayList<>();
    Concurrent<Integer> view =
        AsyncIterators.range(0, 10).concurrent(2).skippingFailures(told::add);
    Function<Integer, Future<Integer>> function =
        i -> {
          if (i < 9) {
            throw new IllegalStateException("refused " + i);
          }
          return Futures.ready(i);
        };
    AsyncIterator<Integer> outputs = ordered ? view.map(function) : view.mapUnordered(function);
    assertThat(harness.runToEnd(outputs, 10)).containsExactly(9);
    assertThat(told).hasSize(9);
  }

  @Test
  void aFunctionThatFailsLeavesItsPlaceToTheNextElement() throws Exception {
    AsyncIterator<String> outputs =
        ByHand.of(-1, 0, -1, 1, 2)
            .concurrent(2)
            .skippingFailures(failure -> {})
            .map(
                i -> {
                  if (i < 0) {
                    throw new IllegalStateException("refused");
                  }
                  return make(i);
                });
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(made).hasSize(2);
    outputs.cancel();
  }

  @Test
  void aFunctionThatFailsForEverGivesWay() throws Exception {
    AsyncIterator<Integer> outputs =
        AsyncIterators.pollFn(cx -> Next.item(1), () -> {})
            .concurrent(2)
            .skippingFailures(failure -> {})
            .map(
                i -> {
                  throw new IllegalStateException("refused");
                });
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(harness.woken()).isTrue();
    outputs.cancel();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInnerIteratorThatHadNoStackIsCancelled(boolean ordered) {
    List<String> cancelled = new ArrayList<>();
    AsyncIterator<Integer> inner =
        new AsyncIterator<>() {
          @Override
          public Next<Integer> pollNext(Context cx) {
            throw new StackOverflowError("before it began");
          }

          @Override
          public void cancel() {
            cancelled.add("inner");
          }
        };
    Concurrent<Integer> view = AsyncIterators.range(0, 1).concurrent(2);
    AsyncIterator<Integer> outputs =
        ordered ? view.flatMapOrdered(2, i -> inner) : view.flatMap(i -> inner);
    assertThatThrownBy(() -> harness.pollNext(outputs)).isInstanceOf(StackOverflowError.class);
    assertThat(cancelled).containsExactly("inner");
  }

  private static <T> Future<T> noStack(List<String> cancelled) {
    return new Future<>() {
      @Override
      public Poll<T> poll(Context cx) {
        throw new StackOverflowError("before it began");
      }

      @Override
      public void cancel() {
        cancelled.add("future");
      }
    };
  }

  @Test
  void aFutureThatHadNoStackIsCancelled() {
    List<String> cancelled = new ArrayList<>();
    AsyncIterator<Integer> outputs =
        AsyncIterators.range(0, 1).concurrent(2).map(i -> noStack(cancelled));
    assertThatThrownBy(() -> harness.pollNext(outputs)).isInstanceOf(StackOverflowError.class);
    assertThat(cancelled).containsExactly("future");
    AsyncIterator<Integer> kept =
        AsyncIterators.range(0, 1).concurrent(2).filter(i -> noStack(cancelled));
    assertThatThrownBy(() -> harness.pollNext(kept)).isInstanceOf(StackOverflowError.class);
    assertThat(cancelled).containsExactly("future", "future");
  }
}
