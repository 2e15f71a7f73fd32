package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.testing.PollHarness;
import org.junit.jupiter.api.Test;

class PartitionTest {

  private final PollHarness first = PollHarness.create();
  private final PollHarness second = PollHarness.create();
  private final Pushed source = new Pushed();

  private Partition<Integer> evenAndOdd(int capacity) {
    return source.iterator().partition(x -> x % 2 == 0, capacity);
  }

  @Test
  void eachElementIsInOnePart() throws Exception {
    Partition<Integer> parts = evenAndOdd(4);
    source.push(1, 2, 3, 4, 5);
    source.end();
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(2);
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(4);
    assertThat(first.pollNext(parts.matching()).isEnd()).isTrue();
    assertThat(second.runToEnd(parts.rest(), 9)).containsExactly(1, 3, 5);
  }

  @Test
  void aPartThatNobodyReadsStopsTheOtherAndIsNamed() throws Exception {
    Partition<Integer> parts = evenAndOdd(2);
    source.push(2, 1, 3, 4);
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(2);
    assertThat(first.pollNext(parts.matching()).isPending()).isTrue();
    assertThat(first.woken()).isFalse();
    assertThat(source.given).isEqualTo(3);
    assertThat(Description.ofIterator(parts.matching()).toString())
        .contains("matching")
        .contains("waits for the other part, which has no room for more");
    assertThat(second.pollNext(parts.rest()).value()).isEqualTo(1);
    assertThat(first.woken()).isTrue();
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(4);
    parts.matching().cancel();
    assertThat(source.cancelled).isFalse();
    parts.rest().cancel();
    assertThat(source.cancelled).isTrue();
    assertThat(first.discarded()).containsExactly(3);
  }

  @Test
  void whatComesForAPartThatIsGoneIsDiscarded() throws Exception {
    Partition<Integer> parts = evenAndOdd(1);
    source.push(1);
    assertThat(first.pollNext(parts.matching()).isPending()).isTrue();
    parts.rest().cancel();
    assertThat(first.woken()).isTrue(); // there is room again
    source.push(3, 5, 2);
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(2);
    assertThat(first.discarded()).containsExactly(1, 3, 5);
    parts.matching().cancel();
  }

  @Test
  void bothPartsWakeAndEitherDrives() throws Exception {
    Partition<Integer> parts = evenAndOdd(1);
    assertThat(first.pollNext(parts.matching()).isPending()).isTrue();
    assertThat(second.pollNext(parts.rest()).isPending()).isTrue();
    source.push(2);
    assertThat(first.woken()).isTrue();
    assertThat(second.pollNext(parts.rest()).isPending()).isTrue();
    assertThat(first.pollNext(parts.matching()).value()).isEqualTo(2);
    parts.matching().cancel();
    source.push(1);
    assertThat(second.woken()).isTrue();
    assertThat(second.pollNext(parts.rest()).value()).isEqualTo(1);
    parts.rest().cancel();
  }

  @Test
  void aPredicateThatThrowsFailsBoth() throws Exception {
    RuntimeException failure = new RuntimeException("no");
    Partition<Integer> parts =
        source
            .iterator()
            .partition(
                x -> {
                  if (x == 3) {
                    throw failure;
                  }
                  return x % 2 == 0;
                },
                2);
    source.push(1, 3);
    assertThatThrownBy(() -> first.pollNext(parts.matching())).isSameAs(failure);
    assertThat(source.cancelled).isTrue();
    assertThat(second.pollNext(parts.rest()).value()).isEqualTo(1);
    assertThatThrownBy(() -> second.pollNext(parts.rest())).isSameAs(failure);
  }

  @Test
  void noMoreIsHeldThanWasSaid() throws Exception {
    for (int capacity = 1; capacity <= 3; capacity++) {
      Pushed counted = new Pushed();
      Partition<Integer> parts = counted.iterator().partition(x -> x % 3 == 0, capacity);
      for (int i = 0; i < 30; i++) {
        counted.push(i);
      }
      int got = 0;
      for (int i = 0; i < 200 && got < 30; i++) {
        boolean item =
            i % 5 < 3
                ? first.pollNext(parts.rest()).isItem()
                : second.pollNext(parts.matching()).isItem();
        got += item ? 1 : 0;
        assertThat(counted.given - got).isLessThanOrEqualTo(2 * capacity);
      }
      assertThat(got).isEqualTo(30);
      parts.matching().cancel();
      parts.rest().cancel();
    }
  }

  @Test
  void anEndlessSourceYields() throws Exception {
    Partition<Integer> parts = AsyncIterators.range(0, Integer.MAX_VALUE).partition(x -> false, 1);
    parts.rest().cancel();
    for (int i = 0; i < 3; i++) {
      assertThat(first.pollNext(parts.matching()).isPending()).isTrue();
      assertThat(first.woken()).isTrue();
    }
    parts.matching().cancel();
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> source.iterator().partition(x -> true, 0))
        .hasMessage("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> source.iterator().partition(null, 1))
        .hasMessageContaining("predicate");
  }
}
