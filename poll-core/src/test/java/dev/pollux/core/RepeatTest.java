package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepeatTest {

  private final HandCrank crank = new HandCrank();
  private int rounds;

  @Test
  void repeatRunsRoundAfterRoundUntilOneFails() throws Exception {
    IOException failure = new IOException("x");
    Future<String> loop =
        Futures.repeat(() -> ++rounds < 10 ? Futures.ready(rounds) : Futures.failed(failure));
    assertThatThrownBy(() -> crank.poll(loop)).isSameAs(failure);
    assertThat(rounds).isEqualTo(10);
    assertOver(loop);
  }

  @Test
  void repeatGivesWayWhenTheBudgetIsUsedUp() throws Exception {
    Future<String> loop = Futures.repeat(() -> Futures.ready(++rounds));
    assertThat(crank.poll(loop).isPending()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(rounds).isEqualTo(Budget.UNITS);
    assertThat(crank.poll(loop).isPending()).isTrue();
    assertThat(rounds).isEqualTo(2 * Budget.UNITS);
    loop.cancel();
    assertOver(loop);
  }

  @Test
  void repeatRunsAMillionRoundsInConstantStack() throws Exception {
    Future<String> loop =
        Futures.repeat(
            () -> ++rounds < 1_000_000 ? Futures.done() : Futures.failed(new IOException("end")));
    assertThatThrownBy(() -> SmallStack.call(() -> crank.finish(loop))).hasRootCauseMessage("end");
    assertThat(rounds).isEqualTo(1_000_000);
  }

  @Test
  void repeatDropsTheOutputsItsUserHasSeen() throws Exception {
    Future<String> loop =
        Futures.repeat(() -> ++rounds < 3 ? Futures.ready("x") : Futures.pending());
    assertThat(crank.poll(loop).isPending()).isTrue();
    loop.cancel();
    assertThat(crank.discarded).isEmpty();
  }

  @Test
  void repeatUntilEndsWithTheFirstValue() throws Exception {
    Future<String> loop =
        Futures.repeatUntil(
            () -> Futures.ready(++rounds < 5 ? Optional.empty() : Optional.of("found " + rounds)));
    assertThat(crank.poll(loop).value()).isEqualTo("found 5");
    assertOver(loop);
  }

  @Test
  void cancelReachesTheRoundInFlightOnce() throws Exception {
    Probe<Optional<String>> round = new Probe<>();
    round.thrownByCancel = new IllegalStateException("x");
    Future<String> loop = Futures.repeatUntil(() -> round);
    assertThat(crank.poll(loop).isPending()).isTrue();
    assertThat(Description.of(loop)).hasToString("repeatUntil\n  round: probe");
    loop.cancel();
    loop.cancel();
    assertThat(round.cancels).isEqualTo(1);
    assertThat(crank.uncaught).containsExactly(round.thrownByCancel);
    assertOver(loop);
  }

  @Test
  void cancelBeforeTheFirstPollMakesNoRound() {
    Future<String> loop = Futures.repeat(() -> Futures.ready(++rounds));
    loop.cancel();
    assertThat(rounds).isZero();
    assertOver(loop);
  }

  @Test
  void aSupplierThatGivesNullOrThrowsFailsTheLoop() {
    assertThatThrownBy(() -> crank.poll(Futures.repeat(() -> null)))
        .isInstanceOf(NullPointerException.class);
    Future<String> throwing =
        Futures.repeat(
            () -> {
              throw new AssertionError("x");
            });
    assertThatThrownBy(() -> crank.poll(throwing)).isInstanceOf(AssertionError.class);
    assertOver(throwing);
  }

  private void assertOver(Future<?> future) {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }
}
