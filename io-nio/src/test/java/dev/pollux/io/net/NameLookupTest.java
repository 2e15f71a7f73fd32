package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.MissingServiceException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Names, and connecting by them. */
@SuppressWarnings("AddressSelection") // they are numbers, not names
final class NameLookupTest {

  /** Reserved, so that there is never such a host. */
  private static final String NOWHERE = "nowhere.invalid";

  private static InetAddress[] loopback() throws UnknownHostException {
    return new InetAddress[] {
      InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")
    };
  }

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void theSystemKnowsThisHost(Runtimes kind) throws Exception {
    try (PolluxRuntime runtime = kind.open()) {
      assertThat(runtime.blockOn(NameLookup.system().lookUp("localhost")))
          .contains(InetAddress.getByName("127.0.0.1"));
    }
  }

  @Test
  void whoIsUnknownIsNamed() {
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      assertThatThrownBy(() -> runtime.blockOn(NameLookup.system().lookUp(NOWHERE)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageStartingWith("can't look up " + NOWHERE)
          .hasCauseInstanceOf(UnknownHostException.class);
      assertThatThrownBy(() -> runtime.blockOn(TcpStream.connect(NOWHERE, 80)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining(NOWHERE);
    }
  }

  @Test
  void anEmptyNameIsRefused() {
    assertThatThrownBy(() -> NameLookup.system().lookUp("").cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "0.0.0.0, true",
    "255.255.255.255, true",
    "::1, true",
    "fe80::1%1, true",
    "127.0.0.256, false",
    "127.0.0, false",
    "127.0.0., false",
    ".127.0.0, false",
    "127..0.1, false",
    "1.2.3.4.5, false",
    "a.b.c.d, false",
    "1, false",
    "localhost, false",
    "localhost:80, false",
    "[localhost:80], true",
    "[abc], false",
    "a:80, true",
    "000000000127.0.0.1, false",
    "99999999999999999999.0.0.1, false"
  })
  void anAddressAsTextIsKnownWithoutAsking(String text, boolean literal) {
    assertThat(SystemLookup.isLiteral(text)).isEqualTo(literal);
  }

  @Test
  void anAddressAsTextTakesNoThread() throws Exception {
    PollHarness harness = PollHarness.create(); // which has none
    assertThat(harness.poll(NameLookup.system().lookUp("127.0.0.1")).value())
        .containsExactly(InetAddress.getByName("127.0.0.1"));
    assertThat(harness.poll(NameLookup.system().lookUp("::1")).value())
        .containsExactly(InetAddress.getByName("::1"));
    assertThatThrownBy(() -> harness.poll(NameLookup.system().lookUp("1::2::3")))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("1::2::3");
    assertThatThrownBy(() -> harness.poll(NameLookup.system().lookUp("localhost")))
        .isInstanceOf(MissingServiceException.class);
  }

  @Test
  void whoIsCancelledTakesItsCallBack() throws Exception {
    PollHarness harness = PollHarness.create();
    harness.offer(Blocking.class, new SpawnedBlocking(harness.services().spawner()));
    Future<List<InetAddress>> lookup = NameLookup.system().lookUp(NOWHERE);
    assertThat(harness.poll(lookup).isPending()).isTrue();
    assertThat(harness.liveTasks()).isEqualTo(1);
    assertThat(Description.of(lookup)).asString().contains(NOWHERE, "call");
    lookup.cancel();
    lookup.cancel();
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
    assertThat(Description.of(lookup)).asString().contains("over");
    assertThat(harness.uncaught()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void aHostIsConnectedToByItsName(Runtimes kind) throws Exception {
    try (PolluxRuntime runtime = kind.open();
        ServerSocket server = new ServerSocket(0, 10, Inet4Address.getByName("127.0.0.1"))) {
      int port = server.getLocalPort();
      for (Future<TcpStream> connect :
          List.of(
              TcpStream.connect("localhost", port),
              TcpStream.connect("127.0.0.1", port),
              TcpStream.connect(InetSocketAddress.createUnresolved("localhost", port)))) {
        try (TcpStream stream = runtime.blockOn(connect);
            Socket peer = server.accept()) {
          assertThat(stream.localAddress()).isEqualTo(peer.getRemoteSocketAddress());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  @SuppressWarnings("try") // closed early
  void theSecondAddressIsTriedWhenTheFirstRefuses(Runtimes kind) throws Exception {
    InetAddress[] both = loopback();
    TcpConnector connector = TcpConnector.create().nameLookup(name -> Futures.ready(List.of(both)));
    try (PolluxRuntime runtime = kind.open();
        Socket taken = new Socket();
        ServerSocket server = new ServerSocket()) {
      taken.bind(new InetSocketAddress(both[0], 0)); // so that nobody listens there
      int port = taken.getLocalPort();
      server.bind(new InetSocketAddress(both[1], port));
      try (TcpStream stream = runtime.blockOn(connector.connect("both", port))) {
        assertThat(stream.remoteAddress()).isEqualTo(server.getLocalSocketAddress());
      }
      server.close();
      assertThatThrownBy(() -> runtime.blockOn(connector.connect("both", port)))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("both port " + port)
          .hasMessageContaining("2 addresses");
    }
  }

  @TestFactory
  Stream<DynamicTest> itConforms() throws Exception {
    List<InetAddress> loopback = List.of(InetAddress.getByName("127.0.0.1"));
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of("look-up of a literal", kit -> NameLookup.system().lookUp("127.0.0.1"))
            .expectValue(loopback)
            .checks());
    checks.addAll(
        FutureConformance.of("look-up", kit -> NameLookup.system().lookUp(by(kit, "localhost")))
            .expectValue("have 127.0.0.1", addresses -> addresses.containsAll(loopback))
            .checks());
    checks.addAll(
        FutureConformance.of(
                "look-up of nobody", kit -> NameLookup.system().lookUp(by(kit, NOWHERE)))
            .expectFailure(UnknownHostException.class)
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static String by(ConformanceKit kit, String name) {
    kit.offer(Blocking.class, new SpawnedBlocking(kit.spawner()));
    return name;
  }
}
