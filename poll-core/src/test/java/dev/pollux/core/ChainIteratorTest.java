package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainIteratorTest {

  private final IteratorCrank crank = new IteratorCrank();

  @Test
  void theSecondIsNotPolledBeforeTheFirstHasEnded() throws Exception {
    ScriptedIterator<Integer> second = ScriptedIterator.of(2);
    AsyncIterator<Integer> iterator =
        new ScriptedIterator<Integer>(List.of(1, ScriptedIterator.PENDING)).chain(second);
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(second.polls).isZero();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(2));
  }

  @Test
  void aFailureOfTheFirstCancelsTheSecond() {
    Exception failure = new Exception("first");
    ScriptedIterator<Integer> second = ScriptedIterator.of(2);
    AsyncIterator<Integer> iterator =
        new ScriptedIterator<Integer>(List.of(1, failure)).chain(second);
    List<Integer> seen = new ArrayList<>();
    assertThatThrownBy(() -> crank.each(iterator, seen::add)).isSameAs(failure);
    assertThat(seen).containsExactly(1);
    assertThat(second.polls).isZero();
    assertThat(second.cancels).isEqualTo(1);
  }

  @Test
  void cancelReachesEveryPartTheLastFirst() throws Exception {
    List<String> order = new ArrayList<>();
    AsyncIterator<Integer> iterator = part("a", order).chain(part("b", order));
    AsyncIterator<Integer> longer = iterator.chain(part("c", order));
    assertThat(crank.next(longer).isPending()).isTrue();
    longer.cancel();
    longer.cancel();
    assertThat(order).containsExactly("c", "b", "a");
  }

  private static AsyncIterator<Integer> part(String name, List<String> order) {
    return AsyncIterators.pollFn(cx -> Next.pending(), () -> order.add(name));
  }

  @Test
  void aVeryLongChainNeedsNoMoreStackThanAShortOne() throws Exception {
    int parts = 200_000;
    for (IteratorCrank.Mode mode : List.of(IteratorCrank.Mode.NEXT, IteratorCrank.Mode.EACH)) {
      AsyncIterator<Integer> iterator = AsyncIterators.of(0);
      for (int i = 1; i < parts; i++) {
        iterator = iterator.chain(AsyncIterators.of(i));
      }
      assertThat(crank.drain(iterator, mode)).hasSize(parts).startsWith(0, 1).endsWith(parts - 1);
    }
  }

  @Test
  void aChainOfWhatIsOverIsOver() {
    AsyncIterator<Integer> over = AsyncIterators.of(1).chain(AsyncIterators.of(2));
    over.cancel();
    ScriptedIterator<Integer> later = ScriptedIterator.of(3);
    AsyncIterator<Integer> iterator = over.chain(later);
    assertThatThrownBy(() -> crank.next(iterator)).isInstanceOf(PollAfterEndException.class);
    assertThat(later.cancels).isEqualTo(1);
  }

  @Test
  void allPartsAreDescribed() {
    AsyncIterator<Integer> iterator =
        AsyncIterators.of(1).chain(AsyncIterators.range(0, 2)).chain(AsyncIterators.empty());
    assertThat(Description.ofIterator(iterator).children())
        .extracting(Description::name)
        .containsExactly("of", "range", "empty");
    assertThat(iterator.knownEnded()).isFalse();
    iterator.cancel();
  }
}
