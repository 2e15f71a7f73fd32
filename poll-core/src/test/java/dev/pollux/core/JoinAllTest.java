package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The join of many; that of few is in {@link JoinTest}. */
class JoinAllTest {

  private static final int MANY = JoinAll.MANY;

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final List<Probe<String>> probes = new ArrayList<>();
  private Future<List<String>> join;

  @BeforeEach
  void joinMany() {
    for (int i = 0; i < MANY; i++) {
      probes.add(new Probe<>("p" + i, cancelled));
    }
    join = Futures.joinAll(probes);
    assertThat(join).isInstanceOf(JoinAll.class);
  }

  @AfterEach
  void cancelWhatWasNotPolled() {
    join.cancel();
  }

  @Test
  void givesTheOutputsInTheOrderOfTheFutures() throws Exception {
    assertThat(crank.poll(join).isPending()).isTrue();
    List<String> expected = new ArrayList<>();
    for (int i = MANY - 1; i >= 0; i--) {
      probes.get(i).complete(i == 3 ? null : "o" + i);
      expected.add(0, i == 3 ? null : "o" + i);
    }
    List<String> outputs = crank.poll(join).value();
    assertThat(outputs).isEqualTo(expected);
    assertThatThrownBy(() -> outputs.set(0, "x")).isInstanceOf(UnsupportedOperationException.class);
    assertOver();
  }

  @Test
  void onlyFuturesThatWereWokenArePolled() throws Exception {
    assertThat(crank.poll(join).isPending()).isTrue();
    probes.get(5).complete("5");
    assertThat(crank.poll(join).isPending()).isTrue();
    assertThat(probes.get(5).polls).isEqualTo(2);
    assertThat(probes.get(6).polls).isEqualTo(1);
  }

  @Test
  void aFailureCancelsTheOthersAndDiscardsTheOutputs() throws Exception {
    probes.get(1).complete("1");
    probes.get(4).complete("4");
    assertThat(crank.poll(join).isPending()).isTrue();
    IOException failure = new IOException("x");
    probes.get(2).fail(failure);
    assertThatThrownBy(() -> crank.poll(join)).isSameAs(failure);
    assertThat(cancelled).hasSize(MANY - 3).startsWith("p" + (MANY - 1)).endsWith("p3", "p0");
    assertThat(crank.discarded).containsExactlyInAnyOrder("1", "4");
    assertOver();
  }

  @Test
  void cancelReachesAllNewestFirstAndDiscardsTheOutputs() throws Exception {
    probes.get(1).complete("1");
    assertThat(crank.poll(join).isPending()).isTrue();
    probes.get(3).thrownByCancel = new IllegalStateException("x");
    join.cancel();
    join.cancel();
    assertThat(cancelled).hasSize(MANY - 1).startsWith("p" + (MANY - 1)).endsWith("p2", "p0");
    assertThat(crank.discarded).containsExactly("1");
    assertThat(crank.uncaught).containsExactly(probes.get(3).thrownByCancel);
    assertOver();
  }

  @Test
  void manyThatAreReadyAtOnceTakeTurns() throws Exception {
    List<Future<Integer>> ready = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      ready.add(Futures.ready(i));
    }
    Future<List<Integer>> all = Futures.joinAll(ready);
    assertThat(crank.poll(all).isPending()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(crank.finish(all)).hasSize(1000).startsWith(0, 1, 2).endsWith(999);
  }

  @Test
  void describesTheFuturesThatAreNotDone() throws Exception {
    for (int i = 1; i < MANY; i++) {
      probes.get(i).complete("x");
    }
    assertThat(crank.poll(join).isPending()).isTrue();
    assertThat(Description.of(join)).hasToString("joinAll {running=1}\n  0: p0");
  }

  private void assertOver() {
    assertThatThrownBy(() -> crank.poll(join)).isInstanceOf(PollAfterEndException.class);
  }
}
