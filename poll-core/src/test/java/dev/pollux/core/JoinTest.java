package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinTest {

  private final HandCrank crank = new HandCrank();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);
  private final Probe<String> d = new Probe<>("d", cancelled);

  @Test
  void combinesTheOutputsWhicheverComesFirst() throws Exception {
    Future<String> join = Futures.join(a, b, (x, y) -> x + y);
    assertThat(crank.poll(join).isPending()).isTrue();
    b.complete("2");
    assertThat(crank.poll(join).isPending()).isTrue();
    a.complete("1");
    assertThat(crank.poll(join).value()).isEqualTo("12");
    assertThat(b.polls).isEqualTo(2);
    assertOver(join);
  }

  @Test
  void combinesThreeAndFour() throws Exception {
    a.complete("1");
    b.complete("2");
    c.complete("3");
    assertThat(crank.poll(Futures.join(a, b, c, (x, y, z) -> x + y + z)).value()).isEqualTo("123");
    Future<String> four =
        Futures.join(
            Futures.ready(1),
            Futures.ready("2"),
            Futures.ready(3L),
            Futures.ready('4'),
            (w, x, y, z) -> w + x + y + z);
    assertThat(crank.poll(four).value()).isEqualTo("1234");
  }

  @Test
  void joinsAListInItsOrder() throws Exception {
    Future<List<String>> join = Futures.joinAll(List.of(a, b, c));
    assertThat(crank.poll(join).isPending()).isTrue();
    c.complete("3");
    a.complete("1");
    b.complete("2");
    List<String> outputs = crank.poll(join).value();
    assertThat(outputs).containsExactly("1", "2", "3");
    assertThatThrownBy(() -> outputs.set(0, "x")).isInstanceOf(UnsupportedOperationException.class);
    assertOver(join);
  }

  @Test
  void joinsNothingAtOnce() throws Exception {
    assertThat(crank.poll(Futures.joinAll(List.<Future<String>>of())).value()).isEmpty();
  }

  @Test
  void everyPollShowsTheLatestWakerToEverySide() throws Exception {
    Future<String> join = Futures.join(a, b, (x, y) -> x + y);
    assertThat(crank.poll(join).isPending()).isTrue();
    Waker other = () -> {};
    assertThat(crank.poller.poll(join, other).isPending()).isTrue();
    assertThat(a.waker).isSameAs(other);
    assertThat(b.waker).isSameAs(other);
  }

  @Test
  void aFailureCancelsTheOthersNewestFirstAndIsThrown() throws Exception {
    Future<List<String>> join = Futures.joinAll(List.of(a, b, c, d));
    assertThat(crank.poll(join).isPending()).isTrue();
    IOException failure = new IOException("x");
    b.fail(failure);
    assertThatThrownBy(() -> crank.poll(join)).isSameAs(failure);
    assertThat(cancelled).containsExactly("d", "c", "a");
    assertOver(join);
  }

  @Test
  void anErrorOfASideCancelsTheOthersToo() throws Exception {
    Future<String> join = Futures.join(a, b, (x, y) -> x + y);
    Error error = new AssertionError("x");
    a.fail(error);
    assertThatThrownBy(() -> crank.poll(join)).isSameAs(error);
    assertThat(cancelled).containsExactly("b");
  }

  @Test
  void anOutputIsDiscardedIfTheOtherSideFails() throws Exception {
    Future<String> join = Futures.join(a, b, (x, y) -> x + y);
    a.complete("1");
    assertThat(crank.poll(join).isPending()).isTrue();
    b.fail(new IOException("x"));
    assertThatThrownBy(() -> crank.poll(join)).isInstanceOf(IOException.class);
    assertThat(crank.discarded).containsExactly("1");
    assertThat(cancelled).isEmpty();
  }

  @Test
  void anOutputIsDiscardedOnCancel() throws Exception {
    Future<String> join = Futures.join(a, b, c, (x, y, z) -> x);
    b.complete("2");
    assertThat(crank.poll(join).isPending()).isTrue();
    join.cancel();
    join.cancel();
    assertThat(crank.discarded).containsExactly("2");
    assertThat(cancelled).containsExactly("c", "a");
    assertOver(join);
  }

  @Test
  void outputsThatWereCombinedAreNotDiscarded() throws Exception {
    a.complete("1");
    b.complete("2");
    Future<String> join =
        Futures.join(
            a,
            b,
            (x, y) -> {
              throw new IllegalArgumentException("x");
            });
    assertThatThrownBy(() -> crank.poll(join)).isInstanceOf(IllegalArgumentException.class);
    join.cancel();
    assertThat(crank.discarded).isEmpty();
    assertOver(join);
  }

  @Test
  void aThrowOfOneCancelIsReportedAndTheOthersAreStillCancelled() throws Exception {
    Future<List<String>> join = Futures.joinAll(List.of(a, b, c));
    assertThat(crank.poll(join).isPending()).isTrue();
    b.thrownByCancel = new IllegalStateException("x");
    join.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
    assertThat(crank.uncaught).containsExactly(b.thrownByCancel);
  }

  @Test
  void cancelBeforeTheFirstPollReachesEverySide() {
    Futures.join(a, b, (x, y) -> x).cancel();
    assertThat(cancelled).containsExactly("b", "a");
  }

  @Test
  void stopsWhereTheBudgetEndsAndStartsThereNextTime() throws Exception {
    List<String> polled = new ArrayList<>();
    List<Future<Void>> greedy = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      greedy.add(
          Futures.pollFn(
              cx -> {
                polled.add(name);
                cx.budget().replace(0);
                cx.wakeSelf();
                return Poll.pending();
              }));
    }
    Future<List<Void>> join = Futures.joinAll(greedy);
    for (int turn = 0; turn < 4; turn++) {
      assertThat(crank.poll(join).isPending()).isTrue();
      assertThat(crank.wokeItself()).isTrue();
    }
    assertThat(polled).containsExactly("a", "b", "c", "a");
    join.cancel();
  }

  @Test
  void describesTheSidesThatAreNotDone() throws Exception {
    Future<String> join = Futures.join(a, b, (x, y) -> x + y);
    a.complete("1");
    assertThat(crank.poll(join).isPending()).isTrue();
    assertThat(Description.of(join)).hasToString("join\n  1: b");
    join.cancel();
    assertThat(Description.of(join)).hasToString("join");
  }

  private void assertOver(Future<?> future) {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }
}
