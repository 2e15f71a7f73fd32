package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.sync.Mpsc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operators that look at one element at a time do with them, and how many they hold. */
class ElementOperatorsTest {

  private final IteratorCrank crank = new IteratorCrank();

  /** An operator, how many elements it may hold, and how it is put on a source. */
  private record Holding(
      String name, int atMost, Function<AsyncIterator<Integer>, AsyncIterator<?>> assembly) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Holding> operators() {
    return Stream.of(
        new Holding("scan", 0, it -> it.scan(0, Integer::sum)),
        new Holding("distinct", 0, it -> it.distinct(100)),
        new Holding("distinctUntilChanged", 0, it -> it.distinctUntilChanged()),
        new Holding("skipWhile", 0, it -> it.skipWhile(x -> false)),
        new Holding("takeThrough", 0, it -> it.takeThrough(x -> x == 6)),
        new Holding("takeLast", 3, it -> it.takeLast(3)),
        new Holding("takeLast of none", 0, it -> it.takeLast(0)),
        new Holding("skipLast", 3, it -> it.skipLast(3)),
        new Holding("skipLast of none", 0, it -> it.skipLast(0)),
        new Holding("takeUntil", 0, it -> it.takeUntil(Futures.pending())),
        new Holding("skipUntil", 0, it -> it.skipUntil(Futures.done())),
        new Holding("indexed", 0, it -> it.indexed()),
        new Holding("ofType", 0, it -> it.ofType(Integer.class)),
        new Holding("inspect", 0, it -> it.inspect(x -> {})),
        new Holding("mapAsync", 0, it -> it.mapAsync(x -> yielding(x))),
        new Holding("filterAsync", 1, it -> it.filterAsync(x -> yielding(true))),
        new Holding("flatMapIterable", 0, it -> it.flatMapIterable(x -> List.of(x))),
        new Holding("switchMap", 0, it -> it.switchMap(x -> AsyncIterators.of(x))),
        new Holding("peekable", 1, it -> it.peekable()),
        new Holding("defaultIfEmpty", 0, it -> it.defaultIfEmpty(1)),
        new Holding("switchIfEmpty", 0, it -> it.switchIfEmpty(AsyncIterators::empty)),
        new Holding("intersperse", 1, it -> it.intersperse(0)));
  }

  private static <T> Future<T> yielding(T output) {
    return Futures.yieldNow().map(nothing -> output);
  }

