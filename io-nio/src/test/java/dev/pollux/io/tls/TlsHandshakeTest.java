package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static dev.pollux.io.tls.TestCertificates.OTHER_HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.io.tls.Hands.Outcome;
import dev.pollux.io.tls.Hands.Outcomes;
import dev.pollux.io.tls.TestCertificates.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How two sides come to an agreement, and how they fail to. */
@Timeout(60)
class TlsHandshakeTest {

  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  private final Hands hands = new Hands();

  // ---- what is agreed on

  @Test
  void speaksTheNewestVersionThatBothKnow() throws Exception {
    assertThat(version("TLSv1.3", "TLSv1.2", "TLSv1.3")).isEqualTo("TLSv1.3");
    assertThat(version("TLSv1.2", "TLSv1.2", "TLSv1.3")).isEqualTo("TLSv1.2");
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(CERTIFICATES.connector(), HOST, CERTIFICATES.acceptor());
    assertThat(both.client().get().protocol()).isEqualTo("TLSv1.3");
    assertThat(both.server().get().protocol()).isEqualTo("TLSv1.3");
  }

  private String version(String client, String... server) throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.trusting().protocols(client).build(),
            HOST,
            CERTIFICATES.serving().protocols(server).build());
    assertThat(both.server().get().protocol()).isEqualTo(both.client().get().protocol());
    return both.client().get().protocol();
  }

  @Test
  void refusesWhenThereIsNoVersionThatBothKnow() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Outcomes<TlsStream, TlsStream> both =
        hands.both(
            CERTIFICATES.trusting().protocols("TLSv1.2").build().connect(ends[0], HOST),
            CERTIFICATES.serving().protocols("TLSv1.3").build().accept(ends[1]));
    assertThat(both.server().fails()).isExactlyInstanceOf(TlsException.class);
    assertThat(both.client().fails())
        .isInstanceOfSatisfying(
            TlsAlertException.class,
            refused -> assertThat(refused.alert()).isEqualTo("protocol_version"));
    assertThat(ends[0].isClosed()).isTrue();
    assertThat(ends[1].isClosed()).isTrue();
  }

  /** A client may refuse a server before it encrypts anything, whatever the version. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void anAlertThatIsNotEncryptedIsARefusal(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Future<TlsStream> accept = CERTIFICATES.acceptor().accept(ends[0]);
    SSLEngine client =
        TestCertificates.context(CERTIFICATES.server(), CERTIFICATES.authority().trust())
            .createSSLEngine(HOST, -1);
    client.setUseClientMode(true);
    client.setEnabledProtocols(new String[] {version});
    ByteBuffer hello = ByteBuffer.allocate(40_000);
    client.wrap(ByteBuffer.allocate(0), hello);
    hands.run(ends[1].writeAll(hello.flip()));
    assertThat(hands.pollWhileWoken(accept).isPending()).isTrue();
    hands.run(ends[1].writeAll(ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, 48})));
    assertThat(hands.fails(accept))
        .isInstanceOfSatisfying(
            TlsAlertException.class, told -> assertThat(told.alert()).isEqualTo("unknown_ca"));
    assertThat(ends[0].isClosed()).isTrue();
  }

  @Test
  void refusesWhenThereIsNoCipherThatBothKnow() throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.trusting().cipherSuites("TLS_AES_128_GCM_SHA256").build(),
            HOST,
            CERTIFICATES.serving().cipherSuites("TLS_AES_256_GCM_SHA384").build());
    assertThat(both.server().fails()).isExactlyInstanceOf(TlsException.class);
    assertThat(both.client().fails())
        .isInstanceOfSatisfying(
            TlsAlertException.class,
            refused -> assertThat(refused.alert()).isEqualTo("handshake_failure"));
  }

  @Test
  void usesTheCipherThatIsAskedFor() throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.connector(),
            HOST,
            CERTIFICATES.serving().cipherSuites("TLS_CHACHA20_POLY1305_SHA256").build());
    assertThat(both.client().get().session().getCipherSuite())
        .isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
    hands.passes(both.client().get(), both.server().get(), "safe");
  }

  // ---- ALPN

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void agreesOnAnApplicationProtocol(String version) throws Exception {
    assertProtocol(version, "h2", new String[] {"h2", "http/1.1"}, "h2", "http/1.1");
    assertProtocol(version, "http/1.1", new String[] {"http/1.1"}, "h2", "http/1.1");
    assertProtocol(version, "h2", new String[] {"http/1.1", "h2"}, "h2", "http/1.1");
    assertProtocol(version, null, new String[] {}, "h2");
    assertProtocol(version, null, new String[] {"h2"});
    assertProtocol(version, null, new String[] {});
  }

  private void assertProtocol(
      String version, @Nullable String agreed, String[] client, String... server) throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.trusting().protocols(version).applicationProtocols(client).build(),
            HOST,
            CERTIFICATES.serving().protocols(version).applicationProtocols(server).build());
    assertThat(both.client().get().applicationProtocol().orElse(null)).isEqualTo(agreed);
    assertThat(both.server().get().applicationProtocol().orElse(null)).isEqualTo(agreed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void refusesWhenThereIsNoApplicationProtocolThatBothSpeak(String version) throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.trusting().protocols(version).applicationProtocols("h3").build(),
            HOST,
            CERTIFICATES.serving().protocols(version).applicationProtocols("h2").build());
    assertThat(both.server().fails()).isExactlyInstanceOf(TlsException.class);
    assertThat(both.client().fails())
        .isInstanceOfSatisfying(
            TlsAlertException.class,
            refused -> assertThat(refused.alert()).isEqualTo("no_application_protocol"));
  }

  // ---- names

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void showsTheCertificateForTheNameThatIsAskedFor(String version) throws Exception {
    TlsAcceptor both =
        TlsAcceptor.builder()
            .identity(
                Identity.keyStore(CERTIFICATES.otherServer(), CERTIFICATES.server()),
                TestCertificates.PASSWORD.toCharArray())
            .protocols(version)
            .build();
    for (String host : new String[] {HOST, OTHER_HOST, HOST}) {
      Outcomes<TlsStream, TlsStream> agreed = hands.handshake(CERTIFICATES.connector(), host, both);
      assertThat(agreed.client().get().peerCertificates())
          .containsExactly(
              (host.equals(HOST) ? CERTIFICATES.server() : CERTIFICATES.otherServer())
                  .certificate());
      assertThat(agreed.server().get().serverName()).contains(host);
    }
  }

  @Test
  void tellsTheServerNoAddress() throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(CERTIFICATES.connector(), "127.0.0.1", CERTIFICATES.acceptor());
    assertThat(both.server().get().serverName()).isEmpty();
  }

  // ---- resumption

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void resumesASession(String version) throws Exception {
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    long first = bytesOfHandshake(connector, acceptor);
    long second = bytesOfHandshake(connector, acceptor);
    assertThat(second).as("a certificate less than %s bytes", first).isLessThan(first - 300);
    // Another connector knows nothing of it.
    assertThat(bytesOfHandshake(CERTIFICATES.trusting().protocols(version).build(), acceptor))
        .isGreaterThan(second + 300);
  }

  /** How many bytes the server had to send; both sides then talk, and end well. */
  @CanIgnoreReturnValue
  private long bytesOfHandshake(TlsConnector connector, TlsAcceptor acceptor) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Hands.Agreed agreed = hands.agree(ends[0], connector, ends[1], acceptor);
    long bytes = ends[1].bytesWritten();
    assertThat(agreed.client().peerCertificates())
        .containsExactly(CERTIFICATES.server().certificate());
    // The ticket of 1.3 comes with what is read after the handshake.
    hands.passes(agreed.server(), agreed.client(), "hello");
    hands.passes(agreed.client(), agreed.server(), "hello");
    hands.run(agreed.client().shutdown());
    assertThat(hands.read(agreed.server())).isEqualTo(-1);
    hands.run(agreed.server().shutdown());
    assertThat(hands.read(agreed.client())).isEqualTo(-1);
    agreed.client().close();
    agreed.server().close();
    return bytes;
  }

  /** A session is resumed with the host that it was made with, and is no way around its name. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void resumesNoSessionWithAnotherHost(String version) throws Exception {
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    bytesOfHandshake(connector, acceptor);
    Outcomes<TlsStream, TlsStream> other = hands.handshake(connector, OTHER_HOST, acceptor);
    assertThat(other.client().fails())
        .isInstanceOfSatisfying(
            TlsCertificateException.class,
            wrong ->
                assertThat(wrong.reason()).isEqualTo(TlsCertificateException.Reason.WRONG_HOST));
  }

  // ---- fragments

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void agreesByteByByte(String version) throws Exception {
    Wire[] ends = Wire.pair(1);
    Hands.Agreed agreed = hands.agree(version, ends[0].atMost(1), ends[1].atMost(1));
    hands.passes(agreed.client(), agreed.server(), "a byte at a time");
    hands.passes(agreed.server(), agreed.client(), "and back");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void agreesWithPauses(int seed) throws Exception {
    Wire[] ends = Wire.pair(100);
    Hands.Agreed agreed =
        hands.agree(
            seed % 2 == 0 ? "TLSv1.2" : "TLSv1.3",
            ends[0].pausing(seed, 2),
            ends[1].pausing(-seed, 2));
    hands.passes(agreed.client(), agreed.server(), "x".repeat(1000));
  }

  // ---- those who speak no TLS

  @Test
  void refusesWhatIsNoTls() throws Exception {
    for (String text : new String[] {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0"}) {
      Wire[] ends = Wire.pair(1 << 16);
      hands.run(ends[0].writeAll(Hands.bytes(text)));
      assertThat(hands.fails(CERTIFICATES.acceptor().accept(ends[1])))
          .as(text)
          .isExactlyInstanceOf(TlsException.class);
      assertThat(ends[1].isClosed()).isTrue();
      ends = Wire.pair(1 << 16);
      hands.run(ends[1].writeAll(Hands.bytes(text.startsWith("GET") ? "HTTP/1.1 400 x" : text)));
      assertThat(hands.fails(CERTIFICATES.connector().connect(ends[0], HOST)))
          .as(text)
          .isExactlyInstanceOf(TlsException.class);
      assertThat(ends[0].isClosed()).isTrue();
    }
  }

  /** Whatever comes, it is a failure of TLS, or the end of the bytes, and never anything else. */
  @Test
  void survivesGarbage() throws Exception {
    TlsConnector connector = CERTIFICATES.connector();
    TlsAcceptor acceptor = CERTIFICATES.acceptor();
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      byte[] garbage = new byte[1 + random.nextInt(300)];
      random.nextBytes(garbage);
      if (random.nextBoolean() && garbage.length > 5) {
        // Looks like a record.
        garbage[0] = (byte) (20 + random.nextInt(5));
        garbage[1] = 3;
        garbage[2] = (byte) random.nextInt(5);
        garbage[3] = 0;
        garbage[4] = (byte) random.nextInt(garbage.length);
      }
      Wire[] ends = Wire.pair(1 << 16);
      boolean client = random.nextInt(4) == 0;
      Wire own = ends[client ? 0 : 1];
      Wire peer = ends[client ? 1 : 0];
      hands.run(peer.writeAll(ByteBuffer.wrap(garbage)));
      hands.run(peer.shutdown());
      Exception failure = hands.fails(client ? connector.connect(own, HOST) : acceptor.accept(own));
      assertThat(failure).as("seed %s", seed).isInstanceOf(TlsException.class);
      assertThat(own.isClosed()).as("seed %s", seed).isTrue();
    }
  }

  /** Nobody reads a byte after a bit was changed: who does not refuse waits in vain. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void refusesAHandshakeThatWasChanged(String version) throws Exception {
    Wire[] whole = Wire.pair(1 << 16);
    hands.agree(version, whole[0], whole[1]);
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      boolean client = random.nextBoolean();
      Wire[] ends = Wire.pair(1 << 16);
      int to = client ? 0 : 1;
      int place = random.nextInt((int) whole[to].bytesRead());
      ends[to].change(place);
      Future<TlsStream> connect = connector.connect(ends[0], HOST);
      Future<TlsStream> accept = acceptor.accept(ends[1]);
      List<Outcome<Integer>> both =
          hands.whileWoken(
              connect.flatMap(stream -> stream.read(ByteBuffer.allocate(1))),
              accept.flatMap(stream -> stream.read(ByteBuffer.allocate(1))));
      for (Outcome<Integer> side : both) {
        assertThat(side.fails()).as("byte %s", place).isInstanceOf(IOException.class);
      }
    }
  }

  // ---- ends

  /** Wherever the bytes end in the handshake, that is a truncation, and the stream is closed. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void failsWhenTheBytesEndInAHandshake(String version) throws Exception {
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    Wire[] whole = Wire.pair(1 << 16);
    hands.agree(version, whole[0], whole[1]);
    for (int side = 0; side < 2; side++) {
      // Not to the last: in 1.3 the client is done when tickets are still to come.
      for (long cut = 0; cut < whole[side].bytesRead() - 1; cut += 53) {
        Wire[] ends = Wire.pair(1 << 16);
        ends[side].endAfter(cut);
        Future<TlsStream> connect = connector.connect(ends[0], HOST);
        Future<TlsStream> accept = acceptor.accept(ends[1]);
        Outcomes<TlsStream, TlsStream> both = hands.both(connect, accept);
        Exception failure = (side == 0 ? both.client() : both.server()).failure();
        if (failure != null) {
          assertThat(failure).as("byte %s", cut).isInstanceOf(TlsTruncatedException.class);
          assertThat(ends[side].isClosed()).isTrue();
        } else {
          assertThat(side == 0 && version.equals("TLSv1.3")).as("byte %s", cut).isTrue();
        }
      }
    }
  }

  @Test
  void failsAsTheStreamFails() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Future<TlsStream> connect = CERTIFICATES.connector().connect(ends[0], HOST);
    assertThat(hands.pollWhileWoken(connect).isPending()).isTrue();
    ends[0].fail(new IOException("reset by a test"));
    assertThat(hands.fails(connect)).isInstanceOf(IOException.class).hasMessageContaining("reset");
    assertThat(ends[0].isClosed()).isTrue();
  }

  @Test
  void failsWhenTheStreamIsClosedMeanwhile() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Future<TlsStream> connect = CERTIFICATES.connector().connect(ends[0], HOST);
    assertThat(hands.pollWhileWoken(connect).isPending()).isTrue();
    ends[0].close();
    assertThat(hands.harness.woken()).isTrue();
    assertThat(hands.fails(connect)).isInstanceOf(ClosedChannelException.class);
  }

  // ---- time

  @Test
  void aHandshakeHasItsTime() throws Exception {
    for (boolean client : new boolean[] {true, false}) {
      Wire[] ends = Wire.pair(1 << 16);
      Future<TlsStream> handshake =
          client
              ? CERTIFICATES
                  .trusting()
                  .handshakeTimeout(Duration.ofMillis(300))
                  .build()
                  .connect(ends[0], HOST)
              : CERTIFICATES
                  .serving()
                  .handshakeTimeout(Duration.ofMillis(300))
                  .build()
                  .accept(ends[0]);
      assertThat(hands.pollWhileWoken(handshake).isPending()).isTrue();
      hands.harness.clock().advance(Duration.ofMillis(299));
      assertThat(hands.pollWhileWoken(handshake).isPending()).isTrue();
      hands.harness.clock().advance(Duration.ofMillis(1));
      assertThat(hands.harness.woken()).isTrue();
      assertThatThrownBy(() -> hands.harness.poll(handshake))
          .isInstanceOf(TlsHandshakeTimeoutException.class)
          .hasMessageContaining("300 ms");
      assertThat(ends[0].isClosed()).isTrue();
    }
  }

  /** Who sends a byte now and then gets no more time for it. */
  @Test
  void aSlowPeerGetsNoMoreTime() throws Exception {
    Wire[] recorded = Wire.pair(1 << 16);
    hands.agree(recorded[0].recording(), recorded[1]);
    byte[] hello = recorded[0].taken();
    Wire[] ends = Wire.pair(1 << 16);
    Future<TlsStream> accept = CERTIFICATES.acceptor().accept(ends[1]);
    assertThat(CERTIFICATES.acceptor().handshakeTimeout()).isEqualTo(Duration.ofSeconds(10));
    for (int second = 0; second < 10; second++) {
      assertThat(hands.pollWhileWoken(accept).isPending()).isTrue();
      hands.run(ends[0].writeAll(ByteBuffer.wrap(hello, second, 1)));
      hands.harness.clock().advance(Duration.ofSeconds(1));
    }
    assertThat(hands.fails(accept)).isInstanceOf(TlsHandshakeTimeoutException.class);
    assertThat(ends[1].isClosed()).isTrue();
  }

  @Test
  void aHandshakeThatIsOverLeavesNoTimer() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    hands.agree(ends[0], ends[1]);
    assertThat(hands.harness.clock().armed()).isZero();
  }

  // ---- cancels

  /** Cancelled after any number of polls, it closes its stream. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aCancelClosesTheStream(String version) throws Exception {
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    for (int polls = 0; ; polls++) {
      Wire[] ends = Wire.pair(400);
      Future<TlsStream> connect = connector.connect(ends[0], HOST);
      Future<TlsStream> accept = acceptor.accept(ends[1]);
      Poll<TlsStream> client = Poll.pending();
      Poll<TlsStream> server = Poll.pending();
      for (int i = 0; i < polls && (client.isPending() || server.isPending()); i++) {
        client = client.isPending() ? hands.harness.poll(connect) : client;
        hands.harness.runTasks();
        server = server.isPending() ? hands.harness.poll(accept) : server;
        hands.harness.runTasks();
      }
      if (client.isReady() && server.isReady()) {
        assertThat(polls).isGreaterThan(3);
        return;
      }
      if (client.isPending()) {
        connect.cancel();
        connect.cancel();
        hands.harness.runTasks();
        assertThat(ends[0].isClosed()).as("after %s polls", polls).isTrue();
        assertThatThrownBy(() -> hands.harness.poll(connect))
            .isInstanceOf(IllegalStateException.class);
      }
      if (server.isPending()) {
        accept.cancel();
        hands.harness.runTasks();
        assertThat(ends[1].isClosed()).as("after %s polls", polls).isTrue();
      }
      assertThat(hands.harness.clock().armed()).isZero();
    }
  }

  @Test
  void describesItself() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Future<TlsStream> connect = CERTIFICATES.connector().connect(ends[0], HOST);
    assertThat(Description.of(connect).toString()).containsIgnoringCase("handshake");
    hands.pollWhileWoken(connect);
    assertThat(Description.of(connect).toString()).containsIgnoringCase("handshake");
    connect.cancel();
  }

  // ---- settings

  @Test
  void refusesBadSettings() throws Exception {
    assertThatThrownBy(() -> CERTIFICATES.trusting().protocols())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("protocols");
    assertThatThrownBy(() -> CERTIFICATES.trusting().protocols("TLSv9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TLSv9");
    assertThatThrownBy(() -> CERTIFICATES.trusting().cipherSuites("ROT13"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ROT13");
    assertThatThrownBy(() -> CERTIFICATES.serving().applicationProtocols("h2", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("protocols");
    assertThatThrownBy(() -> CERTIFICATES.serving().applicationProtocols("x".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CERTIFICATES.serving().handshakeTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout");
    assertThatThrownBy(() -> TlsAcceptor.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("identity");
    assertThatThrownBy(() -> CERTIFICATES.serving().context(SSLContext.getDefault()).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("context");
    assertThatThrownBy(
            () -> TlsAcceptor.builder().identity(CERTIFICATES.authority().trust(), new char[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keys");
    assertThatThrownBy(
            () ->
                TlsAcceptor.builder()
                    .identity(CERTIFICATES.server().keyStore(), "wrong".toCharArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("password");
    assertThatThrownBy(() -> TlsConnector.builder().trust(CERTIFICATES.server().keyStore()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("authorities");
    assertThatThrownBy(
            () -> CERTIFICATES.serving().clientAuthentication(ClientAuthentication.WANTED).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("trust");
    assertThatThrownBy(() -> CERTIFICATES.serving().trust(CERTIFICATES.authority().trust()).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("clientAuthentication");
    Wire[] ends = Wire.pair(9);
    assertThatThrownBy(() -> CERTIFICATES.connector().connect(ends[0], "").cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
    assertThatThrownBy(() -> CERTIFICATES.connector().connect(ends[0], "a b\u0001").cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
  }
}
