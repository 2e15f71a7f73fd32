package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);

  @Test
  void theFirstOutputWinsAndTheLosersAreCancelledNewestFirst() throws Exception {
    Future<String> race = Futures.race(a, b, c);
    assertThat(crank.poll(race).isPending()).isTrue();
    b.complete("2");
    assertThat(crank.poll(race).value()).isEqualTo("2");
    assertThat(cancelled).containsExactly("c", "a");
    assertOver(race);
  }

  @Test
  void theFirstFailureWinsAsWell() throws Exception {
    for (Throwable failure : List.of(new IOException("x"), new AssertionError("y"))) {
      cancelled.clear();
      Probe<String> loser = new Probe<>("loser", cancelled);
      Probe<String> winner = new Probe<>("winner", cancelled);
      Future<String> race = Futures.race(List.of(loser, winner));
      assertThat(crank.poll(race).isPending()).isTrue();
      winner.fail(failure);
      assertThatThrownBy(() -> crank.poll(race)).isSameAs(failure);
      assertThat(cancelled).containsExactly("loser");
      assertOver(race);
    }
  }

  @Test
  void ofSeveralThatAreAlwaysReadyEachWinsInSomeRaces() throws Exception {
    int[] wins = new int[3];
    for (int i = 0; i < 3000; i++) {
      wins[
          crank.poll(Futures.race(Futures.ready(0), Futures.ready(1), Futures.ready(2))).value()]++;
    }
    assertThat(wins[0]).isBetween(800, 1200);
    assertThat(wins[1]).isBetween(800, 1200);
    assertThat(wins[2]).isBetween(800, 1200);
  }

  @Test
  void theSameSeedGivesTheSameWinners() throws Exception {
    assertThat(winners(42)).isEqualTo(winners(42)).isNotEqualTo(winners(43));
  }

  private static List<Integer> winners(long seed) throws Exception {
    HandCrank seeded = new HandCrank(seed);
    List<Integer> winners = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      winners.add(seeded.poll(Futures.race(Futures.ready(0), Futures.ready(1))).value());
    }
    return winners;
  }

  @Test
  void losersThatHoldAValueDiscardIt() throws Exception {
    List<String> closed = new ArrayList<>();
    AutoCloseable first = () -> closed.add("first");
    AutoCloseable second = () -> closed.add("second");
    AutoCloseable won =
        crank.poll(Futures.race(Futures.ready(first), Futures.ready(second))).value();
    assertThat(closed).containsExactly(won == first ? "second" : "first");
  }

  @Test
  void cancelReachesAllNewestFirstThoughOneThrows() throws Exception {
    Future<String> race = Futures.race(a, b, c);
    assertThat(crank.poll(race).isPending()).isTrue();
    b.thrownByCancel = new IllegalStateException("x");
    race.cancel();
    race.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
    assertThat(crank.uncaught).containsExactly(b.thrownByCancel);
    assertOver(race);
  }

  @Test
  void aLosersThrowingCancelDoesNotHideTheOutput() throws Exception {
    Future<String> race = Futures.race(a, b);
    a.thrownByCancel = new IllegalStateException("x");
    b.complete("2");
    assertThat(crank.poll(race).value()).isEqualTo("2");
    assertThat(crank.uncaught).containsExactly(a.thrownByCancel);
  }

  @Test
  void theArrayBelongsToTheCaller() throws Exception {
    @SuppressWarnings({"unchecked", "rawtypes"})
    Future<String>[] racers = new Future[] {a, b};
    Future<String> race = Futures.race(racers);
    racers[0] = null;
    a.complete("1");
    assertThat(crank.poll(race).value()).isEqualTo("1");
  }

  @Test
  void describesItsRacers() {
    Future<String> race = Futures.race(a, b);
    assertThat(Description.of(race)).hasToString("race\n  0: a\n  1: b");
    race.cancel();
    assertThat(Description.of(race)).hasToString("race");
  }

  private void assertOver(Future<?> future) {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }
}