  /** At every point, those that were pulled and neither given nor dropped are discarded. */
  @ParameterizedTest
  @MethodSource("operators")
  void discardsNoMoreThanItMayHold(Holding operator) throws Exception {
    for (boolean each : new boolean[] {false, true}) {
      for (int polls = 0; polls <= 20; polls++) {
        crank.discarded.clear();
        List<Object> script = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
          script.add(i);
          if (i % 2 == 0) {
            script.add(ScriptedIterator.PENDING);
          }
        }
        AsyncIterator<?> iterator = operator.assembly().apply(new ScriptedIterator<>(script));
        boolean over = false;
        for (int i = 0; i < polls && !over; i++) {
          over =
              each ? crank.each(iterator, x -> false) == Turn.ENDED : crank.next(iterator).isEnd();
        }
        iterator.cancel();
        assertThat(crank.discarded).hasSizeLessThanOrEqualTo(over ? 0 : operator.atMost());
      }
    }
    assertThat(crank.uncaught).isEmpty();
  }

  /** Those that give as many as they take hold the difference. */
  @Test
  void holdsTheDifferenceOfWhatItTookAndGave() throws Exception {
    Mpsc<Integer> channel = Mpsc.unbounded();
    int[] pulled = {0};
    AsyncIterator<Integer> iterator =
        channel.receiver().inspect(x -> pulled[0]++).skipLast(3).intersperse(0).takeLast(2);
    List<Integer> given = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      assertThat(channel.sender().trySend(i)).isNotNull();
      assertThat(crank.next(iterator).isPending()).isTrue();
      assertThat(pulled[0]).isEqualTo(i);
    }
    iterator.cancel();
    assertThat(crank.discarded).containsExactly(7, 0, 10, 9, 8);
    assertThat(given).isEmpty();
  }

  /** No function has been given the first element before the second has come. */
  @Test
  void reduceDiscardsTheElementThatNoFunctionHasSeen() throws Exception {
    Future<Optional<Integer>> cancelled = of(1).chain(AsyncIterators.pending()).reduce((a, b) -> a);
    assertThat(crank.poll(cancelled).isPending()).isTrue();
    cancelled.cancel();
    assertThat(crank.discarded).containsExactly(1);

    crank.discarded.clear();
    IllegalStateException torn = new IllegalStateException("torn");
    Future<Optional<Integer>> failed = of(2).chain(AsyncIterators.failed(torn)).reduce((a, b) -> a);
    assertThatThrownBy(() -> crank.poll(failed)).isSameAs(torn);
    assertThat(crank.discarded).containsExactly(2);

    crank.discarded.clear();
    assertThat(crank.run(of(3).reduce((a, b) -> a))).contains(3);
    Future<Optional<Integer>> folded =
        of(1, 2).chain(AsyncIterators.pending()).reduce(Integer::sum);
    assertThat(crank.poll(folded).isPending()).isTrue();
    folded.cancel();
    assertThat(crank.discarded).isEmpty();
  }

  @Test
  void noElementIsOfAPrimitiveType() {
    AsyncIterator<Integer> source = of(1);
    assertThatThrownBy(() -> source.ofType(int.class).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type must not be that of a primitive")
        .hasMessageContaining("int");
    source.cancel();
  }

  @ParameterizedTest
  @EnumSource(IteratorCrank.Mode.class)
  void iterableWithoutAnIteratorIsAFailure(IteratorCrank.Mode mode) {
    @SuppressWarnings("NullAway") // what is to be refused
    AsyncIterator<Integer> iterator = of(1).flatMapIterable(x -> () -> null);
    assertThatThrownBy(() -> crank.drain(iterator, mode))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("flatMapIterable");
  }

  @ParameterizedTest
  @EnumSource(IteratorCrank.Mode.class)
  void givesWhatItsNameSays(IteratorCrank.Mode mode) throws Exception {
    gives(mode, () -> of(1, 2, 3).scan(10, Integer::sum), 10, 11, 13, 16);
    gives(mode, () -> of(1, 2, 1, 3, 2).distinct(3), 1, 2, 3);
    gives(mode, () -> of(1, 1, 2, 2, 1).distinctUntilChanged(), 1, 2, 1);
    gives(mode, () -> of(1, 2, 3, 1).skipWhile(x -> x < 3), 3, 1);
    gives(mode, () -> of(1, 2, 3).takeThrough(x -> x == 2), 1, 2);
    gives(mode, () -> of(1, 2, 3).takeLast(2), 2, 3);
    gives(mode, () -> of(1, 2, 3).takeLast(0));
    gives(mode, () -> of(1, 2, 3).skipLast(2), 1);
    gives(mode, () -> of(1, 2, 3).skipLast(0), 1, 2, 3);
    gives(mode, () -> of(1, 2, 3).takeUntil(Futures.done()));
    gives(mode, () -> of(1, 2, 3).takeUntil(Futures.pending()), 1, 2, 3);
    gives(mode, () -> of(1, 2, 3).skipUntil(Futures.done()), 1, 2, 3);
    gives(mode, () -> of(1, 2, 3).skipUntil(Futures.pending()));
    gives(mode, () -> of(1, 2, 3).mapAsync(x -> yielding(x * x)), 1, 4, 9);
    gives(mode, () -> of(1, 2, 3).filterAsync(x -> yielding(x != 2)), 1, 3);
    gives(mode, () -> of(1, 2, 3).flatMapIterable(x -> List.of(x, -x)), 1, -1, 2, -2, 3, -3);
    gives(mode, () -> of(1, 2, 3).switchMap(x -> AsyncIterators.of(x, -x)), 3, -3);
    gives(mode, () -> of(1, 2, 3).peekable(), 1, 2, 3);
    gives(mode, () -> of(1, 2, 3).intersperse(0), 1, 0, 2, 0, 3);
    gives(mode, () -> of(1).intersperse(0), 1);
    gives(mode, () -> of().intersperse(0));
    gives(mode, () -> of(1).defaultIfEmpty(9), 1);
    gives(mode, () -> of().defaultIfEmpty(9), 9);
    gives(mode, () -> of().switchIfEmpty(() -> of(7, 8)), 7, 8);
    gives(mode, () -> of(1).switchIfEmpty(() -> of(7, 8)), 1);
    gives(mode, () -> of(5, 6).indexed().map(i -> (int) i.index() * 10 + i.value()), 5, 16);
  }

  private void gives(
      IteratorCrank.Mode mode, Supplier<AsyncIterator<Integer>> iterator, Integer... elements)
      throws Exception {
    assertThat(crank.drain(iterator.get(), mode)).containsExactly(elements);
  }

  private static AsyncIterator<Integer> of(Integer... elements) {
    return ScriptedIterator.of(elements);
  }

  @Test
  void terminalsAnswer() throws Exception {
    assertThat(crank.run(of(1, 2, 3).reduce(Integer::sum))).contains(6);
    assertThat(crank.run(of().reduce(Integer::sum))).isEmpty();
    assertThat(crank.run(of(1, 2).toList())).containsExactly(1, 2);
    assertThat(crank.run(of(1, 2).last())).contains(2);
    assertThat(crank.run(of().last())).isEmpty();
    assertThat(crank.run(of(1, 2).find(x -> x > 1))).contains(2);
    assertThat(crank.run(of(1, 2).anyMatch(x -> x > 1))).isTrue();
    assertThat(crank.run(of().anyMatch(x -> true))).isFalse();
    assertThat(crank.run(of(1, 2).allMatch(x -> x > 1))).isFalse();
    assertThat(crank.run(of().allMatch(x -> false))).isTrue();
    assertThat(crank.run(of(1, 2).noneMatch(x -> x > 2))).isTrue();
    assertThat(crank.run(of(1, 2).noneMatch(x -> x > 1))).isFalse();
    assertThat(crank.run(of(1, 2).drain())).isNull();
    List<Integer> seen = new ArrayList<>();
    assertThat(crank.run(of(1, 2).forEachAsync(x -> yielding(seen.add(x))))).isNull();
    assertThat(seen).containsExactly(1, 2);
    assertThat(crank.run(of(1, 2).<Integer>foldAsync(5, (a, b) -> yielding(a * 10 + b))))
        .isEqualTo(512);
  }

  @Test
  void aSearchCancelsTheUpstreamBeforeItAnswers() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
    assertThat(crank.run(source.find(x -> x == 2))).contains(2);
    assertThat(source.cancels).isEqualTo(1);
    assertThat(source.polls).isEqualTo(2);
  }

  @Test
  void theUpstreamIsCancelledWithTheLastElement() throws Exception {
    for (boolean each : new boolean[] {true, false}) {
      ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
      AsyncIterator<Integer> iterator = source.takeThrough(x -> true);
      if (each) {
        assertThat(crank.each(iterator, x -> false)).isEqualTo(Turn.STOPPED);
      } else {
        assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
      }
      assertThat(source.cancels).isEqualTo(1);
      assertThat(crank.next(iterator).isEnd()).isTrue();
    }
  }

  @Test
  void theListIsTheCallersAndCannotBeChanged() throws Exception {
    List<Integer> list = crank.run(of(1, 2).toList());
    assertThatThrownBy(() -> list.add(3)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(crank.discarded).isEmpty();
  }

  @Test
  void oneKeyTooManyIsNamed() {
    AsyncIterator<Integer> iterator = of(1, 2, 1, 12).distinct(2);
    assertThatThrownBy(() -> crank.drain(iterator, IteratorCrank.Mode.EACH))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("distinct remembers at most 2 keys, and one more has come: 12");
    assertThat(crank.discarded).containsExactly(12);
  }

  @Test
  void theFutureOfTakeUntilIsAskedFirst() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
    boolean[] over = {false};
    AsyncIterator<Integer> iterator =
        source.takeUntil(cx -> over[0] ? Poll.ready(0) : Poll.pending());
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
    over[0] = true;
    assertThat(crank.next(iterator).isEnd()).isTrue();
    assertThat(source.polls).isEqualTo(1);
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void whatComesBeforeTheFutureOfSkipUntilIsDropped() throws Exception {
    Mpsc<Integer> channel = Mpsc.unbounded();
    boolean[] begun = {false};
    AsyncIterator<Integer> iterator =
        channel.receiver().skipUntil(cx -> begun[0] ? Poll.ready(0) : Poll.pending());
    assertThat(channel.sender().trySend(1)).isNotNull();
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(channel.sender().trySend(2)).isNotNull();
    begun[0] = true;
    assertThat(crank.next(iterator)).isEqualTo(Next.item(2));
    assertThat(crank.discarded).isEmpty();
    iterator.cancel();
  }

  @Test
  void aNewElementCancelsTheInnerIteratorOfSwitchMap() throws Exception {
    Mpsc<Integer> channel = Mpsc.unbounded();
    List<ScriptedIterator<Integer>> inner = new ArrayList<>();
    AsyncIterator<Integer> iterator =
        channel
            .receiver()
            .switchMap(
                x -> {
                  inner.add(new ScriptedIterator<>(List.of(x, ScriptedIterator.STUCK)));
                  return inner.get(inner.size() - 1);
                });
    assertThat(channel.sender().trySend(1)).isNotNull();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(channel.sender().trySend(2)).isNotNull();
    assertThat(channel.sender().trySend(3)).isNotNull();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(3));
    assertThat(inner).extracting(it -> it.cancels).containsExactly(1, 1, 0);
    assertThat(inner.get(1).polls).isZero();
    channel.sender().close();
    assertThat(crank.next(iterator).isPending()).isTrue();
    inner.get(2).release();
    assertThat(crank.next(iterator).isEnd()).isTrue();
  }

  @Test
  void aSourceThatIsAlwaysReadyDoesNotKeepSwitchMapFromYielding() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.range(0, Integer.MAX_VALUE).switchMap(x -> AsyncIterators.of(x));
    for (int turn = 0; turn < 3; turn++) {
      assertThat(crank.next(iterator).isPending()).isTrue();
      assertThat(crank.poller.wokeItself()).isTrue();
    }
    iterator.cancel();
  }

  @Test
  void whatWasLookedAtIsLeftThere() throws Exception {
    Peekable<Integer> iterator = of(1, 2, 3).peekable();
    assertThat(crank.run(iterator.peek())).contains(1);
    assertThat(crank.run(iterator.peek())).contains(1);
    assertThat(crank.run(iterator.nextIf(x -> x == 2))).isEmpty();
    assertThat(crank.run(iterator.nextIf(x -> x == 1))).contains(1);
    assertThat(crank.run(iterator.next())).contains(2);
    assertThatThrownBy(
            () ->
                crank.run(
                    iterator.nextIf(
                        x -> {
                          throw new IllegalArgumentException("the user's");
                        })))
        .hasMessage("the user's");
    assertThat(crank.run(iterator.peek())).contains(3);
    assertThat(crank.drain(iterator, IteratorCrank.Mode.EACH)).containsExactly(3);
  }

  @Test
  void theEndCanBeLookedAtAgain() throws Exception {
    Peekable<Integer> iterator = of().peekable();
    assertThat(crank.run(iterator.peek())).isEmpty();
    assertThat(crank.run(iterator.peek())).isEmpty();
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(crank.next(iterator).isEnd()).isTrue();
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void anElementLookedAtIsDiscardedByCancel() throws Exception {
    Peekable<Integer> iterator = of(1, 2).peekable();
    assertThat(crank.run(iterator.peek())).contains(1);
    iterator.cancel();
    assertThat(crank.discarded).containsExactly(1);
  }

  @Test
  void aDefaultThatIsNotUsedIsNotDiscarded() throws Exception {
    assertThat(crank.drain(of(1).defaultIfEmpty(2), IteratorCrank.Mode.NEXT)).containsExactly(1);
    assertThat(crank.discarded).isEmpty();
  }

  @Test
  void anEndlessIterableYields() throws Exception {
    AsyncIterator<Integer> iterator =
        of(1).flatMapIterable(x -> () -> IntStream.iterate(0, i -> i + 1).iterator());
    for (int turn = 0; turn < 3; turn++) {
      int[] given = {0};
      assertThat(crank.each(iterator, x -> ++given[0] > 0)).isEqualTo(Turn.PENDING);
      assertThat(given[0]).isBetween(Budget.UNITS - 1, Budget.UNITS);
      assertThat(crank.poller.wokeItself()).isTrue();
    }
    iterator.cancel();
  }

  @Test
  void elementsHeldAreGivenWithinTheBudget() throws Exception {
    AsyncIterator<Integer> iterator = AsyncIterators.range(0, 1_000).takeLast(300);
    List<Integer> seen = new ArrayList<>();
    int turns = 0;
    while (crank.each(iterator, seen::add) == Turn.PENDING) {
      turns++;
      assertThat(crank.poller.wokeItself()).isTrue();
    }
    assertThat(seen).hasSize(300).startsWith(700);
    assertThat(turns).isGreaterThanOrEqualTo(1_300 / Budget.UNITS);
  }

  @Test
  void whatIsAddedTakesBudgetAsWell() throws Exception {
    AsyncIterator<Integer> each =
        AsyncIterators.fromIterable(Collections.nCopies(1_000, 1)).intersperse(0);
    int[] given = {0};
    assertThat(crank.each(each, x -> ++given[0] > 0)).isEqualTo(Turn.PENDING);
    assertThat(given[0]).isEqualTo(Budget.UNITS - 1); // an element came, and its separator is due
    each.cancel();
    assertThat(crank.discarded).hasSize(1);
    // A range gives on credit, and looks before each element: with what comes between it is one
    // over.
    AsyncIterator<Integer> onCredit = AsyncIterators.range(1, 1_000).intersperse(0);
    given[0] = 0;
    assertThat(crank.each(onCredit, x -> ++given[0] > 0)).isEqualTo(Turn.PENDING);
    assertThat(given[0]).isBetween(Budget.UNITS - 1, Budget.UNITS + 1);
    onCredit.cancel();
    AsyncIterator<Integer> held = AsyncIterators.range(0, 100).takeLast(100);
    List<Integer> seen = new ArrayList<>();
    Future<Boolean> untilPending =
        Futures.pollFn(
            cx -> {
              Next<Integer> next = held.pollNext(cx);
              while (next.isItem()) {
                seen.add(next.value());
                next = held.pollNext(cx);
              }
              return Poll.ready(next.isPending());
            });
    assertThat(crank.poll(untilPending).value()).isTrue();
    assertThat(seen).hasSize(Budget.UNITS - 100);
    held.cancel();
  }

  @Test
  void anElementThatIsDecidedOnIsDiscardedByCancel() throws Exception {
    AsyncIterator<Integer> iterator = of(1, 2).filterAsync(x -> Futures.pending());
    assertThat(crank.next(iterator).isPending()).isTrue();
    iterator.cancel();
    assertThat(crank.discarded).containsExactly(1);
  }

  @Test
  void argumentsAreCheckedAtAssembly() {
    AsyncIterator<Integer> it = AsyncIterators.of(1);
    assertThatThrownBy(() -> it.scan(null, Integer::sum)).hasMessageContaining("seed");
    assertThatThrownBy(() -> it.scan(1, null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.distinct(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be at least 1, was 0");
    assertThatThrownBy(() -> it.distinct(1, null)).hasMessageContaining("key");
    assertThatThrownBy(() -> it.distinctUntilChanged(null)).hasMessageContaining("key");
    assertThatThrownBy(() -> it.skipWhile(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.takeThrough(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.takeLast(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must not be negative, was -1");
    assertThatThrownBy(() -> it.skipLast(-2)).hasMessage("count must not be negative, was -2");
    assertThatThrownBy(() -> it.takeUntil(null)).hasMessageContaining("stop");
    assertThatThrownBy(() -> it.skipUntil(null)).hasMessageContaining("start");
    assertThatThrownBy(() -> it.ofType(null)).hasMessageContaining("type");
    assertThatThrownBy(() -> it.inspect(null)).hasMessageContaining("action");
    assertThatThrownBy(() -> it.mapAsync(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.filterAsync(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.flatMapIterable(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.switchMap(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.defaultIfEmpty(null)).hasMessageContaining("element");
    assertThatThrownBy(() -> it.switchIfEmpty(null)).hasMessageContaining("other");
    assertThatThrownBy(() -> it.intersperse(null)).hasMessageContaining("separator");
    assertThatThrownBy(() -> it.reduce(null)).hasMessageContaining("function");
    assertThatThrownBy(() -> it.forEachAsync(null)).hasMessageContaining("action");
    assertThatThrownBy(() -> it.foldAsync(null, (a, b) -> Futures.ready(1)))
        .hasMessageContaining("seed");
    assertThatThrownBy(() -> it.find(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.anyMatch(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.allMatch(null)).hasMessageContaining("predicate");
    assertThatThrownBy(() -> it.noneMatch(null)).hasMessageContaining("predicate");
    it.cancel();
  }

  @Test
  void nothingIsAnsweredInPlaceOfAnElement() throws Exception {
    assertThat(crank.run(of().find(x -> true))).isEqualTo(Optional.empty());
    assertThat(crank.uncaught).isEmpty();
  }
}
