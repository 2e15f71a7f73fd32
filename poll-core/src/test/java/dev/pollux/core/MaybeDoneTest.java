package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class MaybeDoneTest {

  private final HandCrank crank = new HandCrank();
  private final Probe<String> probe = new Probe<>();
  private final MaybeDone<String> side = new MaybeDone<>(probe);
  private final Future<Boolean> polled = cx -> Poll.ready(side.poll(cx));

  @Test
  void keepsTheOutputUntilItIsTaken() throws Exception {
    assertThat(crank.poll(polled).value()).isFalse();
    probe.complete("a");
    assertThat(crank.poll(polled).value()).isTrue();
    assertThat(crank.poll(polled).value()).isTrue();
    assertThat(probe.polls).isEqualTo(2);
    assertThat(side.future()).isNull();
    assertThat(side.take()).isEqualTo("a");
    assertThat(crank.poll(polled).value()).isFalse();
  }

  @Test
  void refusesToHandOutWhatIsNotThere() throws Exception {
    assertThatThrownBy(side::take).isInstanceOf(IllegalStateException.class);
    probe.complete("a");
    assertThat(crank.poll(polled).value()).isTrue();
    assertThat(side.take()).isEqualTo("a");
    assertThatThrownBy(side::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void isGoneAfterAFailureAndCancelsNothingThen() {
    probe.fail(new IOException("x"));
    assertThatThrownBy(() -> crank.poll(polled)).isInstanceOf(IOException.class);
    side.cancel(crank);
    assertThat(probe.cancels).isZero();
    assertThatThrownBy(side::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void cancelsTheFutureOrDiscardsTheOutput() throws Exception {
    side.cancel(crank);
    assertThat(probe.cancels).isEqualTo(1);
    MaybeDone<String> done = new MaybeDone<>(Futures.ready("b"));
    assertThat(crank.poll(cx -> Poll.ready(done.poll(cx))).value()).isTrue();
    done.cancel(crank);
    done.cancel(crank);
    assertThat(crank.discarded).containsExactly("b");
  }
}
