package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SingleElementTest {

  private final HandCrank crank = new HandCrank();
  private final Probe<String> probe = new Probe<>();
  private final AsyncIterator<String> iterator = probe.toAsyncIterator();

  @Test
  void givesTheOutputThenTheEnd() throws Exception {
    assertThat(crank.pollNext(iterator).isPending()).isTrue();
    assertThat(iterator.knownEnded()).isFalse();
    probe.complete("a");
    assertThat(crank.pollNext(iterator).value()).isEqualTo("a");
    assertThat(iterator.knownEnded()).isTrue();
    assertThat(crank.pollNext(iterator).isEnd()).isTrue();
    assertThat(iterator.knownEnded()).isFalse();
    assertOver();
  }

  @Test
  void feedsASink() throws Exception {
    probe.complete("a");
    List<String> taken = new ArrayList<>();
    assertThat(crank.poller.pollEach(iterator, crank.waker, taken::add)).isEqualTo(Turn.ENDED);
    assertThat(taken).containsExactly("a");
    assertOver();
  }

  @Test
  void throwsTheFailure() {
    probe.fail(new IOException("x"));
    assertThatThrownBy(() -> crank.pollNext(iterator)).isInstanceOf(IOException.class);
    assertOver();
  }

  @Test
  void anOutputOfNullFails() {
    probe.complete(null);
    assertThatThrownBy(() -> crank.pollNext(iterator)).isInstanceOf(NullPointerException.class);
    assertOver();
  }

  @Test
  void theElementTakesAUnitOfBudget() throws Exception {
    probe.complete("a");
    int[] left = {0};
    Future<String> seen =
        Futures.pollFn(
            cx -> {
              Next<String> next = iterator.pollNext(cx);
              left[0] = cx.budget().remaining();
              return Poll.ready(next.value());
            });
    assertThat(crank.poll(seen).value()).isEqualTo("a");
    assertThat(left[0]).isEqualTo(Budget.UNITS - 1);
  }

  @Test
  void givesWayIfNoBudgetIsLeft() throws Exception {
    probe.complete("a");
    Future<Boolean> poor =
        Futures.pollFn(
            cx -> {
              cx.budget().replace(0);
              return Poll.ready(iterator.pollNext(cx).isPending());
            });
    assertThat(crank.poll(poor).value()).isTrue();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(probe.polls).isZero();
  }

  @Test
  void cancelReachesTheFutureOnce() throws Exception {
    assertThat(crank.pollNext(iterator).isPending()).isTrue();
    probe.thrownByCancel = new IllegalStateException("x");
    assertThat(Description.ofIterator(iterator)).hasToString("toAsyncIterator\n  element: probe");
    iterator.cancel();
    iterator.cancel();
    assertThat(probe.cancels).isEqualTo(1);
    assertThat(crank.uncaught).containsExactly(probe.thrownByCancel);
    assertOver();
  }

  @Test
  void cancelAfterTheElementEndsIt() throws Exception {
    probe.complete("a");
    assertThat(crank.pollNext(iterator).isItem()).isTrue();
    iterator.cancel();
    assertOver();
  }

  private void assertOver() {
    assertThatThrownBy(() -> crank.pollNext(iterator)).isInstanceOf(PollAfterEndException.class);
  }
}
