package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatMapIteratorTest {

  private final IteratorCrank crank = new IteratorCrank();

  @Test
  void oneInnerIteratorIsOpenAtATime() throws Exception {
    List<ScriptedIterator<Integer>> opened = new ArrayList<>();
    AsyncIterator<Integer> iterator =
        AsyncIterators.of(1, 2)
            .flatMap(
                x -> {
                  ScriptedIterator<Integer> inner =
                      new ScriptedIterator<>(List.of(ScriptedIterator.STUCK, x));
                  opened.add(inner);
                  return inner;
                });
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(opened).hasSize(1);
    assertThat(opened.get(0).stored).isSameAs(crank.waker);
    opened.get(0).release();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
    assertThat(opened).hasSize(1);
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(opened).hasSize(2);
  }

  @Test
  void cancelReachesTheInnerIteratorThenTheUpstream() throws Exception {
    List<String> order = new ArrayList<>();
    AsyncIterator<Integer> upstream =
        AsyncIterators.pollFn(cx -> Next.item(1), () -> order.add("upstream"));
    AsyncIterator<Integer> iterator =
        upstream.flatMap(
            x -> AsyncIterators.<Integer>pollFn(cx -> Next.pending(), () -> order.add("inner")));
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(Description.ofIterator(iterator).children())
        .extracting(Description::role)
        .containsExactly("inner", "upstream");
    iterator.cancel();
    iterator.cancel();
    assertThat(order).containsExactly("inner", "upstream");
  }

  @Test
  void aFailureOfAnInnerIteratorCancelsTheUpstream() {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2);
      Exception failure = new Exception("inner");
      AsyncIterator<Integer> iterator =
          source.flatMap(x -> new ScriptedIterator<Integer>(List.of(7, failure)));
      List<Integer> seen = new ArrayList<>();
      assertThatThrownBy(() -> crank.drain(iterator, mode, new Random(1), seen)).isSameAs(failure);
      assertThat(seen).containsExactly(7);
      assertThat(source.cancels).isEqualTo(1);
    }
  }

  @Test
  void emptyInnerIteratorsGiveWayToo() throws Exception {
    AsyncIterator<Integer> iterator =
        AsyncIterators.range(0, Integer.MAX_VALUE).flatMap(x -> AsyncIterators.<Integer>empty());
    assertThat(crank.next(iterator).isPending()).isTrue();
    assertThat(crank.each(iterator, x -> true)).isEqualTo(Turn.PENDING);
    assertThat(crank.poller.wokeItself()).isTrue();
  }
}
