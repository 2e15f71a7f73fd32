package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);

  @Test
  void answersTheWinnerAndHandsTheLosersBackUncancelled() throws Exception {
    Future<Selected<String>> select = Futures.select(List.of(a, b, c));
    assertThat(crank.poll(select).isPending()).isTrue();
    b.complete("2");
    Selected<String> first = crank.poll(select).value();
    assertThat(first.index()).isEqualTo(1);
    assertThat(first.value()).isEqualTo("2");
    assertThat(first.isFailure()).isFalse();
    assertThat(first.losers()).containsExactly(a, c);
    assertThat(first).hasToString("Selected[1: 2, 2 losers]");
    select.cancel();
    assertThat(cancelled).isEmpty();
    assertOver(select);
  }

  @Test
  void theLosersCanBeSelectedAmongAgain() throws Exception {
    Selected<String> first = selectAfterCompleting(b, Futures.select(List.of(a, b, c)));
    Selected<String> second = selectAfterCompleting(c, Futures.select(first.losers()));
    assertThat(second.index()).isEqualTo(1);
    assertThat(second.losers()).containsExactly(a);
    a.complete("last");
    assertThat(crank.poll(second.losers().get(0)).value()).isEqualTo("last");
  }

  private Selected<String> selectAfterCompleting(
      Probe<String> winner, Future<Selected<String>> select) throws Exception {
    assertThat(crank.poll(select).isPending()).isTrue();
    winner.complete("won");
    return crank.poll(select).value();
  }

  @Test
  void aFailureIsAnAnswerThatThrowsWhenItIsAskedForItsValue() throws Exception {
    Future<Selected<String>> select = Futures.select(List.of(a, b));
    IOException failure = new IOException("x");
    a.fail(failure);
    Selected<String> first = crank.poll(select).value();
    assertThat(first.index()).isZero();
    assertThat(first.isFailure()).isTrue();
    assertThatThrownBy(first::value).isSameAs(failure);
    assertThat(first.losers()).containsExactly(b);
    assertThat(cancelled).isEmpty();
  }

  @Test
  void anErrorCancelsTheOthersAndIsThrown() throws Exception {
    Future<Selected<String>> select = Futures.select(List.of(a, b, c));
    assertThat(crank.poll(select).isPending()).isTrue();
    Error error = new AssertionError("x");
    b.fail(error);
    assertThatThrownBy(() -> crank.poll(select)).isSameAs(error);
    assertThat(cancelled).containsExactly("c", "a");
    assertOver(select);
  }

  @Test
  void cancelReachesAllNewestFirstThoughOneThrows() throws Exception {
    Future<Selected<String>> select = Futures.select(List.of(a, b, c));
    assertThat(crank.poll(select).isPending()).isTrue();
    c.thrownByCancel = new IllegalStateException("x");
    select.cancel();
    select.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
    assertThat(crank.uncaught).containsExactly(c.thrownByCancel);
    assertOver(select);
  }

  @Test
  void ofSeveralThatAreReadyEachWinsInSomeTries() throws Exception {
    int[] wins = new int[2];
    for (int i = 0; i < 1000; i++) {
      Selected<Integer> first =
          crank.poll(Futures.select(List.of(Futures.ready(0), Futures.ready(1)))).value();
      wins[first.index()]++;
      first.losers().get(0).cancel();
    }
    assertThat(wins[0]).isBetween(400, 600);
  }

  @Test
  void describesItsFutures() {
    Future<Selected<String>> select = Futures.select(List.of(a, b));
    assertThat(Description.of(select)).hasToString("select\n  0: a\n  1: b");
    select.cancel();
    assertThat(Description.of(select)).hasToString("select");
  }

  private void assertOver(Future<?> future) {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }
}
