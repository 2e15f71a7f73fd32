package dev.pollux.io.driver;

import static dev.pollux.io.driver.Registration.IN;
import static dev.pollux.io.driver.Registration.OUT;
import static dev.pollux.io.driver.Registration.WAIT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Futures;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Poll;
import dev.pollux.io.driver.Registration.Report;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import org.junit.jupiter.api.Test;

/** One channel, cranked by hand. */
class RegistrationTest {

  private final FakeSelector selector = new FakeSelector();
  private final FakeSelector.Channel channel = new FakeSelector.Channel();
  private final NioDriver driver = new NioDriver(() -> selector);
  private final Registration registration = new Registration(channel, true);
  private final Waiting reader = new Waiting(driver, registration, IN);
  private final Waiting writer = new Waiting(driver, registration, OUT);

  @Test
  void triesFirstAndRegistersWhenItHasToWait() throws IOException {
    int seen = reader.ask();

    assertThat(seen).isNotEqualTo(WAIT);
    assertThat(selector.keys()).isEmpty();

    registration.exhausted(IN, seen);
    assertThat(selector.keys()).isEmpty();

    assertThat(reader.ask()).isEqualTo(WAIT);
    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
  }

  @Test
  void anEventWakesItsDirectionOnly() throws IOException {
    reader.exhaust();
    writer.exhaust();
    assertThat(channel.interest(selector)).isEqualTo(OP_READ | OP_WRITE);

    assertThat(registration.event(OP_READ)).isEqualTo(Report.NEWS);

    assertThat(reader.isWoken()).isTrue();
    assertThat(writer.isWoken()).isFalse();
    assertThat(reader.ask()).isNotEqualTo(WAIT);
    assertThat(writer.ask()).isEqualTo(WAIT);

    assertThat(registration.event(OP_READ | OP_WRITE)).isEqualTo(Report.NEWS);
    assertThat(writer.isWoken()).isTrue();
  }

  @Test
  void asksForNothingAnewWhileEventsAreUsed() throws IOException {
    reader.exhaust();
    long changes = driver.counts().interestChanges();

    for (int i = 0; i < 100; i++) {
      assertThat(registration.event(OP_READ)).isEqualTo(Report.NEWS);
      assertThat(reader.isWoken()).isTrue();
      reader.exhaust();
    }

    assertThat(driver.counts().interestChanges()).isEqualTo(changes).isEqualTo(1);
  }

  @Test
  void anEventAfterTheTryIsNotTakenAway() throws IOException {
    reader.exhaust();
    registration.event(OP_READ);
    int seen = reader.ask();
    registration.exhausted(IN, seen); // by somebody quick

    registration.event(OP_READ);
    registration.exhausted(IN, seen); // by somebody slow, about the try before

    assertThat(reader.ask()).isNotEqualTo(WAIT);
  }

  @Test
  void whatIsReportedAgainAndAgainRests() throws IOException {
    reader.exhaust();

    assertThat(registration.event(OP_READ)).isEqualTo(Report.NEWS);
    assertThat(registration.event(OP_READ)).isEqualTo(Report.LATE);
    assertThat(registration.event(OP_READ)).isEqualTo(Report.UNWANTED);
    assertThat(channel.interest(selector)).isEqualTo(OP_READ);

    registration.rest();
    assertThat(channel.interest(selector)).isEqualTo(0);

    reader.exhaust();
    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
  }

  @Test
  void whatIsUsedAfterAllDoesNotRest() throws IOException {
    reader.exhaust();
    registration.event(OP_READ);
    registration.event(OP_READ);
    registration.event(OP_READ);
    reader.exhaust();

    registration.rest();

    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
    assertThat(registration.event(OP_READ)).isEqualTo(Report.NEWS);
  }

  @Test
  void underLoadOnlyWhatIsLongUnwantedRests() throws IOException {
    for (int round = 0; round < 3; round++) {
      reader.exhaust(); // it was slow, but came
      registration.event(OP_READ);
      registration.event(OP_READ);
      registration.restIfOld();
      assertThat(channel.interest(selector)).isEqualTo(OP_READ);
    }

    registration.restIfOld();

    assertThat(channel.interest(selector)).isZero();
    reader.exhaust();
    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
  }

  @Test
  void onlyTheDirectionThatIsNotWantedRests() throws IOException {
    reader.exhaust();
    writer.exhaust();
    registration.event(OP_WRITE);
    registration.event(OP_WRITE);
    assertThat(registration.event(OP_READ | OP_WRITE)).isEqualTo(Report.NEWS);

    registration.rest();

    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
  }

