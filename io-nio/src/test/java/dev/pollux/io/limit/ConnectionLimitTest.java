package dev.pollux.io.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.Io;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.sync.SetOnce;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionLimitTest {

  private final PollHarness harness = PollHarness.create();
  private final LimitCounts counts = new LimitCounts();

  private static Future<Void> never() {
    return Futures.pollFn(cx -> Poll.pending());
  }

  private static AsyncByteStream stream() {
    return Io.duplex(10).first();
  }

  private static AsyncIterator<Admitted<AsyncByteStream>> incoming(
      ConnectionLimit limit, Future<Void> closed) {
    return new AdmittedIncoming<>(
        new Admission<>(limit, AsyncIterators.of(stream(), stream(), stream()), closed));
  }

  @Test
  void whoComesWhenAllPlacesAreTakenWaitsForAClose() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(2, 0, counts);
    AsyncIterator<Admitted<AsyncByteStream>> incoming = incoming(limit, never());
    Admitted<AsyncByteStream> first = harness.pollNext(incoming).value();
    Admitted<AsyncByteStream> second = harness.pollNext(incoming).value();
    assertThat(harness.pollNext(incoming).isPending()).isTrue();
    assertThat(harness.pollNext(incoming).isPending()).isTrue();
    assertThat(counts.count(Refusal.FULL)).as("counted once").isEqualTo(1);
    assertThat(limit).hasToString("ConnectionLimit[2 of 2]");
    first.close();
    first.close();
    assertThat(harness.woken()).isTrue();
    Admitted<AsyncByteStream> third = harness.pollNext(incoming).value();
    assertThat(harness.pollNext(incoming).isPending()).as("given back once").isTrue();
    second.close();
    assertThat(harness.pollNext(incoming).isEnd()).isTrue();
    third.close();
    assertThat(limit.taken()).isZero();
  }

  @Test
  void whoIsFullHearsThatTheListenerIsClosed() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(1);
    SetOnce<Boolean> closed = new SetOnce<>();
    AsyncIterator<Admitted<AsyncByteStream>> incoming =
        incoming(limit, closed.await().map(told -> null));
    Admitted<AsyncByteStream> first = harness.pollNext(incoming).value();
    assertThat(harness.pollNext(incoming).isPending()).isTrue();
    assertThat(closed.set(true)).isTrue();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(incoming).isEnd()).isTrue();
    first.close();
    assertThat(limit.taken()).isZero();
  }

  @Test
  void cancelGivesThePlaceBack() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(1);
    Future<Admitted<AsyncByteStream>> accept =
        new AdmittedAccept<>(
            new Admission<>(limit, AsyncIterators.<AsyncByteStream>pending(), never()));
    assertThat(harness.poll(accept).isPending()).isTrue();
    assertThat(limit.taken()).isEqualTo(1);
    assertThat(Description.of(accept)).asString().contains("never", "[1 of 1]");
    accept.cancel();
    assertThat(limit.taken()).isZero();
  }

  @Test
  void addressesOfOneNetworkAreOnePeer() throws Exception {
    assertThat(ConnectionLimit.key(InetAddress.getByName("2001:db8:1:2:3::1")))
        .isEqualTo(ConnectionLimit.key(InetAddress.getByName("2001:db8:1:2:4::2")))
        .isNotEqualTo(ConnectionLimit.key(InetAddress.getByName("2001:db8:1:3::1")));
    assertThat(ConnectionLimit.key(InetAddress.getByName("192.0.2.1")))
        .isNotEqualTo(ConnectionLimit.key(InetAddress.getByName("192.0.2.2")));
  }

  @Test
  void badLimitsAreRefused() {
    assertThatThrownBy(() -> ConnectionLimit.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConnections must be at least 1, was 0");
    assertThatThrownBy(() -> ConnectionLimit.of(1, -1, counts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxOfPeer must be at least 0, was -1");
  }

  @Test
  void ofOneAddressMoreAreReset() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(10, 2, counts);
    try (PolluxRuntime runtime = PolluxRuntime.currentThread();
        TcpListener listener = TcpListener.bind(anyPort())) {
      List<Socket> peers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        peers.add(peer(listener));
      }
      Admitted<TcpStream> first = runtime.blockOn(limit.accept(listener));
      Admitted<TcpStream> second = runtime.blockOn(limit.accept(listener));
      assertThat(second.stream().remoteAddress().getPort()).isEqualTo(peers.get(1).getLocalPort());
      Future<Admitted<TcpStream>> third = limit.accept(listener);
      peers.get(2).setSoTimeout(20_000);
      JoinHandle<Admitted<TcpStream>> task = runtime.spawn(third);
      runtime.blockOn(
          Futures.pollFn(
              cx -> {
                cx.wakeSelf();
                return counts.count(Refusal.PEER) == 1 ? Poll.done() : Poll.pending();
              }));
      assertThatThrownBy(() -> peers.get(2).getInputStream().read())
          .isInstanceOf(IOException.class);
      first.close();
      first.close();
      assertThat(limit.knownPeers()).as("it has left once").isEqualTo(1);
      peers.add(peer(listener));
      Admitted<TcpStream> fourth = runtime.blockOn(task);
      assertThat(limit.taken()).isEqualTo(2);
      second.close();
      fourth.close();
      assertThat(limit.taken()).isZero();
      assertThat(limit.knownPeers()).isZero();
      for (Socket peer : peers) {
        peer.close();
      }
    }
  }

  @Test
  void closeOfTheListenerEndsWhoWaitsForAPlace() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(1);
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
        TcpListener listener = TcpListener.bind(anyPort());
        Socket peer = peer(listener)) {
      Admitted<TcpStream> first = runtime.blockOn(limit.accept(listener));
      JoinHandle<Long> rest = runtime.spawn(limit.incoming(listener).count());
      closeNow(listener);
      assertThat(runtime.blockOn(rest)).isZero();
      assertThat(peer.isConnected()).isTrue();
      first.close();
    }
  }

  private static void closeNow(Closeable closeable) throws IOException {
    closeable.close();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static Socket peer(TcpListener listener) throws IOException {
    return new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort());
  }

  /** Whoever closes, and however many do, a place is given back once. */
  @Test
  void closesThatRaceGiveThePlaceBackOnce() throws Exception {
    ConnectionLimit limit = ConnectionLimit.of(1);
    CyclicBarrier begin = new CyclicBarrier(2);
    int rounds = 5_000;
    List<Admitted<AsyncByteStream>> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      AsyncIterator<Admitted<AsyncByteStream>> incoming = incoming(limit, never());
      Admitted<AsyncByteStream> next = harness.pollNext(incoming).value();
      incoming.cancel();
      all.add(next);
      limit.places().addPermits(1);
    }
    Thread other =
        new Thread(
            () -> {
              try {
                for (Admitted<AsyncByteStream> each : all) {
                  begin.await(20, TimeUnit.SECONDS);
                  each.close();
                }
              } catch (Exception failure) {
                throw new AssertionError(failure);
              }
            });
    other.start();
    for (Admitted<AsyncByteStream> each : all) {
      begin.await(20, TimeUnit.SECONDS);
      each.close();
    }
    other.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(limit.places().availablePermits()).isEqualTo(1L + rounds);
  }

  private static Admission<AsyncByteStream> admission(ConformanceKit kit, int most, int streams) {
    AsyncByteStream[] connections = new AsyncByteStream[streams];
    for (int i = 0; i < streams; i++) {
      connections[i] = stream();
    }
    return new Admission<>(
        ConnectionLimit.of(most),
        kit.iterator("incoming", connections),
        kit.<Void>pendingFuture("closed"));
  }

  @TestFactory
  Stream<DynamicTest> admittingConforms() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        AsyncIteratorConformance.of(
                "incoming",
                kit ->
                    new AdmittedIncoming<>(admission(kit, 3, 3))
                        .map(connection -> closed(connection)))
            .expectElements("admitted", "admitted", "admitted")
            .checks());
    checks.addAll(
        AsyncIteratorConformance.of(
                "incoming, full",
                kit -> new AdmittedIncoming<>(admission(kit, 1, 2)).map(connection -> "admitted"))
            .expectBeginning("admitted")
            .checks());
    checks.addAll(
        FutureConformance.of("accept", kit -> new AdmittedAccept<>(admission(kit, 1, 1)))
            .expectValue("have a place", connection -> closed(connection).equals("admitted"))
            .checks());
    checks.addAll(
        FutureConformance.of("accept, ended", kit -> new AdmittedAccept<>(admission(kit, 1, 0)))
            .expectFailure(ClosedChannelException.class)
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static String closed(Admitted<AsyncByteStream> connection) {
    try {
      connection.close();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
    return "admitted";
  }
}
