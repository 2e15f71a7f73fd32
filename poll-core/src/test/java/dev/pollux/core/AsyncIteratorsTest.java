package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncIteratorsTest {

  /** A source of the elements 0, 1, 2. */
  private record Source3(String name, Supplier<AsyncIterator<Integer>> make) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Source3> sources() {
    return Stream.of(
        new Source3("of", () -> AsyncIterators.of(0, 1, 2)),
        new Source3("range", () -> AsyncIterators.range(0, 3)),
        new Source3("rangeLong", () -> AsyncIterators.rangeLong(0, 3).map(Long::intValue)),
        new Source3("fromIterable", () -> AsyncIterators.fromIterable(List.of(0, 1, 2))),
        new Source3("fromStream", () -> AsyncIterators.fromStream(Stream.of(0, 1, 2))),
        new Source3(
            "unfold",
            () ->
                AsyncIterators.unfold(
                    0, n -> n == 3 ? Optional.empty() : Optional.of(new Unfolded<>(n, n + 1)))),
        new Source3("unfoldAsync", () -> AsyncIterators.unfoldAsync(0, AsyncIteratorsTest::step)),
        new Source3("pollFn", () -> AsyncIterators.pollFn(ScriptedIterator.of(0, 1, 2)::pollNext)),
        new Source3(
            "fromFuture",
            () ->
                AsyncIterators.fromFuture(ready(0))
                    .chain(AsyncIterators.fromFuture(ready(1)))
                    .chain(AsyncIterators.fromFuture(ready(2)))));
  }

  /** A step that is pending once. */
  private static Future<Optional<Unfolded<Integer, Integer>>> step(int n) {
    boolean[] polled = {false};
    return cx -> {
      if (!polled[0]) {
        polled[0] = true;
        cx.wakeSelf();
        return Poll.pending();
      }
      return Poll.ready(n == 3 ? Optional.empty() : Optional.of(new Unfolded<>(n, n + 1)));
    };
  }

  private static <T> Future<T> ready(T value) {
    return cx -> Poll.ready(value);
  }

  private final IteratorCrank crank = new IteratorCrank();

  @ParameterizedTest
  @MethodSource("sources")
  void aSourceGivesItsElementsOnceInEveryMode(Source3 source) throws Exception {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      AsyncIterator<Integer> iterator = source.make().get();
      assertThat(crank.drain(iterator, mode)).containsExactly(0, 1, 2);
      assertOver(iterator);
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aSourceIsOverOnceCancelledAtAnyPoint(Source3 source) throws Exception {
    for (int point = 0; point <= 3; point++) {
      AsyncIterator<Integer> iterator = source.make().get();
      for (int i = 0; i < point; i++) {
        crank.next(iterator);
      }
      iterator.cancel();
      iterator.cancel();
      assertOver(iterator);
    }
    assertThat(crank.uncaught).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aSourceGoesOnAfterItsSinkHasStopped(Source3 source) throws Exception {
    AsyncIterator<Integer> iterator = source.make().get();
    List<Integer> seen = new ArrayList<>();
    Turn turn;
    int stops = 0;
    while ((turn =
            crank.each(
                iterator,
                item -> {
                  seen.add(item);
                  return false;
                }))
        != Turn.ENDED) {
      stops += turn == Turn.STOPPED ? 1 : 0;
    }
    assertThat(seen).containsExactly(0, 1, 2);
    assertThat(stops).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aSinkThatThrowsCancelsTheSource(Source3 source) throws Exception {
    AsyncIterator<Integer> iterator = source.make().get();
    RuntimeException violation = new RuntimeException("sink");
    Sink<Integer> sink =
        item -> {
          throw violation;
        };
    assertThatThrownBy(
            () -> {
              while (crank.each(iterator, sink) == Turn.PENDING) {}
            })
        .isSameAs(violation);
    assertThat(crank.uncaught).containsExactly(violation);
    assertOver(iterator);
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aSourceNamesItself(Source3 source) {
    AsyncIterator<Integer> iterator = source.make().get();
    Description description = Description.ofIterator(iterator);
    String name = source.name().equals("fromFuture") ? "toAsyncIterator" : source.name();
    while (!description.children().isEmpty() && !description.name().equals(name)) {
      description = description.children().get(0);
    }
    assertThat(description.name()).isEqualTo(name);
    iterator.cancel();
  }

  @Test
  void endlessSourcesGiveWay() throws Exception {
    Future<Optional<Unfolded<Integer, Integer>>> again = ready(Optional.of(new Unfolded<>(1, 1)));
    List<AsyncIterator<Integer>> endless =
        List.of(
            AsyncIterators.range(0, Integer.MAX_VALUE),
            AsyncIterators.rangeLong(0, Long.MAX_VALUE).map(Long::intValue),
            AsyncIterators.of(Collections.nCopies(1000, 1).toArray(new Integer[0])),
            AsyncIterators.fromIterable(() -> Stream.generate(() -> 1).iterator()),
            AsyncIterators.fromStream(Stream.generate(() -> 1)),
            AsyncIterators.unfold(1, n -> Optional.of(new Unfolded<>(n, n))),
            AsyncIterators.unfoldAsync(1, n -> again),
            AsyncIterators.pollFn(cx -> Next.item(1)));
    for (AsyncIterator<Integer> iterator : endless) {
      int[] seen = {0};
      for (int turn = 1; turn <= 2; turn++) {
        Turn answer =
            crank.each(
                iterator,
                x -> {
                  seen[0]++;
                  return true;
                });
        assertThat(answer).isEqualTo(Turn.PENDING);
        assertThat(crank.poller.wokeItself()).isTrue();
        assertThat(seen[0]).isEqualTo(turn * Budget.UNITS);
      }
      iterator.cancel();
    }
  }

  @Test
  void aRangeEndsBeforeItsEnd() throws Exception {
    assertThat(crank.drain(AsyncIterators.range(5, 5), IteratorCrank.Mode.NEXT)).isEmpty();
    assertThat(crank.drain(AsyncIterators.range(7, 5), IteratorCrank.Mode.EACH)).isEmpty();
    assertThat(
            crank.drain(
                AsyncIterators.range(Integer.MAX_VALUE - 1, Integer.MAX_VALUE),
                IteratorCrank.Mode.EACH))
        .containsExactly(Integer.MAX_VALUE - 1);
    assertThat(
            crank.drain(
                AsyncIterators.rangeLong(Long.MIN_VALUE, Long.MIN_VALUE + 2),
                IteratorCrank.Mode.NEXT))
        .containsExactly(Long.MIN_VALUE, Long.MIN_VALUE + 1);
    assertThat(crank.drain(AsyncIterators.rangeLong(1, 0), IteratorCrank.Mode.NEXT)).isEmpty();
  }

  @Test
  void ofCopiesItsElementsAndRefusesNull() throws Exception {
    Integer[] elements = {1, 2};
    AsyncIterator<Integer> iterator = AsyncIterators.of(elements);
    elements[0] = 9;
    assertThat(crank.drain(iterator, IteratorCrank.Mode.NEXT)).containsExactly(1, 2);
    assertThatThrownBy(() -> AsyncIterators.of(1, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void whatIsKnownToHaveEnded() throws Exception {
    for (AsyncIterator<Integer> iterator :
        List.of(
            AsyncIterators.of(1),
            AsyncIterators.range(1, 2),
            AsyncIterators.rangeLong(1, 2).map(Long::intValue),
            AsyncIterators.fromIterable(List.of(1)),
            AsyncIterators.fromFuture(ready(1)))) {
      assertThat(iterator.knownEnded()).isFalse();
      assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
      assertThat(iterator.knownEnded()).isTrue();
      assertThat(crank.next(iterator).isEnd()).isTrue();
      assertThat(iterator.knownEnded()).isFalse();
    }
    assertThat(AsyncIterators.empty().knownEnded()).isTrue();
    assertThat(isKnownEnded(AsyncIterators.fromIterable(List.of()))).isTrue();
    Iterable<Integer> unknown = () -> List.<Integer>of().iterator();
    assertThat(isKnownEnded(AsyncIterators.fromIterable(unknown))).isFalse();
    assertThat(isKnownEnded(AsyncIterators.fromStream(Stream.empty()))).isFalse();
  }

  private static boolean isKnownEnded(AsyncIterator<?> iterator) {
    boolean answer = iterator.knownEnded();
    iterator.cancel();
    return answer;
  }

  @Test
  void anIterableIsAskedForItsIteratorAtTheFirstPoll() throws Exception {
    int[] asked = {0};
    Iterable<Integer> iterable =
        () -> {
          asked[0]++;
          return List.of(1, 2).iterator();
        };
    AsyncIterator<Integer> iterator = AsyncIterators.fromIterable(iterable);
    assertThat(asked[0]).isZero();
    assertThat(crank.drain(iterator, IteratorCrank.Mode.NEXT)).containsExactly(1, 2);
    assertThat(asked[0]).isEqualTo(1);
  }

  @Test
  void aFailureOfAnIterableFailsTheIterator() throws Exception {
    RuntimeException failure = new RuntimeException("iterable");
    AsyncIterator<Integer> noIterator =
        AsyncIterators.fromIterable(
            () -> {
              throw failure;
            });
    assertThatThrownBy(() -> crank.next(noIterator)).isSameAs(failure);
    assertOver(noIterator);

    AsyncIterator<Integer> noNext =
        AsyncIterators.fromIterable(
            () ->
                new Iterator<>() {
                  @Override
                  public boolean hasNext() {
                    return true;
                  }

                  @Override
                  public Integer next() {
                    throw failure;
                  }
                });
    assertThatThrownBy(() -> crank.each(noNext, x -> true)).isSameAs(failure);
    assertOver(noNext);

    AsyncIterator<Integer> withNull = AsyncIterators.fromIterable(Arrays.asList(1, null));
    assertThat(crank.next(withNull)).isEqualTo(Next.item(1));
    assertThatThrownBy(() -> crank.next(withNull)).isInstanceOf(NullPointerException.class);
    assertOver(withNull);
  }

  @Test
  void aStreamIsClosedAtTheEndAtAFailureAndByCancel() throws Exception {
    int[] closed = {0};
    AsyncIterator<Integer> ends =
        AsyncIterators.fromStream(Stream.of(1).onClose(() -> closed[0]++));
    crank.drain(ends, IteratorCrank.Mode.EACH);
    assertThat(closed[0]).isEqualTo(1);

    RuntimeException failure = new RuntimeException("stream");
    AsyncIterator<Integer> fails =
        AsyncIterators.fromStream(
            Stream.<Integer>generate(
                    () -> {
                      throw failure;
                    })
                .onClose(() -> closed[0]++));
    assertThatThrownBy(() -> crank.next(fails)).isSameAs(failure);
    assertThat(closed[0]).isEqualTo(2);
    assertOver(fails);

    AsyncIterator<Integer> cancelled =
        AsyncIterators.fromStream(Stream.of(1).onClose(() -> closed[0]++));
    cancelled.cancel();
    cancelled.cancel();
    assertThat(closed[0]).isEqualTo(3);

    AsyncIterator<Integer> taken =
        AsyncIterators.fromStream(Stream.of(1, 2).onClose(() -> closed[0]++)).take(1);
    assertThat(crank.next(taken)).isEqualTo(Next.item(1));
    assertThat(closed[0]).isEqualTo(4);
  }

  @Test
  void aCloseThatFailsIsTheFailureOfTheStreamOrReportedAfterCancel() throws Exception {
    RuntimeException failure = new RuntimeException("close");
    Supplier<Stream<Integer>> stream =
        () ->
            Stream.of(1)
                .onClose(
                    () -> {
                      throw failure;
                    });
    AsyncIterator<Integer> read = AsyncIterators.fromStream(stream.get());
    assertThat(crank.next(read).isItem()).isTrue();
    assertThatThrownBy(() -> crank.next(read)).isSameAs(failure);
    assertOver(read);

    AsyncIterator<Integer> cancelled = AsyncIterators.fromStream(stream.get());
    assertThat(crank.next(cancelled).isItem()).isTrue();
    cancelled.cancel();
    assertThat(crank.uncaught).containsExactly(failure);
  }

  @Test
  void aFailureOfAStepEndsTheUnfolding() throws Exception {
    RuntimeException failure = new RuntimeException("step");
    AsyncIterator<Integer> unfold =
        AsyncIterators.unfold(
            0,
            n -> {
              if (n == 2) {
                throw failure;
              }
              return Optional.of(new Unfolded<>(n, n + 1));
            });
    assertThat(crank.next(unfold)).isEqualTo(Next.item(0));
    assertThat(crank.next(unfold)).isEqualTo(Next.item(1));
    assertThatThrownBy(() -> crank.next(unfold)).isSameAs(failure);
    assertOver(unfold);

    AsyncIterator<Integer> async =
        AsyncIterators.<Integer, Integer>unfoldAsync(
            0,
            n ->
                cx -> {
                  throw failure;
                });
    assertThatThrownBy(() -> crank.next(async)).isSameAs(failure);
    assertOver(async);
    AsyncIterator<Integer> noFuture = AsyncIterators.<Integer, Integer>unfoldAsync(0, n -> null);
    assertThatThrownBy(() -> crank.next(noFuture)).isInstanceOf(NullPointerException.class);
    assertOver(noFuture);
  }

  @Test
  void cancelReachesTheStepInFlightAndTheFuture() throws Exception {
    int[] cancels = {0};
    class Stuck<T> implements Future<T> {
      @Override
      public Poll<T> poll(Context cx) {
        return Poll.pending();
      }

      @Override
      public void cancel() {
        cancels[0]++;
      }
    }
    AsyncIterator<Integer> unfold =
        AsyncIterators.<Integer, Integer>unfoldAsync(0, n -> new Stuck<>());
    assertThat(crank.next(unfold).isPending()).isTrue();
    assertThat(Description.ofIterator(unfold).children()).hasSize(1);
    unfold.cancel();
    assertThat(cancels[0]).isEqualTo(1);

    AsyncIterator<Integer> once = AsyncIterators.fromFuture(new Stuck<>());
    once.cancel();
    assertThat(cancels[0]).isEqualTo(2);
  }

  @Test
  void aFutureOnTheLastUnitOfBudgetCanTakeIt() throws Exception {
    Future<Integer> hungry = cx -> cx.tryProceed() ? Poll.ready(1) : Poll.pending();
    AsyncIterator<Integer> iterator =
        AsyncIterators.range(0, Budget.UNITS - 1).chain(AsyncIterators.fromFuture(hungry));
    int[] seen = {0};
    Turn turn =
        crank.each(
            iterator,
            x -> {
              seen[0]++;
              return true;
            });
    assertThat(turn).isEqualTo(Turn.ENDED);
    assertThat(seen[0]).isEqualTo(Budget.UNITS);
  }

  @Test
  void aFailedIteratorThrowsWhatItWasGivenOnce() {
    for (Throwable failure : List.of(new Exception("checked"), new AssertionError("error"))) {
      AsyncIterator<Integer> next = AsyncIterators.failed(failure);
      assertThatThrownBy(() -> crank.next(next)).isSameAs(failure);
      assertOver(next);
      AsyncIterator<Integer> each = AsyncIterators.failed(failure);
      assertThatThrownBy(() -> crank.each(each, x -> true)).isSameAs(failure);
      assertOver(each);
    }
    assertThatThrownBy(() -> AsyncIterators.failed(new Throwable()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Throwable");
  }

  @Test
  void aNullOutputIsNoElement() {
    AsyncIterator<Integer> iterator = AsyncIterators.fromFuture(ready(null));
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(NullPointerException.class);
    assertOver(iterator);
  }

  @Test
  void pollFnRunsItsCancelOnceAndNotAfterTheEnd() throws Exception {
    int[] cancels = {0};
    AsyncIterator<Integer> cancelled =
        AsyncIterators.pollFn(cx -> Next.pending(), () -> cancels[0]++);
    assertThat(crank.next(cancelled).isPending()).isTrue();
    cancelled.cancel();
    cancelled.cancel();
    assertThat(cancels[0]).isEqualTo(1);
    assertOver(cancelled);

    AsyncIterator<Integer> ended = AsyncIterators.pollFn(cx -> Next.end(), () -> cancels[0]++);
    assertThat(crank.next(ended).isEnd()).isTrue();
    ended.cancel();
    AsyncIterator<Integer> failed =
        AsyncIterators.pollFn(
            cx -> {
              throw new Exception("checked");
            },
            () -> cancels[0]++);
    assertThatThrownBy(() -> crank.next(failed)).hasMessage("checked");
    failed.cancel();
    assertThat(cancels[0]).isEqualTo(1);
    assertOver(ended);
    assertOver(failed);
  }

  @Test
  void pollFnReportsAFailureOfItsCancelAndDescribesItsChildren() throws Exception {
    RuntimeException failure = new RuntimeException("cancel");
    AsyncIterator<Integer> child = AsyncIterators.of(1);
    AsyncIterator<Integer> iterator =
        AsyncIterators.pollFn(
            child::pollNext,
            () -> {
              throw failure;
            },
            description -> description.stream("child", child));
    assertThat(Description.ofIterator(iterator).children().get(0).name()).isEqualTo("of");
    assertThat(crank.next(iterator).isItem()).isTrue();
    iterator.cancel();
    assertThat(crank.uncaught).containsExactly(failure);
    AsyncIterator<Integer> nothing = AsyncIterators.pollFn(cx -> null);
    assertThatThrownBy(() -> crank.next(nothing)).isInstanceOf(NullPointerException.class);
    assertOver(nothing);
  }

  private void assertOver(AsyncIterator<?> iterator) {
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> crank.each(iterator, x -> true))
        .isInstanceOf(PollAfterEndException.class);
    assertThat(iterator.knownEnded()).isFalse();
    iterator.cancel();
  }
}
