package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.Io;
import dev.pollux.io.net.Elsewhere;
import dev.pollux.io.net.Runtimes;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over TCP with the blocking sockets of the JDK at the other side. */
@Timeout(120)
class TlsPeersTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  private final SSLContext client =
      TestCertificates.context(null, CERTIFICATES.authority().trust());
  private final SSLContext server =
      TestCertificates.context(CERTIFICATES.server(), CERTIFICATES.authority().trust());
  private PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();

  @AfterEach
  void close() {
    runtime.close();
  }

  @CanIgnoreReturnValue
  private <T> T run(Future<T> future) throws Exception {
    return runtime.blockOn(future.timeout(LIMIT));
  }

  private static byte[] random(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static InetSocketAddress address(ServerSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static TcpListener listener() throws IOException {
    return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static TlsConnector connector(String version) {
    return CERTIFICATES.trusting().protocols(version).build();
  }

  private static TlsAcceptor acceptor(String version) {
    return CERTIFICATES.serving().protocols(version).build();
  }

  private Future<TlsStream> connect(ServerSocket to, String version) {
    return TcpStream.connect(address(to)).flatMap(tcp -> connector(version).connect(tcp, HOST));
  }

  static Stream<Arguments> everywhere() {
    return Runtimes.all()
        .flatMap(kind -> Stream.of("TLSv1.3", "TLSv1.2").map(each -> Arguments.of(kind, each)));
  }

  // ---- bytes

  /** Megabytes go to a blocking server and come back, both at once. */
  @ParameterizedTest
  @MethodSource("everywhere")
  void aServerOfTheJdkSendsMuchBack(Runtimes kind, String version) throws Exception {
    runtime.close();
    runtime = kind.open();
    byte[] bytes = random(1, 2 << 20);
    try (SSLServerSocket listening = BlockingPeer.listen(server, version)) {
      Elsewhere<Long> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket = BlockingPeer.accept(listening)) {
                  byte[] read = socket.getInputStream().readNBytes(bytes.length);
                  assertThat(Arrays.mismatch(read, bytes)).isEqualTo(-1);
                  socket.getOutputStream().write(read);
                  return (long) read.length;
                }
              });
      TlsStream stream = run(connect(listening, version));
      assertThat(stream.protocol()).isEqualTo(version);
      ByteBuffer dst = ByteBuffer.allocate(bytes.length);
      run(
          Futures.join(
              stream.writeAll(ByteBuffer.wrap(bytes)).flatMap(x -> stream.flush()),
              stream.readExact(dst),
              (x, y) -> true));
      assertThat(Arrays.mismatch(dst.array(), bytes)).isEqualTo(-1);
      assertThat(run(stream.read(ByteBuffer.allocate(1)))).isEqualTo(AsyncRead.EOF);
      stream.close();
      assertThat(peer.result()).isEqualTo(bytes.length);
    }
  }

  /** A blocking client writes megabytes and reads them back, by two threads at once. */
  @ParameterizedTest
  @MethodSource("everywhere")
  void aClientOfTheJdkGetsMuchBack(Runtimes kind, String version) throws Exception {
    runtime.close();
    runtime = kind.open();
    byte[] bytes = random(2, 2 << 20);
    try (TcpListener listening = listener()) {
      Elsewhere<Boolean> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket =
                    BlockingPeer.connect(client, listening.localAddress(), version)) {
                  socket.startHandshake();
                  Elsewhere<Boolean> writes =
                      Elsewhere.run(
                          () -> {
                            socket.getOutputStream().write(bytes);
                            return true;
                          });
                  byte[] read = socket.getInputStream().readNBytes(bytes.length);
                  writes.result();
                  return Arrays.equals(read, bytes);
                }
              });
      long copied =
          run(
              listening
                  .accept()
                  .flatMap(acceptor(version)::accept)
                  .flatMap(
                      stream ->
                          Io.copy(stream, stream)
                              .flatMap(count -> stream.shutdown().map(x -> count))));
      assertThat(copied).isEqualTo(bytes.length);
      assertThat(peer.result()).isTrue();
    }
  }

  // ---- ends

  /** In 1.3 our end leaves the other direction open, and the peer's end ours. */
  @Test
  void eachDirectionEndsForItself() throws Exception {
    try (SSLServerSocket listening = BlockingPeer.listen(server, "TLSv1.3")) {
      Elsewhere<String> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket = BlockingPeer.accept(listening)) {
                  String read = Hands.text(socket.getInputStream().readAllBytes());
                  socket.getOutputStream().write("after your end".getBytes(UTF_8));
                  return read;
                }
              });
      TlsStream stream = run(connect(listening, "TLSv1.3"));
      run(stream.writeAll(Hands.bytes("all")).flatMap(x -> stream.shutdown()));
      assertThat(peer.result()).isEqualTo("all");
      assertThat(Hands.text(run(stream.readToEnd(99)))).isEqualTo("after your end");
      stream.close();
    }
  }

  @Test
  void thePeerEndsItsDirectionAndReadsOn() throws Exception {
    try (SSLServerSocket listening = BlockingPeer.listen(server, "TLSv1.3")) {
      Elsewhere<String> peer =
          Elsewhere.run(
              () -> {
                SSLSocket socket = BlockingPeer.accept(listening);
                socket.getOutputStream().write("all".getBytes(UTF_8));
                socket.shutdownOutput();
                String read = Hands.text(socket.getInputStream().readAllBytes());
                socket.close();
                return read;
              });
      TlsStream stream = run(connect(listening, "TLSv1.3"));
      assertThat(Hands.text(run(stream.readToEnd(99)))).isEqualTo("all");
      run(stream.writeAll(Hands.bytes("after your end")).flatMap(x -> stream.shutdown()));
      assertThat(peer.result()).isEqualTo("after your end");
      stream.close();
    }
  }

  /** The end that we say is one for the JDK too, and no truncation. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void thePeerReadsOurEnd(String version) throws Exception {
    for (boolean close : new boolean[] {false, true}) {
      try (SSLServerSocket listening = BlockingPeer.listen(server, version)) {
        Elsewhere<String> peer =
            Elsewhere.run(
                () -> {
                  try (SSLSocket socket = BlockingPeer.accept(listening)) {
                    return Hands.text(socket.getInputStream().readAllBytes());
                  }
                });
        TlsStream stream = run(connect(listening, version));
        run(stream.writeAll(Hands.bytes("all of it")).flatMap(x -> stream.flush()));
        if (close) {
          stream.close();
        } else {
          run(stream.shutdown());
        }
        assertThat(peer.result()).isEqualTo("all of it");
        stream.close();
      }
    }
  }

  /** The TCP connection ends, and TLS has not said so. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aPeerThatGoesAwayIsATruncation(String version) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Elsewhere<Boolean> peer =
          Elsewhere.run(
              () -> {
                try (Socket tcp = listening.accept()) {
                  SSLSocket socket =
                      (SSLSocket) server.getSocketFactory().createSocket(tcp, null, true);
                  socket.setUseClientMode(false);
                  socket.setEnabledProtocols(new String[] {version});
                  socket.getOutputStream().write("not all".getBytes(UTF_8));
                  assertThat(socket.getInputStream().read()).isEqualTo('x');
                  tcp.shutdownOutput();
                  assertThat(tcp.getInputStream().readAllBytes()).isNotNull();
                }
                return true;
              });
      TlsStream stream = run(connect(listening, version));
      run(stream.writeAll(Hands.bytes("x")).flatMap(x -> stream.flush()));
      ByteBuffer dst = ByteBuffer.allocate(7);
      run(stream.readExact(dst));
      assertThat(Hands.text(dst.flip())).isEqualTo("not all");
      assertThatThrownBy(() -> run(stream.read(ByteBuffer.allocate(1))))
          .isInstanceOf(TlsTruncatedException.class);
      stream.close();
      peer.result();
    }
  }

  // ---- the second handshake

  /** In 1.3 it is new keys. */
  @Test
  void thePeerUpdatesItsKeys() throws Exception {
    try (SSLServerSocket listening = BlockingPeer.listen(server, "TLSv1.3")) {
      Elsewhere<Boolean> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket = BlockingPeer.accept(listening)) {
                  for (int i = 0; i < 20; i++) {
                    socket.startHandshake();
                    socket.getOutputStream().write(i);
                    assertThat(socket.getInputStream().read()).isEqualTo(i);
                  }
                }
                return true;
              });
      TlsStream stream = run(connect(listening, "TLSv1.3"));
      for (int i = 0; i < 20; i++) {
        ByteBuffer dst = ByteBuffer.allocate(1);
        run(stream.readExact(dst));
        assertThat(dst.get(0)).isEqualTo((byte) i);
        if (i % 4 == 3) {
          run(stream.updateKeys());
        }
        run(stream.writeAll(dst.flip()).flatMap(x -> stream.flush()));
      }
      assertThat(run(stream.read(ByteBuffer.allocate(1)))).isEqualTo(AsyncRead.EOF);
      assertThat(peer.result()).isTrue();
      stream.close();
    }
  }

  /** In 1.2 it is a renegotiation, which is refused, from either side. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePeerMayNotNegotiateAgain(boolean weAreServer) throws Exception {
    Elsewhere<Boolean> peer;
    TlsStream stream;
    if (weAreServer) {
      try (TcpListener listening = listener()) {
        peer =
            Elsewhere.run(
                () ->
                    negotiatesAgain(
                        BlockingPeer.connect(client, listening.localAddress(), "TLSv1.2")));
        stream = run(listening.accept().flatMap(acceptor("TLSv1.2")::accept));
      }
    } else {
      try (SSLServerSocket listening = BlockingPeer.listen(server, "TLSv1.2")) {
        peer = Elsewhere.run(() -> negotiatesAgain(BlockingPeer.accept(listening)));
        stream = run(connect(listening, "TLSv1.2"));
      }
    }
    ByteBuffer dst = ByteBuffer.allocate(1);
    run(stream.readExact(dst));
    assertThatThrownBy(() -> run(stream.read(dst.clear())))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("negotiate again");
    stream.close();
    assertThat(peer.result()).isTrue();
  }

  /** Whether a second handshake fails. */
  private static boolean negotiatesAgain(SSLSocket socket) throws IOException {
    try (socket) {
      socket.startHandshake();
      socket.getOutputStream().write(7);
      try {
        socket.startHandshake();
        return socket.getInputStream().read() < 0;
      } catch (IOException refused) {
        return true;
      }
    }
  }

  // ---- what is agreed on

  @Test
  void agreesWithThePeerOnAnApplicationProtocolAndAName() throws Exception {
    try (TcpListener listening = listener()) {
      Elsewhere<String> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket =
                    (SSLSocket)
                        client
                            .getSocketFactory()
                            .createSocket(
                                new Socket(
                                    listening.localAddress().getAddress(),
                                    listening.localAddress().getPort()),
                                HOST,
                                443,
                                true)) {
                  SSLParameters parameters = socket.getSSLParameters();
                  parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                  parameters.setEndpointIdentificationAlgorithm("HTTPS");
                  socket.setSSLParameters(parameters);
                  socket.startHandshake();
                  return socket.getApplicationProtocol();
                }
              });
      TlsAcceptor acceptor = CERTIFICATES.serving().applicationProtocols("http/1.1").build();
      TlsStream stream = run(listening.accept().flatMap(acceptor::accept));
      assertThat(stream.applicationProtocol()).contains("http/1.1");
      assertThat(stream.serverName()).contains(HOST);
      assertThat(peer.result()).isEqualTo("http/1.1");
      stream.close();
    }
  }

  /** A bad certificate is told to the peer before the connection is closed. */
  @Test
  void thePeerIsToldOfItsBadCertificate() throws Exception {
    SSLContext bad =
        TestCertificates.context(CERTIFICATES.expired(), CERTIFICATES.authority().trust());
    try (SSLServerSocket listening = BlockingPeer.listen(bad, "TLSv1.3")) {
      Elsewhere<Exception> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket = BlockingPeer.accept(listening)) {
                  socket.startHandshake();
                  assertThat(socket.getInputStream().read()).isNegative();
                  throw new AssertionError("it was not told");
                } catch (SSLException told) {
                  return told;
                }
              });
      TcpStream tcp = run(TcpStream.connect(address(listening)));
      // The peer may not have sent all of its part yet, and would rather fail at that than read.
      Wire heldOpen = new Wire(tcp).keptOpen();
      assertThatThrownBy(() -> run(connector("TLSv1.3").connect(heldOpen, HOST)))
          .isInstanceOfSatisfying(
              TlsCertificateException.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(TlsCertificateException.Reason.EXPIRED));
      assertThat(heldOpen.isClosed()).isTrue();
      assertThat(peer.result()).hasMessageMatching(".*certificate_(expired|unknown)");
      tcp.close();
    }
  }

  /** A client that refuses us. */
  @Test
  void thePeerRefusesOurCertificate() throws Exception {
    SSLContext strangers = TestCertificates.context(null, CERTIFICATES.stranger().trust());
    try (TcpListener listening = listener()) {
      Elsewhere<Boolean> peer =
          Elsewhere.run(
              () -> {
                try (SSLSocket socket =
                    BlockingPeer.connect(strangers, listening.localAddress(), "TLSv1.3")) {
                  socket.startHandshake();
                  return false;
                } catch (SSLException refused) {
                  return true;
                }
              });
      assertThatThrownBy(() -> run(listening.accept().flatMap(acceptor("TLSv1.3")::accept)))
          .isInstanceOfSatisfying(
              TlsAlertException.class,
              told -> assertThat(told.alert()).isIn("certificate_unknown", "unknown_ca"));
      assertThat(peer.result()).isTrue();
    }
  }

  /** What speaks no TLS, over TCP: it gets an alert and the end, and the acceptor goes on. */
  @Test
  void plainHttpIsRefused() throws Exception {
    try (TcpListener listening = listener()) {
      Elsewhere<byte[]> peer =
          Elsewhere.run(
              () -> {
                try (Socket socket =
                    new Socket(
                        listening.localAddress().getAddress(),
                        listening.localAddress().getPort())) {
                  socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
                  return socket.getInputStream().readAllBytes();
                }
              });
      assertThatThrownBy(() -> run(listening.accept().flatMap(acceptor("TLSv1.3")::accept)))
          .isExactlyInstanceOf(TlsException.class);
      assertThat(peer.result().length).isLessThan(20);
    }
  }

  // ---- close

  /** A close wakes who reads and who writes, on whatever threads they are. */
  @ParameterizedTest
  @MethodSource("everywhere")
  void aCloseEndsWhoWaits(Runtimes kind, String version) throws Exception {
    runtime.close();
    runtime = kind.open();
    try (TcpListener listening = listener()) {
      TlsStream[] both =
          run(
              Futures.join(
                  TcpStream.connect(listening.localAddress())
                      .flatMap(tcp -> connector(version).connect(tcp, HOST)),
                  listening.accept().flatMap(acceptor(version)::accept),
                  (first, second) -> new TlsStream[] {first, second}));
      JoinHandle<Boolean> reads = runtime.spawn(failing(both[0].read(ByteBuffer.allocate(1))));
      JoinHandle<Boolean> writes =
          runtime.spawn(failing(both[0].writeAll(ByteBuffer.allocate(32 << 20))));
      JoinHandle<Boolean> peer = runtime.spawn(failing(both[1].readExact(ByteBuffer.allocate(9))));
      run(peer.map(x -> x));
      closeElsewhere(both[0]);
      assertThat(run(reads)).isTrue();
      assertThat(run(writes)).isTrue();
      both[1].close();
    }
  }

  private static void closeElsewhere(AsyncByteStream stream) throws Exception {
    Elsewhere.run(
            () -> {
              stream.close();
              return true;
            })
        .result();
  }

  private static Future<Boolean> failing(Future<?> future) {
    return future.handle((value, failure) -> failure != null);
  }
}
