package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Connecting to one address. */
final class ConnectTest {

  private final Crank crank = new Crank();

  /** Held here, for the garbage collector closes a server that nobody holds. */
  private ServerSocket server;

  private final List<NioDriver> drivers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    crank.close();
    if (server != null) {
      server.close();
    }
    drivers.forEach(NioDriver::close);
  }

  /** Listens, and accepts nothing. */
  private static ServerSocket server(int backlog) throws IOException {
    return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
  }

  private static InetSocketAddress addressOf(ServerSocket server) {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** An address at which nobody listens. */
  private static InetSocketAddress nobody() throws IOException {
    try (ServerSocket server = server(1)) {
      return addressOf(server);
    }
  }

  /** A server that is full: who connects now is not answered. */
  private static final class Full implements AutoCloseable {
    final ServerSocket server = server(1);
    final List<Socket> accepted = new ArrayList<>();
    final List<TcpStream> streams = new ArrayList<>();

    /** Connects until one is not answered at once, as who finds room is on loopback. */
    Full() throws Exception {
      try (Crank crank = new Crank()) {
        while (true) {
          Future<TcpStream> connect = TcpStream.connect(addressOf(server));
          Poll<TcpStream> answer = crank.poll(connect);
          if (answer.isPending()) {
            connect.cancel();
            return;
          }
          streams.add(answer.value());
        }
      }
    }

    /** Takes all that wait in, so there is room again. */
    void makeRoom() throws IOException {
      for (int i = 0; i < streams.size(); i++) {
        accepted.add(server.accept());
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (TcpStream stream : streams) {
        stream.close();
      }
      for (Socket socket : accepted) {
        socket.close();
      }
    }
  }

  @Test
  void nothingIsDoneBeforeTheFirstPoll() throws Exception {
    Future<TcpStream> connect = TcpStream.connect(nobody());
    assertThat(Description.of(connect)).asString().contains("connect", "to=");
    connect.cancel();
    connect.cancel();
    assertThat(Description.of(connect)).asString().contains("over");
    assertThatThrownBy(() -> crank.poll(connect)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRefusalNamesTheAddress() throws Exception {
    InetSocketAddress nobody = nobody();
    assertThatThrownBy(() -> crank.complete(TcpStream.connect(nobody)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(nobody.toString())
        .hasMessageContaining("refused")
        .hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void badArgumentsAreRefused() {
    InetSocketAddress zero = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpConnector connector = TcpConnector.create();
    assertThatThrownBy(() -> TcpStream.connect(zero).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 0");
    assertThatThrownBy(() -> TcpStream.connect("", 1).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
    assertThatThrownBy(() -> TcpStream.connect("localhost", 65_536).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 65536");
    assertThatThrownBy(() -> connector.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
    assertThatThrownBy(() -> connector.attemptDelay(Duration.ofMillis(9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0.009S");
    assertThatThrownBy(() -> connector.localAddress(InetSocketAddress.createUnresolved("here", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("here");
    assertThatThrownBy(() -> connector.option(StandardSocketOptions.SO_LINGER, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 5");
  }

  @Test
  void whatWasSetHolds() throws Exception {
    try (ServerSocket server = server(1)) {
      InetSocketAddress local = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0);
      TcpConnector connector =
          TcpConnector.create()
              .noDelay(false)
              .option(StandardSocketOptions.SO_KEEPALIVE, true)
              .localAddress(local)
              .timeout(Duration.ofMinutes(1));
      try (TcpStream stream = crank.complete(connector.connect(addressOf(server)))) {
        assertThat(stream.option(StandardSocketOptions.TCP_NODELAY)).isFalse();
        assertThat(stream.option(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThat(stream.localAddress().getAddress()).isEqualTo(local.getAddress());
        assertThat(crank.harness.clock().armed()).isZero();
      }
    }
  }

  @Test
  void aLocalAddressThatIsTakenIsRefused() throws Exception {
    try (ServerSocket server = server(1)) {
      TcpConnector connector = TcpConnector.create().localAddress(addressOf(server));
      assertThatThrownBy(() -> crank.complete(connector.connect(nobody())))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void aSocketThatMeetsItselfIsRefused() throws Exception {
    InetSocketAddress nobody = nobody();
    assertThatThrownBy(
            () -> crank.complete(TcpConnector.create().localAddress(nobody).connect(nobody)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("itself");
  }

  @Test
  void aSocketThatMeetsItselfByTheWildcardAddressIsRefused() throws Exception {
    InetSocketAddress nobody = nobody();
    InetSocketAddress wildcard =
        new InetSocketAddress(InetAddress.getByName("0.0.0.0"), nobody.getPort());
    assertThatThrownBy(
            () -> crank.complete(TcpConnector.create().localAddress(nobody).connect(wildcard)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("itself");
  }

  @Test
  void whoIsNotAnsweredWaits() throws Exception {
    try (Full full = new Full()) {
      Future<TcpStream> connect = TcpStream.connect(addressOf(full.server));
      crank.pend(connect);
      assertThat(Description.of(connect)).asString().contains("waits for");
      full.makeRoom();
      crank.awaitWake(); // the system asks again, after a second at first
      crank.complete(connect).close();
    }
  }

  @Test
  void whoWaitsTooLongIsTold() throws Exception {
    try (Full full = new Full()) {
      InetSocketAddress address = addressOf(full.server);
      Future<TcpStream> connect =
          TcpConnector.create().timeout(Duration.ofSeconds(2)).connect(address);
      crank.pend(connect);
      crank.harness.clock().advance(Duration.ofSeconds(2));
      assertThat(crank.harness.woken()).isTrue();
      assertThatThrownBy(() -> crank.poll(connect))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining(address.toString())
          .hasMessageContaining("PT2S");
      assertNothingIsOpen();
    }
  }

  @Test
  void whoIsCancelledWhileItWaitsClosesItsSocket() throws Exception {
    try (Full full = new Full()) {
      Future<TcpStream> connect = TcpStream.connect(addressOf(full.server));
      crank.pend(connect);
      connect.cancel();
      assertNothingIsOpen();
    }
  }

  @Test
  void whoWaitsWhenTheRuntimeEndsFails() throws Exception {
    try (Full full = new Full()) {
      Future<TcpStream> connect = TcpStream.connect(addressOf(full.server));
      crank.pend(connect);
      crank.driver.close();
      assertThat(crank.harness.woken()).isTrue();
      assertThatThrownBy(() -> crank.poll(connect)).isInstanceOf(ClosedChannelException.class);
    }
  }

  /** After a look the selector has let go of every channel. */
  private void assertNothingIsOpen() {
    crank.look();
    assertThat(crank.driver).asString().containsAnyOf("[0 channels]", "[no channels]");
    assertThat(crank.harness.uncaught()).isEmpty();
  }

  @Test
  void aConnectionThatNobodyTakesIsClosed() throws Exception {
    try (ServerSocket server = server(8)) {
      for (int i = 0; i < 8; i++) {
        Future<TcpStream> connect = TcpStream.connect(addressOf(server));
        // Both are ready: whichever is looked at first wins, and the other is cancelled.
        Object won = crank.complete(Futures.race(connect, Futures.ready("other")));
        if (won instanceof TcpStream stream) {
          stream.close();
        }
        // Either way the peer reads the end.
        if (won instanceof TcpStream) {
          try (Socket peer = server.accept()) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
          }
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> connectingConforms() throws Exception {
    server = server(1024);
    InetSocketAddress address = addressOf(server);
    InetSocketAddress nobody = nobody();
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of(
                "connect",
                kit -> {
                  drivers.add(Selecting.in(kit, 3));
                  return TcpStream.connect(address).map(ConnectTest::closed);
                })
            .expectValue(address)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect, refused",
                kit -> {
                  drivers.add(Selecting.in(kit, 3));
                  return TcpStream.connect(nobody).map(ConnectTest::closed);
                })
            .expectFailure(ConnectException.class)
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static InetSocketAddress closed(TcpStream stream) {
    try (stream) {
      return stream.remoteAddress();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
