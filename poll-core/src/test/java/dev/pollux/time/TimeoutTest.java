package dev.pollux.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TimeoutTest {

  private static final Duration LIMIT = Duration.ofMillis(250);

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);

  @Test
  void answersWhatTheBodyAnswersAndDisarms() throws Exception {
    Body body = new Body();
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    assertThat(clock.armed()).isEqualTo(1);
    body.answer = Poll.ready("done");
    assertThat(harness.poll(timeout).value()).isEqualTo("done");
    assertThat(clock.armed()).isZero();
    assertThat(body.cancels).isZero();
    assertIsOver(timeout);
  }

  @Test
  void aBodyThatIsReadyAtOnceNeedsNoTimer() throws Exception {
    Poller withoutTimer = new Poller(new Services() {}, 0, true);
    Body body = new Body();
    body.answer = Poll.ready("done");
    assertThat(withoutTimer.poll(Time.timeout(LIMIT, body), Waker.noop()).value())
        .isEqualTo("done");
  }

  @Test
  void cancelsTheBodyAndThenFailsNamingTheLimit() throws Exception {
    Body body = new Body();
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    clock.advance(LIMIT.minusNanos(1));
    assertThat(harness.woken()).isFalse();
    assertThat(harness.poll(timeout).isPending()).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(timeout))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("PT0.25S");
    assertThat(body.cancels).isEqualTo(1);
    assertIsOver(timeout);
  }

  @Test
  void aBodyThatIsReadyInTheSamePollWins() throws Exception {
    Body body = new Body();
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    clock.advance(LIMIT.multipliedBy(2));
    body.answer = Poll.ready("late, but done");
    assertThat(harness.poll(timeout).value()).isEqualTo("late, but done");
    assertThat(body.cancels).isZero();
  }

  @Test
  void aLimitOfZeroAllowsOnePoll() throws Exception {
    for (Duration limit : new Duration[] {Duration.ZERO, Duration.ofDays(-1)}) {
      Body ready = new Body();
      ready.answer = Poll.ready("done");
      assertThat(harness.poll(Time.timeout(limit, ready)).value()).isEqualTo("done");
      Body pending = new Body();
      assertThatThrownBy(() -> harness.poll(Time.timeout(limit, pending)))
          .isInstanceOf(TimeoutException.class);
      assertThat(pending.cancels).isEqualTo(1);
    }
  }

  @Test
  void isLookedAtEvenIfTheBodyUsesUpTheBudget() throws Exception {
    Future<String> timeout =
        Time.timeout(
            LIMIT,
            cx -> {
              while (cx.tryProceed()) {}
              return Poll.pending();
            });
    assertThat(harness.poll(timeout).isPending()).isTrue();
    clock.advance(LIMIT);
    assertThatThrownBy(() -> harness.poll(timeout)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void theFailureOfTheBodyPassesThroughAndDisarms() throws Exception {
    Body body = new Body();
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    IOException failure = new IOException("broken");
    body.failure = failure;
    assertThatThrownBy(() -> harness.poll(timeout)).isSameAs(failure);
    assertThat(clock.armed()).isZero();
    assertThat(body.cancels).isZero();
    assertIsOver(timeout);
  }

  @Test
  void cancelCancelsTheBodyOnceAndDisarms() throws Exception {
    Body body = new Body();
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    timeout.cancel();
    timeout.cancel();
    assertThat(body.cancels).isEqualTo(1);
    assertThat(clock.armed()).isZero();
    assertIsOver(timeout);
  }

  @Test
  void aBodyThatThrowsFromCancelIsReported() throws Exception {
    Body body = new Body();
    body.cancelFailure = new IllegalStateException("from cancel");
    Future<String> timeout = Time.timeout(LIMIT, body);
    assertThat(harness.poll(timeout).isPending()).isTrue();
    clock.advance(LIMIT);
    assertThatThrownBy(() -> harness.poll(timeout)).isInstanceOf(TimeoutException.class);
    assertThat(harness.uncaught()).containsExactly(body.cancelFailure);
  }

  @Test
  void withoutATimerTheBodyIsCancelled() {
    Poller withoutTimer = new Poller(new Services() {}, 0, true);
    Body body = new Body();
    assertThatThrownBy(() -> withoutTimer.poll(Time.timeout(LIMIT, body), Waker.noop()))
        .isInstanceOf(MissingServiceException.class);
    assertThat(body.cancels).isEqualTo(1);
  }

  @Test
  void namesItsBodyAndItsSleep() throws Exception {
    Future<String> timeout = Time.timeout(LIMIT, new Body());
    assertThat(harness.poll(timeout).isPending()).isTrue();
    assertThat(Description.of(timeout).toString())
        .contains("timeout {limit=PT0.25S}", "body: Body", "sleep: sleep waits for a deadline in");
    timeout.cancel();
    assertThat(Description.of(timeout).children()).isEmpty();
  }

  private void assertIsOver(Future<?> future) {
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(PollAfterEndException.class);
  }

  private static final class Body implements Future<String> {
    Poll<String> answer = Poll.pending();
    Exception failure;
    RuntimeException cancelFailure;
    int cancels;

    @Override
    public Poll<String> poll(Context cx) throws Exception {
      if (failure != null) {
        throw failure;
      }
      return answer;
    }

    @Override
    public void cancel() {
      cancels++;
      if (cancelFailure != null) {
        throw cancelFailure;
      }
    }
  }
}
