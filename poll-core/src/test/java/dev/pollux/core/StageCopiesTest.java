package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.pollux.testing.PollHarness;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A function that is used often has an operator's class to itself, which does the same. */
class StageCopiesTest {

  private final PollHarness harness = PollHarness.create();

  @BeforeEach
  void thereAreNoCopiesInDebugMode() {
    assumeFalse(Boolean.getBoolean("pollux.debug"));
  }

  private static AsyncIterator<Integer> often(Function<Integer, Integer> function) {
    for (int i = 0; i < StageCopies.OFTEN; i++) {
      AsyncIterators.range(0, 3).map(function).cancel();
    }
    return AsyncIterators.range(0, 3).map(function);
  }

  @Test
  void functionOfFewPipelinesHasNoCopy() {
    Function<Integer, Integer> function = x -> x + 10;
    AsyncIterator<Integer> first = AsyncIterators.range(0, 3).map(function);
    assertThat(first).isExactlyInstanceOf(MapIterator.class);
    first.cancel();
  }

  @Test
  void functionsOfManyPipelinesHaveAClassEach() throws Exception {
    AsyncIterator<Integer> one = often(x -> x + 1);
    AsyncIterator<Integer> other = often(x -> x + 2);
    assertThat(one.getClass().isHidden()).isTrue();
    assertThat(one.getClass()).isNotEqualTo(other.getClass());
    assertThat(harness.runToEnd(one, 100)).isEqualTo(List.of(1, 2, 3));
    assertThat(harness.runToEnd(other, 100)).isEqualTo(List.of(2, 3, 4));
  }

  @Test
  void copiesFailCancelAndDescribeAsTheOriginalDoes() throws Exception {
    IllegalStateException failure = new IllegalStateException("no");
    Function<Integer, Integer> failing =
        x -> {
          throw failure;
        };
    AsyncIterator<Integer> copy = often(failing);
    assertThat(Description.ofIterator(copy).toString()).startsWith("map");
    assertThatThrownBy(() -> harness.pollEach(copy, x -> true)).isSameAs(failure);
    assertThatThrownBy(() -> harness.pollNext(copy)).isInstanceOf(PollAfterEndException.class);
    AsyncIterator<Integer> cancelled = often(failing);
    cancelled.cancel();
    assertThatThrownBy(() -> harness.pollNext(cancelled)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void filtersAndForEachHaveThemToo() throws Exception {
    for (int i = 0; i < 2 * StageCopies.OFTEN; i++) {
      int[] sum = new int[1];
      Future<Void> sums =
          AsyncIterators.range(0, 10).filter(x -> x % 2 == 0).forEach(x -> sum[0] += x);
      harness.runToCompletion(sums, 100);
      assertThat(sum[0]).isEqualTo(20);
    }
    assertThat(StageCopies.FILTER.made()).isPositive();
    assertThat(StageCopies.FOR_EACH.made()).isPositive();
  }
}
