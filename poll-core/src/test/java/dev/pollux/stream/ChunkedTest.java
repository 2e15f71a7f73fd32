package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkedTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** An operator that holds at most {@code limit} elements. */
  private record Operator(
      String name, int limit, Function<Chunked<Integer>, AsyncIterator<List<Integer>>> on) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Operator> operators() {
    return Stream.of(
        new Operator("ofSize", 3, chunked -> chunked.ofSize(3)),
        new Operator("ready", 3, chunked -> chunked.ready(3)),
        new Operator("ofTime", 3, chunked -> chunked.ofTime(SECOND, 3)),
        new Operator("ofSizeOrTime", 3, chunked -> chunked.ofSizeOrTime(3, SECOND)),
        new Operator("sliding", 3, chunked -> chunked.sliding(3, 3)),
        new Operator("whileSame", 3, chunked -> chunked.whileSame(n -> n / 2, 3)),
        new Operator("until", 3, chunked -> chunked.until(n -> n % 5 == 0, 3)));
  }

  private final PollHarness harness = PollHarness.create();

  @ParameterizedTest
  @MethodSource("operators")
  void itHoldsNoMoreThanItSaysAndDiscardsThat(Operator operator) throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      ByHand<Integer> source = new ByHand<>();
      AsyncIterator<List<Integer>> lists = operator.on().apply(source.chunked());
      int given = 0;
      for (int step = 0; step < 20; step++) {
        for (int more = random.nextInt(4); more > 0; more--) {
          source.give(round * 100 + step * 4 + more);
        }
        Next<List<Integer>> next = harness.pollNext(lists);
        if (next.isItem()) {
          assertThat(next.value()).isNotEmpty().hasSizeLessThanOrEqualTo(operator.limit());
          given += next.value().size();
        }
        assertThat(source.pulled - given).isBetween(0, operator.limit());
      }
      assertThat(Description.ofIterator(lists).attributes().get("held"))
          .isEqualTo(Integer.toString(source.pulled - given));
      lists.cancel();
      assertThat(harness.discarded()).hasSize(source.pulled - given);
      assertThat(harness.clock().armed()).isZero();
      harness.forget();
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aFailureDiscardsWhatIsHeld(Operator operator) throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1);
    AsyncIterator<List<Integer>> lists = operator.on().apply(source.chunked());
    int given = 0;
    for (Next<List<Integer>> next = harness.pollNext(lists);
        next.isItem();
        next = harness.pollNext(lists)) {
      given += next.value().size();
    }
    IOException failure = new IOException("torn");
    source.fail(failure);
    assertThatThrownBy(() -> harness.pollNext(lists)).isSameAs(failure);
    assertThat(harness.discarded()).hasSize(2 - given);
    assertThat(harness.clock().armed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void listsCannotBeChangedAndStayAsTheyWereGiven(Operator operator) throws Exception {
    List<List<Integer>> lists =
        harness.runToEnd(operator.on().apply(AsyncIterators.range(0, 10).chunked()), 100);
    List<Integer> all = new ArrayList<>();
    lists.forEach(all::addAll);
    assertThat(all).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThatThrownBy(() -> lists.get(0).add(7)).isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aSinkThatThrowsAtTheLastListIsReportedOnce(Operator operator) {
    AsyncIterator<List<Integer>> lists = operator.on().apply(AsyncIterators.of(1).chunked());
    IllegalStateException violation = new IllegalStateException("a sink");
    assertThatThrownBy(
            () ->
                harness.pollEach(
                    lists,
                    list -> {
                      throw violation;
                    }))
        .isSameAs(violation);
    assertThat(harness.uncaught()).containsExactly(violation);
  }

  @Test
  void aSinkThatHasEnoughGetsTheRestInTheNextTurn() throws Exception {
    AsyncIterator<List<Integer>> lists = AsyncIterators.range(0, 3).chunked().ofSize(2);
    List<List<Integer>> seen = new ArrayList<>();
    assertThat(harness.pollEach(lists, list -> !seen.add(list))).isEqualTo(Turn.STOPPED);
    assertThat(harness.pollEach(lists, list -> !seen.add(list))).isEqualTo(Turn.STOPPED);
    assertThat(seen).containsExactly(List.of(0, 1), List.of(2));
    assertThat(harness.pollEach(lists, list -> true)).isEqualTo(Turn.ENDED);
  }

  @Test
  void readyGivesWhatIsThere() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2, 3, 4, 5);
    AsyncIterator<List<Integer>> lists = source.chunked().ready(3);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(1, 2, 3)));
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(4, 5)));
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    source.give(6);
    assertThat(harness.woken()).isTrue();
    List<List<Integer>> seen = new ArrayList<>();
    assertThat(harness.pollEach(lists, seen::add)).isEqualTo(Turn.PENDING);
    assertThat(seen).containsExactly(List.of(6));
    source.end();
    assertThat(harness.pollNext(lists).isEnd()).isTrue();
  }

  @Test
  void aChunkIsGivenSoLongAfterItsFirstElement() throws Exception {
    ByHand<Integer> source = new ByHand<>();
    AsyncIterator<List<Integer>> lists = source.chunked().ofSizeOrTime(3, SECOND);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofSeconds(10));
    assertThat(harness.woken()).as("nothing is held, so no time is counted").isFalse();
    source.give(1);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(600));
    source.give(2);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(399));
    assertThat(harness.woken()).isFalse();
    harness.clock().advance(Duration.ofMillis(1));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(1, 2)));
    source.give(3, 4, 5, 6);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(3, 4, 5)));
    assertThat(harness.clock().armed()).isZero();
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    source.end();
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(6)));
    assertThat(harness.pollNext(lists).isEnd()).isTrue();
  }

  @Test
  void elementsThatAreThereComeBeforeTheTime() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<List<Integer>> lists = source.chunked().ofSizeOrTime(3, SECOND);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    source.give(2);
    harness.clock().advance(SECOND);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(1, 2)));
    lists.cancel();
  }

  @Test
  void theTimeComesThoughTheBudgetIsGone() throws Exception {
    AsyncIterator<List<Integer>> lists =
        AsyncIterators.range(0, Integer.MAX_VALUE).chunked().ofSizeOrTime(1_000_000, SECOND);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(SECOND);
    assertThat(harness.pollNext(lists).value()).hasSize(256);
    lists.cancel();
  }

  @Test
  void chunksByAScheduleAreGivenAtItsTimes() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<List<Integer>> lists = source.chunked().ofTime(SECOND, 3);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(900));
    source.give(2);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(100));
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(1, 2)));
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(2_500)); // it is 3.5 s
    source.give(3);
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(Duration.ofMillis(500));
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(3)));
    source.give(4, 5, 6, 7);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(4, 5, 6)));
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    harness.clock().advance(SECOND);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(7)));
    lists.cancel();
  }

  @Test
  void whatWasGivenOnceIsNotDiscarded() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2, 3, 4);
    AsyncIterator<List<Integer>> lists = source.chunked().sliding(3, 2);
    assertThat(harness.pollNext(lists)).isEqualTo(Next.item(List.of(1, 2, 3)));
    assertThat(harness.pollNext(lists).isPending()).isTrue();
    lists.cancel();
    assertThat(harness.discarded()).containsExactly(4);
  }

  @Test
  void argumentsAreChecked() {
    AsyncIterator<Integer> source = AsyncIterators.of(1);
    Chunked<Integer> chunked = source.chunked();
    assertThatThrownBy(() -> chunked.ofSize(0).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size must be at least 1, was 0");
    assertThatThrownBy(() -> chunked.ready(-1).cancel())
        .hasMessage("limit must be at least 1, was -1");
    assertThatThrownBy(() -> chunked.sliding(1, 0).cancel())
        .hasMessage("step must be at least 1, was 0");
    assertThatThrownBy(() -> chunked.ofTime(Duration.ZERO, 1).cancel())
        .hasMessage("period must be more than 0, was PT0S");
    assertThatThrownBy(() -> chunked.ofSizeOrTime(1, SECOND.negated()).cancel())
        .hasMessage("patience must be more than 0, was PT-1S");
    assertThatThrownBy(() -> chunked.until(null, 1).cancel()).hasMessage("last");
    assertThatThrownBy(() -> chunked.whileSame(null, 1).cancel()).hasMessage("key");
    chunked.ofSize(1).cancel();
  }

  @Test
  void aKeyOfNullIsRefused() {
    AsyncIterator<List<Integer>> lists = AsyncIterators.of(1).chunked().whileSame(n -> null, 2);
    assertThatThrownBy(() -> harness.runToEnd(lists, 10))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("chunked.whileSame");
    assertThat(harness.discarded()).containsExactly(1);
  }

  @Test
  void anElementWhoseKeyCannotBeComparedIsDiscarded() {
    record Odd(int value) {
      @Override
      public boolean equals(Object other) {
        throw new IllegalStateException("odd");
      }

      @Override
      public int hashCode() {
        return value;
      }
    }
    AsyncIterator<List<Integer>> chunks =
        AsyncIterators.of(1, 2, 3).chunked().whileSame(Odd::new, 5);
    assertThatThrownBy(() -> harness.pollNext(chunks)).hasMessage("odd");
    assertThat(harness.discarded()).containsExactly(2, 1);
  }
}
