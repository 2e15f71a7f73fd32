package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Connecting to one of several addresses, on a clock that stands still. */
final class HappyEyeballsTest {

  private static final Duration DELAY = Duration.ofMillis(250);
  private static final int PORT = 80;

  private static final InetAddress FOUR_A = address("192.0.2.1");
  private static final InetAddress FOUR_B = address("192.0.2.2");
  private static final InetAddress FOUR_C = address("192.0.2.3");
  private static final InetAddress SIX_A = address("2001:db8::1");
  private static final InetAddress SIX_B = address("2001:db8::2");

  private final PollHarness harness = PollHarness.create();

  /** The attempts that were begun, in that order. */
  private final Map<InetAddress, Attempt> attempts = new LinkedHashMap<>();

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** One that is told how it ends. */
  private static final class Attempt implements Future<String> {
    private final InetSocketAddress address;
    private boolean connected;
    private IOException failure;
    private boolean cancelled;
    private dev.pollux.core.Waker waker;

    Attempt(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public Poll<String> poll(Context cx) throws IOException {
      assertThat(cancelled).isFalse();
      waker = cx.waker();
      if (failure != null) {
        throw failure;
      }
      return connected ? Poll.ready(address.getAddress().getHostAddress()) : Poll.pending();
    }

    void connect() {
      connected = true;
      waker.wake();
    }

    void fail() {
      failure = new ConnectException(address + " refuses");
      waker.wake();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public void describe(Description description) {
      description.name("attempt").waitsFor(address.toString());
    }
  }

  private Attempt begin(InetSocketAddress address) {
    assertThat(address.getPort()).isEqualTo(PORT);
    Attempt attempt = new Attempt(address);
    assertThat(attempts.put(address.getAddress(), attempt)).isNull();
    return attempt;
  }

  private HappyEyeballs<String> connect(InetAddress... addresses) {
    return new HappyEyeballs<>("host", PORT, Futures.ready(List.of(addresses)), DELAY, this::begin);
  }

  private Attempt attempt(InetAddress address) {
    Attempt attempt = attempts.get(address);
    assertThat(attempt).as("attempt at %s", address).isNotNull();
    return attempt;
  }

  private void assertPending(Future<String> connect) throws Exception {
    assertThat(harness.poll(connect).isPending()).isTrue();
  }

  @Test
  void theFamiliesTakeTurns() {
    assertThat(HappyEyeballs.inTurn(List.of(FOUR_A, FOUR_B, FOUR_C, SIX_A, SIX_B)))
        .containsExactly(FOUR_A, SIX_A, FOUR_B, SIX_B, FOUR_C);
    assertThat(HappyEyeballs.inTurn(List.of(SIX_A, FOUR_A, FOUR_B)))
        .containsExactly(SIX_A, FOUR_A, FOUR_B);
    assertThat(HappyEyeballs.inTurn(List.of(SIX_A))).containsExactly(SIX_A);
    assertThat(HappyEyeballs.inTurn(List.of())).isEmpty();
  }

  @Test
  void theNextIsTriedAfterTheDelayAndNotBefore() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A, SIX_A, FOUR_B);
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A);
    harness.clock().advance(DELAY.minusNanos(1));
    assertThat(harness.woken()).isFalse();
    harness.clock().advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A);
    assertThat(Description.of(connect))
        .asString()
        .contains("host port 80", FOUR_A.getHostAddress(), "next attempt", "untried");
    harness.clock().advance(DELAY);
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A, FOUR_B);
    assertThat(harness.clock().armed()).as("no delay is left").isZero();
    attempt(SIX_A).connect();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(connect).value()).isEqualTo(SIX_A.getHostAddress());
    assertThat(attempt(FOUR_A).cancelled).isTrue();
    assertThat(attempt(FOUR_B).cancelled).isTrue();
    assertThat(attempt(SIX_A).cancelled).isFalse();
  }

  @Test
  void aFailureBeginsTheNextAtOnceAndTheDelayAnew() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A, SIX_A, FOUR_B);
    assertPending(connect);
    harness.clock().advance(DELAY.minusMillis(1));
    attempt(FOUR_A).fail();
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A);
    harness.clock().advance(DELAY.minusMillis(1));
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A);
    harness.clock().advance(Duration.ofMillis(1));
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A, FOUR_B);
    connect.cancel();
    assertThat(attempt(SIX_A).cancelled).isTrue();
    assertThat(attempt(FOUR_B).cancelled).isTrue();
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void whileTheLastIsTriedNoDelayRuns() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A, SIX_A);
    assertPending(connect);
    assertThat(harness.clock().armed()).isEqualTo(1);
    attempt(FOUR_A).fail();
    assertPending(connect);
    assertThat(attempts).containsOnlyKeys(FOUR_A, SIX_A);
    assertThat(harness.clock().armed()).isZero();
    connect.cancel();
  }

  @Test
  void anEarlierOneThatComesLateMayStillWin() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A, SIX_A);
    assertPending(connect);
    harness.clock().advance(DELAY);
    assertPending(connect);
    attempt(SIX_A).connect();
    attempt(FOUR_A).connect();
    assertThat(harness.poll(connect).value()).isEqualTo(FOUR_A.getHostAddress());
    assertThat(attempt(SIX_A).cancelled).as("what it has connected is closed").isTrue();
  }

  @Test
  void whenAllFailTheFailuresAreTold() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A, SIX_A, FOUR_B);
    assertPending(connect);
    attempt(FOUR_A).fail();
    assertPending(connect);
    attempt(SIX_A).fail();
    assertPending(connect);
    attempt(FOUR_B).fail();
    assertThatThrownBy(() -> harness.poll(connect))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("host port 80")
        .hasMessageContaining("3 addresses")
        .hasMessageContaining(FOUR_A.getHostAddress())
        .hasCause(attempt(FOUR_A).failure)
        .hasSuppressedException(attempt(SIX_A).failure)
        .hasSuppressedException(attempt(FOUR_B).failure);
  }

  @Test
  void ofOneAddressTheFailureIsItsOwn() throws Exception {
    HappyEyeballs<String> connect = connect(FOUR_A);
    assertPending(connect);
    attempt(FOUR_A).fail();
    assertThatThrownBy(() -> harness.poll(connect)).isSameAs(attempt(FOUR_A).failure);
  }

  @Test
  void aHostWithoutAddressesIsUnknown() {
    HappyEyeballs<String> connect = connect();
    assertThatThrownBy(() -> harness.poll(connect))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("host");
  }

  @TestFactory
  Stream<DynamicTest> itConforms() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of(
                "connect, the last of three answers",
                kit ->
                    new HappyEyeballs<String>(
                        "host",
                        PORT,
                        kit.future("look-up", List.of(FOUR_A, FOUR_B, SIX_A)),
                        DELAY,
                        kit.function(
                            address -> {
                              InetAddress at = address.getAddress();
                              return at.equals(FOUR_A)
                                  ? kit.pendingFuture("silent")
                                  : at.equals(SIX_A)
                                      ? kit.failingFuture("refusing", new ConnectException("no"))
                                      : kit.future("answering", "connected");
                            })))
            .expectValue("connected")
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect, all refuse",
                kit ->
                    new HappyEyeballs<String>(
                        "host",
                        PORT,
                        kit.future("look-up", List.of(FOUR_A, SIX_A)),
                        DELAY,
                        kit.function(
                            address -> kit.failingFuture("refusing", new ConnectException("no")))))
            .expectFailure(ConnectException.class)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect, nobody answers",
                kit ->
                    new HappyEyeballs<String>(
                        "host",
                        PORT,
                        kit.future("look-up", List.of(FOUR_A, SIX_A)),
                        DELAY,
                        kit.function(address -> kit.pendingFuture("silent"))))
            .expectNever()
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }
}
