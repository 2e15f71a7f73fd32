package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeIteratorTest {

  private final IteratorCrank crank = new IteratorCrank();

  @Test
  void theUpstreamIsCancelledWithTheLastElement() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
    AsyncIterator<Integer> iterator = source.take(2);
    assertThat(crank.next(iterator)).isEqualTo(Next.item(1));
    assertThat(source.cancels).isZero();
    assertThat(crank.next(iterator)).isEqualTo(Next.item(2));
    assertThat(source.cancels).isEqualTo(1);
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(crank.next(iterator).isEnd()).isTrue();
  }

  @Test
  void aSinkThatWantsMoreIsToldOfTheEndAtOnce() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
    List<Integer> seen = new ArrayList<>();
    assertThat(crank.each(source.take(2), seen::add)).isEqualTo(Turn.ENDED);
    assertThat(seen).containsExactly(1, 2);
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void aSinkThatStopsAtTheLastElementIsToldOfTheEndByTheNextCall() throws Exception {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3);
    AsyncIterator<Integer> iterator = source.take(1);
    assertThat(crank.each(iterator, x -> false)).isEqualTo(Turn.STOPPED);
    assertThat(source.cancels).isEqualTo(1);
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(crank.each(iterator, x -> true)).isEqualTo(Turn.ENDED);
  }

  @Test
  void takeOfNothingPollsNothing() throws Exception {
    for (boolean each : new boolean[] {true, false}) {
      ScriptedIterator<Integer> source = ScriptedIterator.of(1);
      AsyncIterator<Integer> iterator = source.take(0);
      assertThat(iterator.knownEnded()).isTrue();
      assertThat(source.cancels).isZero();
      if (each) {
        assertThat(crank.each(iterator, x -> true)).isEqualTo(Turn.ENDED);
      } else {
        assertThat(crank.next(iterator).isEnd()).isTrue();
      }
      assertThat(source.polls).isZero();
      assertThat(source.cancels).isEqualTo(1);
    }
  }

  @Test
  void aFailureAfterTheLastElementIsNotSeen() throws Exception {
    ScriptedIterator<Integer> source =
        new ScriptedIterator<>(List.of(1, new Exception("behind the end")));
    assertThat(crank.drain(source.take(1), IteratorCrank.Mode.EACH)).containsExactly(1);
    assertThat(source.cancels).isEqualTo(1);
  }

  @Test
  void takeWhileCancelsTheUpstreamAtTheFirstElementThatItRefuses() throws Exception {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 30, 4);
      assertThat(crank.drain(source.takeWhile(x -> x < 10), mode)).containsExactly(1, 2);
      assertThat(source.cancels).isEqualTo(1);
    }
    assertThat(crank.discarded).isEmpty();
  }

  @Test
  void skipLeavesOutTheFirstInEveryMode() throws Exception {
    for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
      assertThat(crank.drain(AsyncIterators.range(0, 300).skip(298), mode))
          .containsExactly(298, 299);
      assertThat(crank.drain(AsyncIterators.range(0, 3).skip(4), mode)).isEmpty();
    }
    assertThat(crank.discarded).isEmpty();
  }
}