  @Test
  void closeWakesEverybody() throws IOException {
    Waiting other = new Waiting(driver, registration, IN);
    reader.exhaust();
    writer.exhaust();
    other.ask(new ReadinessWaiters.Waiter());

    registration.close();
    registration.close();

    assertThat(channel.isOpen()).isFalse();
    for (Waiting one : new Waiting[] {reader, writer, other}) {
      assertThat(one.isWoken()).isTrue();
      assertThatThrownBy(one::ask).isInstanceOf(ClosedChannelException.class);
    }
    assertThat(registration.isClosed()).isTrue();
    driver.park(0);
    assertThat(selector.keys()).isEmpty();
  }

  @Test
  void aForeignChannelIsLeftOpen() throws IOException {
    Registration foreign = new Registration(channel, false);
    Waiting one = new Waiting(driver, foreign, IN);
    one.exhaust();

    foreign.close();

    assertThat(channel.isOpen()).isTrue();
    assertThat(one.isWoken()).isTrue();
  }

  @Test
  void theEndOfTheDriverEndsWhatWaits() throws IOException {
    reader.exhaust();

    driver.close();
    driver.close();

    assertThat(reader.isWoken()).isTrue();
    assertThatThrownBy(reader::ask).isInstanceOf(ClosedChannelException.class);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void nobodyRegistersWithADriverThatHasEnded() {
    driver.close();

    assertThatThrownBy(reader::exhaust).isInstanceOf(ClosedChannelException.class);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aChannelThatWasClosedByOthersFails() throws IOException {
    channel.close();

    assertThatThrownBy(reader::exhaust).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whoComesAfterAFailedRegistrationTriesAgain() throws IOException {
    IOException noDescriptor = new IOException("too many open files");
    NioDriver[] failing = new NioDriver[1];
    boolean[] fails = {true};
    failing[0] =
        new NioDriver(
            () -> {
              if (fails[0]) {
                throw noDescriptor;
              }
              return selector;
            });
    Waiting one = new Waiting(failing[0], registration, IN);

    assertThatThrownBy(one::exhaust).isSameAs(noDescriptor);
    fails[0] = false;
    one.exhaust();

    assertThat(channel.interest(selector)).isEqualTo(OP_READ);
  }

  @Test
  void withoutADriverItSaysWhatIsMissing() {
    PollHarness none = PollHarness.create();

    assertThatThrownBy(
            () ->
                none.poll(
                    Futures.pollFn(
                        (Context cx) -> {
                          registration.exhausted(IN, registration.pollReady(cx, IN));
                          return Poll.ready(registration.pollReady(cx, IN));
                        })))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("pollux-io-nio");
  }

  @Test
  void manyMayWaitForTheSame() throws IOException {
    reader.exhaust();
    Waiting[] others = new Waiting[3];
    ReadinessWaiters.Waiter[] waiters = new ReadinessWaiters.Waiter[3];
    for (int i = 0; i < 3; i++) {
      others[i] = new Waiting(driver, registration, i == 2 ? OUT : IN);
      waiters[i] = new ReadinessWaiters.Waiter();
      if (i == 2) {
        writer.exhaust();
      }
      assertThat(others[i].ask(waiters[i])).isEqualTo(WAIT);
    }
    registration.forget(waiters[1]);

    registration.event(OP_READ);

    assertThat(reader.isWoken()).isTrue();
    assertThat(others[0].isWoken()).isTrue();
    assertThat(others[1].isWoken()).isFalse();
    assertThat(others[2].isWoken()).isFalse();
  }

  @Test
  void movesToAnotherSelectorWithItsInterest() throws IOException {
    reader.exhaust();
    FakeSelector next = new FakeSelector();

    registration.move(next);
    registration.move(next);

    assertThat(channel.interest(next)).isEqualTo(OP_READ);
    assertThat(channel.interest(selector)).isEqualTo(0);
    registration.close();
    registration.move(selector);
    assertThat(selector.keys().stream().filter(SelectionKey::isValid)).isEmpty();
  }

  @Test
  void paysBudget() throws IOException {
    PollHarness harness = PollHarness.create();
    int[] tries = new int[1];

    try {
      harness.poll(
          Futures.pollFn(
              (Context cx) -> {
                while (registration.pollReady(cx, IN) != WAIT) {
                  tries[0]++;
                }
                return Poll.pending();
              }));
    } catch (Exception e) {
      throw new AssertionError(e);
    }

    assertThat(tries[0]).isPositive().isLessThan(10_000);
    assertThat(harness.woken()).isTrue();
    assertThat(selector.keys()).isEmpty();
  }

  @Test
  void waitingCostsNoBudget() throws Exception {
    reader.exhaust();
    PollHarness harness = PollHarness.create().offer(NioDriver.class, driver);

    harness.poll(
        Futures.pollFn(
            (Context cx) -> {
              for (int i = 0; i < 10_000; i++) {
                assertThat(registration.pollReady(cx, IN)).isEqualTo(WAIT);
              }
              assertThat(cx.budget().isExhausted()).isFalse();
              return Poll.pending();
            }));

    assertThat(harness.woken()).isFalse();
  }
}
