package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The server with TLS, with the sockets of the JDK as peers. */
@Timeout(60)
class EchoTlsTest {

  private static final int PATIENCE_MILLIS = 30_000;

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> peers = new ArrayList<>();
  private final GracefulShutdown shutdown = EchoServer.shutdown().withoutSignals().build();
  private EchoServer server;
  private Future<?> run;
  private SSLContext trusting;

  @AfterEach
  void end() throws Exception {
    for (Socket peer : peers) {
      peer.close();
    }
    if (server != null) {
      shutdown.stop();
      run.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      server.close();
    }
    threads.shutdownNow();
  }

  private void start(ServerKind kind) throws Exception {
    ServerIdentity identity = ServerIdentity.selfSigned("127.0.0.1");
    Path saved = directory.resolve("certificate.pem");
    identity.saveCertificate(saved);
    trusting = trusting(saved);
    server =
        new ServerOptions(kind, 0)
            .withIdentity(identity)
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shutdown);
    run =
        threads.submit(
            () -> {
              server.run();
              return null;
            });
  }

  private static SSLContext trusting(Path file) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", ServerIdentity.certificates(file).get(0));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private Socket connect() throws IOException {
    Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port());
    peer.setSoTimeout(PATIENCE_MILLIS);
    peers.add(peer);
    return peer;
  }

  private SSLSocket connectSafely(String host, String protocol) throws IOException {
    SSLSocket safe =
        (SSLSocket) trusting.getSocketFactory().createSocket(connect(), host, server.port(), true);
    SSLParameters parameters = safe.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(new String[] {protocol});
    safe.setSSLParameters(parameters);
    safe.startHandshake();
    return safe;
  }

  private EchoCounts stop() throws Exception {
    shutdown.stop();
    run.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    server.close();
    return server.counts();
  }

  @ParameterizedTest
  @CsvSource({
    "MULTI_THREAD, localhost, TLSv1.3",
    "CURRENT_THREAD, 127.0.0.1, TLSv1.3",
    "CURRENT_THREAD, localhost, TLSv1.2"
  })
  void whatComesIsSentBackAndTheEndIsSaid(ServerKind kind, String host, String protocol)
      throws Exception {
    start(kind);
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    SSLSocket peer = connectSafely(host, protocol);
    assertThat(peer.getSession().getProtocol()).isEqualTo(protocol);
    Future<byte[]> back = threads.submit(() -> peer.getInputStream().readNBytes(bytes.length));
    peer.getOutputStream().write(bytes);
    assertThat(Arrays.equals(back.get(), bytes)).isTrue();
    if (protocol.equals("TLSv1.3")) {
      peer.shutdownOutput();
      assertThat(peer.getInputStream().read()).isEqualTo(-1); // a truncation would be a failure
    } else {
      peer.close();
      awaitClosed();
    }
    assertThat(stop()).isEqualTo(new EchoCounts(1, 1, 0, 0, 0, bytes.length, 0));
  }

  private void awaitClosed() throws InterruptedException {
    while (server.counts().closed() == 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MULTI_THREAD", "CURRENT_THREAD"})
  void aDrainSaysTheEnd(ServerKind kind) throws Exception {
    start(kind);
    SSLSocket peer = connectSafely("localhost", "TLSv1.3");
    peer.getOutputStream().write(7);
    InputStream in = peer.getInputStream();
    assertThat(in.read()).isEqualTo(7);
    CompletableFuture<Void> stopping =
        CompletableFuture.runAsync(shutdown::stop, threads); // and does not wait for the peer
    assertThat(in.read()).isEqualTo(-1);
    stopping.get();
    peer.close();
    assertThat(stop()).isEqualTo(new EchoCounts(1, 0, 0, 1, 0, 1, 0));
  }

  @Test
  void whoDoesNotSpeakTlsIsCountedAndNobodyElseIsTouched() throws Exception {
    start(ServerKind.USUAL);
    SSLSocket polite = connectSafely("localhost", "TLSv1.3");
    Socket plain = connect();
    plain.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    plain.getInputStream().readAllBytes(); // an alert, and the end
    Socket gone = connect();
    gone.close();
    Socket silent = connect(); // until the server is asked to stop, and then some
    polite.getOutputStream().write(5);
    assertThat(polite.getInputStream().read()).isEqualTo(5);
    polite.shutdownOutput();
    assertThat(polite.getInputStream().read()).isEqualTo(-1);
    while (server.counts().handshakesFailed() < 2) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    EchoCounts counts = stop();
    assertThat(silent.isConnected()).isTrue();
    assertThat(counts.accepted()).isEqualTo(4);
    assertThat(counts.closed()).isEqualTo(1);
    assertThat(counts.cutOff()).isEqualTo(1);
    assertThat(counts.toTable()).containsPattern("TLS handshake failed +2");
  }

  @Test
  void aCertificateThatWasMadeIsReadAgainWithItsKey() throws Exception {
    Path certificate = directory.resolve("made.pem");
    Path other = directory.resolve("other.pem");
    ServerIdentity made = ServerIdentity.selfSigned("localhost");
    made.saveCertificate(certificate);
    ServerIdentity.selfSigned("localhost").saveCertificate(other);
    Path key = directory.resolve("key.pem");
    byte[] encoded = made.privateKey().getEncoded();
    Files.writeString(
        key,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(encoded)
            + "\n-----END PRIVATE KEY-----\n");
    assertThat(ServerIdentity.read(certificate, key).privateKey()).isEqualTo(made.privateKey());
    assertThatThrownBy(() -> ServerIdentity.read(other, key).acceptor())
        .isInstanceOf(IOException.class)
        .hasMessage(key + " is not the key of " + other);
    assertThatThrownBy(() -> ServerIdentity.read(key, key).acceptor())
        .isInstanceOf(IOException.class)
        .hasMessage("there is no certificate in " + key);
    assertThatThrownBy(() -> ServerIdentity.read(certificate, certificate).acceptor())
        .isInstanceOf(IOException.class)
        .hasMessage("there is no private key without a password in " + certificate);
  }

  // ---- by hand

  @Test
  void aHandshakeThatTakesTooLongIsCounted() throws Exception {
    ManualClock clock = new ManualClock();
    PollHarness harness = PollHarness.with(clock);
    Tally tally = new Tally();
    ScriptedPeer silent = new ScriptedPeer();
    TlsConnection connection =
        connection(tally, ServerIdentity.selfSigned("localhost").acceptor().accept(silent));
    assertThat(harness.poll(connection).isReady()).isFalse();
    clock.advance(Duration.ofSeconds(9));
    assertThat(harness.poll(connection).isReady()).isFalse();
    clock.advance(Duration.ofSeconds(2));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(connection).isReady()).isTrue();
    assertThat(silent.isClosed()).isTrue();
    assertThat(tally.counts().handshakesTimedOut()).isEqualTo(1);
    assertThat(tally.counts().toTable()).containsPattern("TLS handshake timed out +1");
  }

  @TestFactory
  Stream<DynamicTest> connectionsConform() {
    return Stream.of(
            FutureConformance.of(
                    "TLS echo",
                    kit -> {
                      ScriptedPeer peer = new ScriptedPeer();
                      kit.event("send", () -> peer.send("abc"));
                      kit.event("end", peer::end);
                      return connection(new Tally(), kit.future("handshake", peer));
                    })
                .recovers()
                .expectValue(null),
            FutureConformance.of(
                    "TLS echo that drains",
                    kit -> {
                      ScriptedPeer peer = new ScriptedPeer();
                      TlsConnection made = connection(new Tally(), kit.future("handshake", peer));
                      kit.event("drain", made::drain);
                      kit.event("end", peer::end);
                      return made;
                    })
                .recovers()
                .expectValue(null),
            FutureConformance.of(
                    "TLS echo without agreement",
                    kit ->
                        connection(
                            new Tally(), kit.failingFuture("handshake", new IOException("no"))))
                .recovers()
                .expectValue(null))
        .flatMap(one -> one.checks().stream())
        .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static TlsConnection connection(
      Tally tally, dev.pollux.core.Future<? extends dev.pollux.io.AsyncByteStream> handshake) {
    return new TlsConnection(
        handshake,
        () -> {},
        safe -> new EchoConnection(safe, safe, 1 << 16, tally, over -> {}),
        tally,
        over -> {});
  }
}
