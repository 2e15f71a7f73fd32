package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.Io;
import dev.pollux.io.net.Elsewhere;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.tls.TestCertificates.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over TCP with OpenSSL at the other side. */
@Timeout(120)
class TlsOpenSslTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  @TempDir Path directory;
  private PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();
  private TcpListener listening;

  @BeforeEach
  void listen() throws IOException {
    assumeTrue(OpenSsl.isInstalled(), "there is no OpenSSL 3 on the path of this machine");
    listening = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws IOException {
    if (listening != null) {
      listening.close();
    }
    runtime.close();
  }

  @CanIgnoreReturnValue
  private <T> T run(Future<T> future) throws Exception {
    return runtime.blockOn(future.timeout(LIMIT));
  }

  private OpenSsl client(String version, String... more) throws IOException {
    String[] all = Arrays.copyOf(more, more.length + 5);
    all[more.length] = option(version);
    all[more.length + 1] = "-servername";
    all[more.length + 2] = HOST;
    all[more.length + 3] = "-verify_hostname";
    all[more.length + 4] = HOST;
    Path authority = CERTIFICATES.authority().writeCertificate(directory.resolve("ca.pem"));
    return OpenSsl.client(listening.localAddress().getPort(), authority, all);
  }

  private OpenSsl server(Identity identity, String version, String... more) throws IOException {
    String[] all = Arrays.copyOf(more, more.length + 1);
    all[more.length] = option(version);
    return OpenSsl.server(
        identity.writeCertificates(directory.resolve("server.pem")),
        identity.writeKey(directory.resolve("server.key")),
        all);
  }

  private static String option(String version) {
    return version.equals("TLSv1.3") ? "-tls1_3" : "-tls1_2";
  }

  private Future<TlsStream> accept() {
    return listening.accept().flatMap(CERTIFICATES.acceptor()::accept);
  }

  private Future<TlsStream> connect(OpenSsl server) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    return TcpStream.connect(address).flatMap(tcp -> CERTIFICATES.connector().connect(tcp, HOST));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(5).nextBytes(bytes);
    return bytes;
  }

  // ---- bytes

  /** A client sends megabytes, and gets them back meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aClientGetsBackWhatItSends(String version) throws Exception {
    byte[] bytes = random(2 << 20);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    try (OpenSsl client = client(version, "-quiet", "-verify_quiet")) {
      Elsewhere<OpenSsl> types = Elsewhere.run(() -> client.type(text));
      TlsStream stream = run(accept());
      assertThat(stream.protocol()).isEqualTo(version);
      assertThat(stream.serverName()).contains(HOST);
      assertThat(run(Io.copy(stream, stream, bytes.length))).isEqualTo(bytes.length);
      types.result();
      run(stream.shutdown());
      stream.close();
      // It may have said something before, of the certificates.
      assertThat(client.result().endsWith(text)).isTrue();
    }
  }

  /** A server reads what is sent, and has it in the right order. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aServerReadsWhatIsSent(String version) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      lines.append(i).append('\n');
    }
    String text = lines.toString();
    try (OpenSsl server = server(CERTIFICATES.server(), version)) {
      TlsStream stream = run(connect(server));
      assertThat(stream.protocol()).isEqualTo(version);
      run(stream.writeAll(Hands.bytes(text)).flatMap(x -> stream.flush()));
      run(stream.shutdown());
      String result = server.result();
      stream.close();
      assertThat(result.contains(text)).isTrue();
    }
  }

  /** A server sends, before anybody has written to it. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aServerSpeaksFirst(String version) throws Exception {
    String text = "xy\n".repeat(100_000);
    try (OpenSsl server = server(CERTIFICATES.server(), version)) {
      TlsStream stream = run(connect(server));
      server.type(text);
      ByteBuffer dst = ByteBuffer.allocate(300_000);
      run(stream.readExact(dst));
      assertThat(Hands.text(dst.flip()).equals(text)).isTrue();
      stream.close();
    }
  }

  // ---- what is agreed on

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void agreesOnAnApplicationProtocol(String version) throws Exception {
    try (OpenSsl client = client(version, "-alpn", "h2,http/1.1")) {
      TlsAcceptor acceptor = CERTIFICATES.serving().applicationProtocols("http/1.1").build();
      TlsStream stream = run(listening.accept().flatMap(acceptor::accept));
      assertThat(stream.applicationProtocol()).contains("http/1.1");
      client.await("ALPN protocol: http/1.1");
      stream.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void showsAndReadsCertificatesOfClients(String version) throws Exception {
    Path key = CERTIFICATES.client().writeKey(directory.resolve("client.key"));
    Path certificate = CERTIFICATES.client().writeCertificates(directory.resolve("client.pem"));
    TlsAcceptor acceptor =
        CERTIFICATES
            .serving()
            .trust(CERTIFICATES.authority().trust())
            .clientAuthentication(ClientAuthentication.REQUIRED)
            .build();
    try (OpenSsl client =
        client(version, "-cert", certificate.toString(), "-key", key.toString())) {
      TlsStream stream = run(listening.accept().flatMap(acceptor::accept));
      // It shows the authority as well.
      assertThat(stream.peerCertificates()).startsWith(CERTIFICATES.client().certificate());
      client.await("Verify return code: 0");
      stream.close();
    }
    try (OpenSsl client = client(version)) {
      assertThatThrownBy(() -> run(listening.accept().flatMap(acceptor::accept)))
          .isInstanceOfSatisfying(
              TlsCertificateException.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(TlsCertificateException.Reason.MISSING));
      assertThat(client.result()).contains("alert");
    }
  }

  @Test
  void refusesABadServerAndTellsIt() throws Exception {
    for (Identity bad : new Identity[] {CERTIFICATES.expired(), CERTIFICATES.otherServer()}) {
      try (OpenSsl server = server(bad, "TLSv1.3")) {
        Future<TlsStream> connect = connect(server);
        assertThatThrownBy(() -> run(connect)).isInstanceOf(TlsCertificateException.class);
        assertThat(server.result()).contains("alert");
      }
    }
  }

  @Test
  void isToldThatItIsRefused() throws Exception {
    TlsAcceptor other = CERTIFICATES.otherServer().serving().build();
    try (OpenSsl client = client("TLSv1.3")) {
      assertThatThrownBy(
              () ->
                  run(
                      listening
                          .accept()
                          .flatMap(other::accept)
                          .flatMap(stream -> stream.read(ByteBuffer.allocate(1)))))
          // OpenSSL tells it without encryption.
          .isInstanceOfSatisfying(
              TlsAlertException.class,
              told -> assertThat(told.alert()).isIn("unknown_ca", "bad_certificate"));
      assertThat(client.exitCode()).isNotZero();
    }
  }

  // ---- ends

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void anEndIsNoTruncationAndAKillIs(String version) throws Exception {
    try (OpenSsl client = client(version)) {
      TlsStream stream = run(accept());
      client.type("bye\n");
      ByteBuffer dst = ByteBuffer.allocate(4);
      run(stream.readExact(dst));
      client.type("Q\n");
      assertThat(run(stream.read(dst.clear()))).isEqualTo(AsyncRead.EOF);
      stream.close();
    }
    try (OpenSsl client = client(version)) {
      TlsStream stream = run(accept());
      client.type("bye\n");
      ByteBuffer dst = ByteBuffer.allocate(4);
      run(stream.readExact(dst));
      client.kill();
      assertThatThrownBy(() -> run(stream.read(dst.clear()))).isInstanceOf(IOException.class);
      stream.close();
    }
  }

  // ---- the second handshake

  /** The peer updates its keys, asks for ours to be updated, and we do both ourselves. */
  @Test
  void keysAreUpdated() throws Exception {
    try (OpenSsl client = client("TLSv1.3")) {
      TlsStream stream = run(accept());
      client.await("Verify return code: 0");
      JoinHandle<Long> echo = runtime.spawn(Io.copy(stream, stream));
      client.type("first line\n").await("first line");
      client.type("k\n").await("KEYUPDATE");
      client.type("second line\n").await("second line");
      client.type("K\n").await("KEYUPDATE[^$]*KEYUPDATE");
      client.type("third line\n").await("third line");
      client.type("Q\n");
      assertThat(run(echo)).isEqualTo(34);
      stream.close();
    }
    try (OpenSsl client = client("TLSv1.3")) {
      TlsStream stream = run(accept());
      for (int i = 0; i < 10; i++) {
        run(stream.updateKeys());
        run(stream.writeAll(Hands.bytes("word " + i + "\n")).flatMap(x -> stream.flush()));
        client.await("word " + i);
        client.type("line\n");
        run(stream.readExact(ByteBuffer.allocate(5)));
      }
      stream.close();
    }
  }

  /** In 1.2 the client asks for a renegotiation, and is refused. */
  @Test
  void aClientMayNotNegotiateAgain() throws Exception {
    try (OpenSsl client = client("TLSv1.2")) {
      TlsStream stream = run(accept());
      client.await("Verify return code: 0");
      client.type("R\n");
      assertThatThrownBy(() -> run(stream.read(ByteBuffer.allocate(9))))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("negotiate again");
      stream.close();
      client.result();
    }
  }

  /** So is a server that asks for one. */
  @Test
  void aServerMayNotNegotiateAgain() throws Exception {
    try (OpenSsl server = server(CERTIFICATES.server(), "TLSv1.2")) {
      TlsStream stream = run(connect(server));
      server.await("CIPHER is");
      server.type("r\n");
      assertThatThrownBy(() -> run(stream.read(ByteBuffer.allocate(9))))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("negotiate again");
      stream.close();
    }
  }

  @Test
  void runsBesideOthers() throws Exception {
    try (OpenSsl first = client("TLSv1.3");
        OpenSsl second = client("TLSv1.2")) {
      TlsStream[] both =
          run(Futures.join(accept(), accept(), (one, two) -> new TlsStream[] {one, two}));
      first.type("one\n");
      second.type("two\n");
      for (TlsStream stream : both) {
        ByteBuffer dst = ByteBuffer.allocate(4);
        run(stream.readExact(dst));
        String expected = stream.protocol().equals("TLSv1.3") ? "one\n" : "two\n";
        assertThat(Hands.text(dst.flip())).isEqualTo(expected);
        stream.close();
      }
    }
  }
}
