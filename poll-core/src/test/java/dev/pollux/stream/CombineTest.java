package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Budget;
import dev.pollux.core.Description;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Turn;
import dev.pollux.core.Value;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CombineTest {

  private final PollHarness harness = PollHarness.create();
  private final List<String> cancelled = new ArrayList<>();
  private final HandFed<Integer> a = new HandFed<>("a", cancelled);
  private final HandFed<Integer> b = new HandFed<>("b", cancelled);
  private final HandFed<Integer> c = new HandFed<>("c", cancelled);

  private <T> T item(AsyncIterator<T> iterator) throws Exception {
    Next<T> next = harness.pollNext(iterator);
    assertThat(next.isItem()).as("%s", next).isTrue();
    return next.value();
  }

  private void pending(AsyncIterator<?> iterator) throws Exception {
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
  }

  private void end(AsyncIterator<?> iterator) throws Exception {
    assertThat(harness.pollNext(iterator).isEnd()).isTrue();
    over(iterator);
  }

  private void over(AsyncIterator<?> iterator) {
    assertThat(iterator.knownEnded()).isFalse();
    assertThatThrownBy(() -> harness.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThat(Description.ofIterator(iterator).children()).isEmpty();
    assertThat(List.of(a, b, c)).allMatch(source -> source.polls == 0 || source.over);
  }

  // ---- merge

  @Test
  void mergePollsOnlyWhatWasWoken() throws Exception {
    AsyncIterator<Integer> merged = Combine.merge(a, b, c);
    pending(merged);
    assertThat(List.of(a.polls, b.polls, c.polls)).containsExactly(1, 1, 1);
    b.feed(7);
    assertThat(harness.woken()).isTrue();
    assertThat(item(merged)).isEqualTo(7);
    pending(merged);
    assertThat(List.of(a.polls, b.polls, c.polls)).containsExactly(1, 3, 1);
    merged.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
    over(merged);
  }

  @Test
  void ofThoseThatAreReadyEachHasItsTurn() throws Exception {
    AsyncIterator<Integer> merged =
        Combine.merge(a.feed(1, 2, 3).end(), b.feed(11, 12, 13).end(), c.feed(21, 22, 23).end());
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      seen.add(item(merged));
    }
    assertThat(seen).containsExactly(1, 11, 21, 2, 12, 22, 3, 13, 23);
    end(merged);
  }

  @Test
  void internalIterationTakesNoMoreThanSixteenOfOneInOneGo() throws Exception {
    AsyncIterator<Integer> merged =
        Combine.merge(AsyncIterators.range(0, 1000), AsyncIterators.range(1000, 2000));
    List<Integer> seen = new ArrayList<>();
    Turn turn = harness.pollEach(merged, x -> seen.add(x) && seen.size() < 64);
    assertThat(turn).isEqualTo(Turn.STOPPED);
    List<Integer> expected = new ArrayList<>();
    for (int from : new int[] {0, 1000, 16, 1016}) {
      IntStream.range(from, from + 16).forEach(expected::add);
    }
    assertThat(seen).isEqualTo(expected);
    merged.cancel();
  }

  @Test
  void endlessSourcesGiveWayAndNoneIsStarved() throws Exception {
    AsyncIterator<Integer> merged =
        Combine.merge(
            AsyncIterators.range(0, Integer.MAX_VALUE), AsyncIterators.range(0, 5).map(x -> -1));
    List<Integer> seen = new ArrayList<>();
    assertThat(harness.pollEach(merged, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(harness.woken()).isTrue();
    assertThat(seen).hasSize(Budget.UNITS).contains(-1);
    merged.cancel();
  }

  @Test
  void oneThatWakesItselfDoesNotKeepTheOthersWaiting() throws Exception {
    AsyncIterator<Integer> busy =
        AsyncIterators.pollFn(
            cx -> {
              cx.waker().wake();
              return Next.pending();
            });
    AsyncIterator<Integer> merged = Combine.merge(busy, a.feed(1));
    assertThat(item(merged)).isEqualTo(1);
    pending(merged);
    assertThat(harness.woken()).isTrue();
    a.feed(2);
    assertThat(item(merged)).isEqualTo(2);
    merged.cancel();
  }

  @Test
  void oneThatIsWokenHasItsTurnBesideOneThatIsAlwaysReady() throws Exception {
    AsyncIterator<Integer> merged = Combine.merge(AsyncIterators.range(0, Integer.MAX_VALUE), a, b);
    for (int i = 0; i < 5; i++) {
      assertThat(item(merged)).isEqualTo(i);
    }
    a.feed(-1);
    b.feed(-2);
    List<Integer> next = List.of(item(merged), item(merged), item(merged), item(merged));
    assertThat(next).contains(-1, -2);
    merged.cancel();
  }

  @Test
  void oneThatWakesItselfWhileItGivesHasOneTurnForIt() throws Exception {
    int[] given = {0};
    AsyncIterator<Integer> eager =
        AsyncIterators.pollFn(
            cx -> {
              cx.waker().wake();
              return Next.item(++given[0]);
            });
    AsyncIterator<Integer> merged = Combine.merge(eager, a.feed(-1, -2, -3));
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      seen.add(item(merged));
    }
    assertThat(seen).containsExactly(1, -1, 2, -2, 3, -3);
    merged.cancel();
  }

  @Test
  void aFailureCancelsTheOthersBeforeItIsThrown() throws Exception {
    AsyncIterator<Integer> merged = Combine.merge(a, b.feed(1), c);
    assertThat(item(merged)).isEqualTo(1);
    pending(merged);
    IOException failure = new IOException("torn");
    b.fail(failure);
    assertThatThrownBy(() -> harness.pollNext(merged)).isSameAs(failure);
    assertThat(cancelled).containsExactly("c", "a");
    over(merged);
  }

  @Test
  void delayedFailuresComeLastAndTogether() throws Exception {
    AsyncIterator<Integer> merged = Combine.mergeDelayingFailures(List.of(a, b, c));
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    pending(merged);
    b.fail(first);
    pending(merged);
    a.feed(1).fail(second);
    assertThat(item(merged)).isEqualTo(1);
    pending(merged);
    c.feed(2).end();
    assertThat(item(merged)).isEqualTo(2);
    assertThat(merged.knownEnded()).isFalse();
    assertThatThrownBy(() -> harness.pollNext(merged))
        .isSameAs(first)
        .hasSuppressedException(second);
    assertThat(cancelled).isEmpty();
    over(merged);
  }

  @Test
  void anErrorIsNotDelayed() throws Exception {
    AsyncIterator<Integer> merged = Combine.mergeDelayingFailures(List.of(a, b));
    Error error = new AssertionError("broken");
    a.fail(error);
    assertThatThrownBy(() -> harness.pollNext(merged)).isSameAs(error);
    over(merged);
  }

  @Test
  void aFailureThatHappensTwiceIsNotItsOwnSuppressed() throws Exception {
    IOException failure = new IOException("the same");
    AsyncIterator<Integer> merged =
        Combine.mergeDelayingFailures(List.of(a.fail(failure), b.fail(failure)));
    assertThatThrownBy(() -> harness.pollNext(merged))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
  }

  @Test
  void ofNoSourcesItIsEmpty() throws Exception {
    List<AsyncIterator<Integer>> none = List.of();
    end(Combine.merge(none));
    end(Combine.mergeDelayingFailures(none));
    end(Combine.mergeOrdered(Comparator.<Integer>naturalOrder(), none));
    end(Combine.interleave(none));
    end(Combine.concatEager(1, none));
    end(Combine.zip(none, x -> x));
    end(Combine.combineLatest(none, x -> x));
    assertThatThrownBy(() -> Combine.race(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sources must not be empty");
  }

  @Test
  void theArgumentsAreChecked() {
    List<AsyncIterator<Integer>> holed = new ArrayList<>();
    holed.add(a);
    holed.add(null);
    assertThatThrownBy(() -> Combine.merge(holed)).hasMessage("sources[1]");
    assertThatThrownBy(() -> Combine.zip(a, null, (x, y) -> x)).hasMessage("b");
    assertThatThrownBy(() -> Combine.zip(a, b, null)).hasMessage("function");
    assertThatThrownBy(() -> Combine.mergeOrdered(null, a, b)).hasMessage("comparator");
    assertThatThrownBy(() -> Combine.withLatestFrom(null, a, (x, y) -> x)).hasMessage("main");
    assertThatThrownBy(() -> Combine.concatEager(0, List.of(a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("held must be at least 1, was 0");
  }

  @Test
  void tenThousandSourcesAreMerged() throws Exception {
    List<HandFed<Integer>> sources =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new HandFed<Integer>("source " + i, cancelled))
            .collect(Collectors.toList());
    AsyncIterator<Integer> merged = Combine.merge(sources);
    pending(merged);
    sources.get(7777).feed(1);
    assertThat(item(merged)).isEqualTo(1);
    assertThat(sources.stream().mapToInt(source -> source.polls).sum()).isEqualTo(10_001);
    merged.cancel();
    assertThat(cancelled).hasSize(10_000).startsWith("source 9999").endsWith("source 0");
  }

  @Test
  void ownersThatAreNestedDeeperThanTheStackAreCancelledInALoop() {
    AsyncIterator<Integer> deep = a;
    for (int i = 0; i < 100_000; i++) {
      AsyncIterator<Integer> side = AsyncIterators.range(0, 1);
      switch (i % 4) {
        case 0 -> deep = Combine.merge(deep, side);
        case 1 -> deep = Combine.zip(side, deep, (x, y) -> x);
        case 2 -> deep = Combine.interleave(side, deep, side).map(x -> x);
        default -> deep = Combine.race(deep, side).map(x -> x).filter(x -> true);
      }
    }
    deep.cancel();
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void nestingTooDeepToPollFailsAndIsReleased() {
    AsyncIterator<Integer> deep = a;
    for (int i = 0; i < 100_000; i++) {
      deep = Combine.merge(deep);
    }
    AsyncIterator<Integer> tooDeep = deep;
    assertThatThrownBy(() -> harness.pollNext(tooDeep)).isInstanceOf(StackOverflowError.class);
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void aDescriptionNamesWhatIsHeldAndTheSources() throws Exception {
    AsyncIterator<Integer> zipped = Combine.zip(a.feed(1), b, Integer::sum);
    pending(zipped);
    Description description = Description.ofIterator(zipped);
    assertThat(description.name()).isEqualTo("zip");
    assertThat(description.attributes()).containsEntry("held", "1");
    assertThat(description.children()).extracting(Description::name).containsExactly("a", "b");
    zipped.cancel();
  }

  // ---- in an order

  @Test
  void equalElementsComeInTheOrderOfTheSources() throws Exception {
    AsyncIterator<String> merged =
        Combine.mergeOrdered(
            Comparator.comparing(s -> s.charAt(0)),
            AsyncIterators.of("a1", "b1"),
            AsyncIterators.of("a2", "a3", "c2"),
            AsyncIterators.of("a4"));
    assertThat(harness.runToEnd(merged, 99)).containsExactly("a1", "a2", "a3", "a4", "b1", "c2");
  }

  @Test
  void mergeOrderedWaitsForAllAndFailsAtOnce() throws Exception {
    AsyncIterator<Integer> merged =
        Combine.mergeOrdered(Comparator.<Integer>naturalOrder(), a.feed(1, 2), b);
    pending(merged);
    assertThat(a.pulled).isEqualTo(1);
    b.fail(new IOException("torn"));
    assertThatThrownBy(() -> harness.pollNext(merged)).isInstanceOf(IOException.class);
    assertThat(harness.discarded()).containsExactly(1);
    assertThat(cancelled).containsExactly("a");
    over(merged);
  }

  @Test
  void aComparatorThatFailsLosesNoElement() throws Exception {
    for (int failAt = 1; failAt <= 5; failAt++) {
      int[] left = {failAt};
      PollHarness own = PollHarness.create();
      AsyncIterator<Value> merged =
          Combine.mergeOrdered(
              (x, y) -> {
                if (--left[0] == 0) {
                  throw new IllegalStateException("no order");
                }
                return Integer.compare(x.number(), y.number());
              },
              AsyncIterators.of(Value.of(1), Value.of(4)),
              AsyncIterators.of(Value.of(2), Value.of(5)),
              AsyncIterators.of(Value.of(3), Value.of(6)));
      List<Value> given = new ArrayList<>();
      assertThatThrownBy(() -> readInto(own, merged, given)).hasMessage("no order");
      // The first of each source has been pulled, and as many more as were given but the last.
      int pulled = 3 + given.size();
      assertThat(own.discarded().size() + given.size()).isBetween(pulled - 1, pulled);
    }
  }

  private static void readInto(PollHarness harness, AsyncIterator<Value> from, List<Value> into)
      throws Exception {
    while (true) {
      into.add(harness.pollNext(from).value());
    }
  }

  @Test
  void interleaveWaitsForTheOneWhoseTurnItIs() throws Exception {
    AsyncIterator<Integer> mixed = Combine.interleave(a.feed(1, 2, 3), b, c.feed(21).end());
    assertThat(item(mixed)).isEqualTo(1);
    pending(mixed);
    assertThat(c.polls).isZero();
    b.feed(11, 12, 13);
    assertThat(item(mixed)).isEqualTo(11);
    assertThat(item(mixed)).isEqualTo(21);
    assertThat(item(mixed)).isEqualTo(2);
    assertThat(item(mixed)).isEqualTo(12);
    assertThat(item(mixed)).isEqualTo(3); // c has no turn any more
    b.end();
    assertThat(item(mixed)).isEqualTo(13);
    a.end();
    end(mixed);
  }

  @Test
  void concatEagerStartsAllAndHoldsNoMoreThanItMay() throws Exception {
    AsyncIterator<Integer> all = Combine.concatEager(2, List.of(a, b, c));
    b.feed(11, 12, 13).end();
    c.end();
    pending(all);
    assertThat(b.pulled).isEqualTo(2);
    assertThat(c.over).isTrue();
    a.feed(1);
    assertThat(item(all)).isEqualTo(1);
    pending(all);
    assertThat(b.pulled).isEqualTo(2);
    a.end();
    assertThat(item(all)).isEqualTo(11);
    assertThat(item(all)).isEqualTo(12);
    assertThat(item(all)).isEqualTo(13);
    end(all);
  }

  @Test
  void aFailureOfConcatEagerWaitsForItsTurnAndCancelsWhatComesAfter() throws Exception {
    AsyncIterator<Integer> all = Combine.concatEager(3, List.of(a, b, c));
    b.feed(11).fail(new IOException("torn"));
    c.feed(21);
    pending(all);
    assertThat(cancelled).containsExactly("c");
    assertThat(harness.discarded()).containsExactly(21);
    a.feed(1).end();
    assertThat(item(all)).isEqualTo(1);
    assertThat(item(all)).isEqualTo(11);
    assertThatThrownBy(() -> harness.pollNext(all)).isInstanceOf(IOException.class);
    over(all);
  }

  // ---- element by element

  @Test
  void zipEndsWithTheShortestAndDiscardsWhatTheOthersHadReady() throws Exception {
    AsyncIterator<Integer> zipped =
        Combine.zip(a.feed(1, 2, 3), b.feed(10, 20).end(), Integer::sum);
    assertThat(item(zipped)).isEqualTo(11);
    assertThat(item(zipped)).isEqualTo(22);
    end(zipped);
    assertThat(harness.discarded()).containsExactly(3);
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void zipDoesNotWaitForTheOthersOfOneThatHasEnded() throws Exception {
    AsyncIterator<Integer> zipped = Combine.zip(a, b, Integer::sum);
    pending(zipped);
    b.end();
    end(zipped);
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void theRowIsTheUsersAndCannotBeChanged() throws Exception {
    AsyncIterator<List<Integer>> rows = Combine.zip(List.of(a.feed(1), b.feed(2)), row -> row);
    List<Integer> row = item(rows);
    assertThat(row).containsExactly(1, 2);
    assertThatThrownBy(() -> row.set(0, 9)).isInstanceOf(UnsupportedOperationException.class);
    rows.cancel();
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void aNullOfTheFunctionIsRefused() {
    assertThatThrownBy(
            () -> harness.pollNext(Combine.zip(a.feed(1), b.feed(1), (x, y) -> (Integer) null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("zip: the function");
    assertThatThrownBy(
            () ->
                harness.pollNext(
                    Combine.combineLatest(
                        AsyncIterators.of(1), AsyncIterators.of(1), (x, y) -> (Integer) null)))
        .hasMessageContaining("combineLatest: the function");
    assertThatThrownBy(
            () ->
                harness.pollNext(
                    Combine.withLatestFrom(
                        AsyncIterators.of(1), AsyncIterators.of(1), (x, y) -> (Integer) null)))
        .hasMessageContaining("withLatestFrom: the function");
  }

  @Test
  void combineLatestGivesARowForEachElementOnceAllHaveOne() throws Exception {
    AsyncIterator<Integer> sums = Combine.combineLatest(a, b, Integer::sum);
    a.feed(1, 2);
    pending(sums);
    assertThat(harness.discarded()).containsExactly(1); // nobody will see it
    b.feed(10);
    assertThat(item(sums)).isEqualTo(12);
    pending(sums);
    a.feed(3).end();
    assertThat(item(sums)).isEqualTo(13);
    pending(sums);
    b.feed(20);
    assertThat(item(sums)).isEqualTo(23);
    b.end();
    end(sums);
    assertThat(harness.discarded()).containsExactly(1);
  }

  @Test
  void combineLatestDiscardsWhatNobodyHasSeen() throws Exception {
    AsyncIterator<Integer> sums = Combine.combineLatest(a.feed(1), b, Integer::sum);
    pending(sums);
    b.end();
    end(sums);
    assertThat(harness.discarded()).containsExactly(1);
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void withLatestFromTakesTheLatest() throws Exception {
    AsyncIterator<Integer> sums = Combine.withLatestFrom(a, b, Integer::sum);
    a.feed(1);
    pending(sums);
    assertThat(harness.discarded()).containsExactly(1);
    b.feed(10, 20);
    pending(sums);
    assertThat(harness.discarded()).containsExactly(1, 10);
    a.feed(2, 3);
    assertThat(item(sums)).isEqualTo(22);
    b.feed(30).end();
    assertThat(item(sums)).isEqualTo(33);
    a.feed(4).end();
    assertThat(item(sums)).isEqualTo(34);
    end(sums);
    assertThat(harness.discarded()).containsExactly(1, 10);
  }

  @Test
  void anEndlessOtherDoesNotKeepTheMainOneFromItsTurn() throws Exception {
    AsyncIterator<Integer> sums =
        Combine.withLatestFrom(
            AsyncIterators.range(0, 3), AsyncIterators.range(0, Integer.MAX_VALUE), (x, y) -> y);
    assertThat(harness.runToEnd(sums, 20)).hasSize(3);
  }

  @Test
  void withLatestFromOfNothingEndsAndOfAFailureFails() throws Exception {
    AsyncIterator<Integer> sums = Combine.withLatestFrom(a, b, Integer::sum);
    pending(sums);
    b.end();
    end(sums);
    assertThat(cancelled).containsExactly("a");
    HandFed<Integer> failing = new HandFed<>("failing", cancelled);
    AsyncIterator<Integer> fails = Combine.withLatestFrom(c, failing.feed(1), Integer::sum);
    pending(fails);
    failing.fail(new IOException("torn"));
    assertThatThrownBy(() -> harness.pollNext(fails)).isInstanceOf(IOException.class);
    assertThat(harness.discarded()).containsExactly(1);
    assertThat(cancelled).containsExactly("a", "c");
  }

  // ---- race

  @Test
  void theFirstAnswerWinsAndTheOthersAreCancelledBefore() throws Exception {
    AsyncIterator<Integer> first = Combine.race(a, b, c);
    pending(first);
    b.feed(1, 2);
    assertThat(item(first)).isEqualTo(1);
    assertThat(cancelled).containsExactly("c", "a");
    List<Integer> seen = new ArrayList<>();
    assertThat(harness.pollEach(first, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).containsExactly(2);
    b.end();
    assertThat(harness.woken()).isTrue();
    end(first);
  }

  @Test
  void ofSeveralThatAreReadyTheFirstWins() throws Exception {
    AsyncIterator<Integer> first = Combine.race(a.feed(1), b.feed(2));
    assertThat(item(first)).isEqualTo(1);
    assertThat(b.polls).isZero();
    first.cancel();
    assertThat(cancelled).containsExactly("b", "a");
  }

  @Test
  void aFailureOrAnEndWinsAsWell() throws Exception {
    AsyncIterator<Integer> failing = Combine.race(a, b.fail(new IOException("torn")));
    assertThatThrownBy(() -> harness.pollNext(failing)).isInstanceOf(IOException.class);
    assertThat(cancelled).containsExactly("a");
    over(failing);
    AsyncIterator<Integer> ending = Combine.race(c.end());
    end(ending);
  }

  // ---- what is held

  /** An operator on three sources, and how many elements it may hold. */
  private record Operator(
      String name, int holds, Function<List<AsyncIterator<Value>>, AsyncIterator<?>> on) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Operator> operators() {
    Comparator<Value> order = Comparator.comparingInt(Value::number);
    return Stream.of(
        new Operator("merge", 0, sources -> Combine.merge(sources)),
        new Operator("mergeDelayingFailures", 0, Combine::mergeDelayingFailures),
        new Operator("mergeOrdered", 3, sources -> Combine.mergeOrdered(order, sources)),
        new Operator("interleave", 0, sources -> Combine.interleave(sources)),
        new Operator("race", 0, sources -> Combine.race(sources)),
        new Operator("concatEager", 4, sources -> Combine.concatEager(2, sources)),
        new Operator("zip", 3, sources -> Combine.zip(sources, row -> row)),
        new Operator("combineLatest", 3, sources -> Combine.combineLatest(sources, row -> row)),
        new Operator(
            "withLatestFrom",
            1,
            sources ->
                Combine.withLatestFrom(
                    Combine.merge(sources.get(0), sources.get(1)),
                    sources.get(2),
                    (x, y) -> List.of(x, y))),
        new Operator("StreamMap", 0, CombineTest::map));
  }

  private static AsyncIterator<?> map(List<AsyncIterator<Value>> sources) {
    StreamMap<Integer, Value> map = new StreamMap<>();
    sources.forEach(source -> map.add(map.size(), source));
    return map;
  }

  @ParameterizedTest
  @MethodSource("operators")
  void itHoldsNoMoreThanItSaysAndLosesNothing(Operator operator) throws Exception {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      PollHarness own = PollHarness.create();
      List<HandFed<Value>> sources =
          List.of(
              new HandFed<>("a", new ArrayList<>()),
              new HandFed<>("b", new ArrayList<>()),
              new HandFed<>("c", new ArrayList<>()));
      AsyncIterator<?> made = operator.on().apply(new ArrayList<>(sources));
      Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      int fed = 0;
      int most = 0;
      for (int step = 0; step < 60; step++) {
        HandFed<Value> source = sources.get(random.nextInt(3));
        if (random.nextInt(3) > 0) {
          fed++;
          source.feed(Value.of(fed));
        } else if (random.nextBoolean()) {
          own.pollEach(made, element -> see(element, seen) && random.nextBoolean());
        } else if (own.pollNext(made) instanceof Item<?> item) {
          assertThat(see(item.value(), seen)).isTrue();
        }
        int held = pulled(sources) - seen.size() - own.discarded().size();
        assertThat(held).as("held by %s, seed %d", operator, seed).isBetween(0, operator.holds());
        most = Math.max(most, held);
      }
      made.cancel();
      assertThat(seen.size() + own.discarded().size())
          .as("given or discarded by %s, seed %d", operator, seed)
          .isEqualTo(pulled(sources));
      assertThat(sources).allMatch(source -> source.over);
    }
  }

  private static int pulled(List<HandFed<Value>> sources) {
    return sources.stream().mapToInt(source -> source.pulled).sum();
  }

  private static boolean see(Object element, Set<Object> seen) {
    if (element instanceof List<?> row) {
      seen.addAll(row);
    } else if (element instanceof java.util.Map.Entry<?, ?> entry) {
      seen.add(entry.getValue());
    } else {
      seen.add(element);
    }
    return true;
  }

  // ---- against lists

  @Test
  void theElementsAreThoseOfThePlainLists() throws Exception {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<List<Integer>> lists = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        lists.add(random.ints(random.nextInt(6), 0, 20).sorted().boxed().toList());
      }
      List<Integer> all = lists.stream().flatMap(List::stream).toList();
      List<Integer> sorted = all.stream().sorted().toList();
      String about = "seed " + seed + ", " + lists;
      assertThat(read(Combine.merge(slow(lists, random))))
          .as(about)
          .containsExactlyInAnyOrderElementsOf(all);
      assertThat(read(Combine.mergeOrdered(Comparator.naturalOrder(), slow(lists, random))))
          .as(about)
          .isEqualTo(sorted);
      assertThat(read(Combine.concatEager(1 + random.nextInt(3), slow(lists, random))))
          .as(about)
          .isEqualTo(all);
      assertThat(read(Combine.interleave(slow(lists, random))))
          .as(about)
          .isEqualTo(interleaved(lists));
      assertThat(read(Combine.<Integer, List<Integer>>zip(slow(lists, random), row -> row)))
          .as(about)
          .isEqualTo(zipped(lists));
      assertThat(lists).as(about).contains(read(Combine.race(slow(lists, random))));
    }
  }

  /** Sources that are pending now and then. */
  private static List<AsyncIterator<Integer>> slow(List<List<Integer>> lists, Random random) {
    return lists.stream()
        .map(
            list -> {
              List<Integer> left = new ArrayList<>(list);
              Random own = new Random(random.nextLong());
              return AsyncIterators.<Integer>pollFn(
                  cx -> {
                    if (own.nextBoolean()) {
                      cx.waker().wake();
                      return Next.pending();
                    }
                    return left.isEmpty() ? Next.end() : Next.item(left.remove(0));
                  });
            })
        .toList();
  }

  private <T> List<T> read(AsyncIterator<T> iterator) throws Exception {
    return harness.runToEnd(iterator, 10_000);
  }

  private static List<Integer> interleaved(List<List<Integer>> lists) {
    List<Integer> mixed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      for (List<Integer> list : lists) {
        if (i < list.size()) {
          mixed.add(list.get(i));
        }
      }
    }
    return mixed;
  }

  private static List<List<Integer>> zipped(List<List<Integer>> lists) {
    int rows = lists.stream().mapToInt(List::size).min().orElse(0);
    return IntStream.range(0, rows)
        .mapToObj(i -> lists.stream().map(list -> list.get(i)).toList())
        .toList();
  }

  @Test
  void aDelayedFailureIsReportedWhenNobodyWillSeeIt() throws Exception {
    AsyncIterator<Integer> merged = Combine.mergeDelayingFailures(List.of(a, b));
    IOException failure = new IOException("unseen");
    b.fail(failure);
    pending(merged);
    merged.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
    harness.forget();
  }

  @Test
  void anErrorCarriesTheFailureThatWasDelayed() throws Exception {
    AsyncIterator<Integer> merged = Combine.mergeDelayingFailures(List.of(a, b));
    IOException failure = new IOException("delayed");
    Error error = new AssertionError("broken");
    b.fail(failure);
    pending(merged);
    a.fail(error);
    assertThatThrownBy(() -> harness.pollNext(merged))
        .isSameAs(error)
        .hasSuppressedException(failure);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aCancelNeedsNoMoreStackTheDeeperTheOtherIteratorIs() {
    AsyncIterator<Integer> other = a;
    for (int i = 0; i < 10_000; i++) {
      other = Combine.withLatestFrom(AsyncIterators.of(i), other, Integer::sum);
    }
    other.cancel();
    assertThat(cancelled).containsExactly("a");
  }

  @Test
  void aCancelNeedsNoMoreStackWhereManyReadersOfOneUpstreamAreMerged() {
    AsyncIterator<Integer> all = a;
    for (int i = 0; i < 10_000; i++) {
      Shared<Integer> shared = all.shared().slowest(1);
      AsyncIterator<Integer> reader = shared.subscribe();
      shared.close();
      all = Combine.merge(List.of(reader));
    }
    all.cancel();
    assertThat(cancelled).containsExactly("a");
  }
}
