package dev.pollux.io.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.Duplex;
import dev.pollux.io.net.Runtimes;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.testing.Direction;
import dev.pollux.io.testing.Fault;
import dev.pollux.io.testing.FaultProxy;
import dev.pollux.io.testing.Faults;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TLS through a bad network, drawn from a seed ({@code -Dpollux.chaos.seed=N} repeats one): nobody
 * ever gets a byte that was not sent, and nobody takes an end for the end that is none.
 */
@Timeout(300)
final class TlsThroughFaultsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 15;

  /** More than both flights of a handshake have. */
  private static final int HANDSHAKE_BYTES = 6_000;

  private static final TestCertificates CERTIFICATES = TestCertificates.shared();
  private static final Map<Runtimes, PolluxRuntime> RUNTIMES = new EnumMap<>(Runtimes.class);

  private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void openRuntimes() {
    RUNTIMES.put(Runtimes.CURRENT_THREAD, Runtimes.CURRENT_THREAD.open());
    RUNTIMES.put(Runtimes.TWO_WORKERS, Runtimes.TWO_WORKERS.open());
  }

  @AfterAll
  static void closeRuntimes() {
    RUNTIMES.values().forEach(PolluxRuntime::close);
    RUNTIMES.clear();
  }

  @AfterEach
  void close() throws IOException {
    for (Closeable closeable : open) {
      closeable.close();
    }
  }

  private static TcpListener listen() throws IOException {
    return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  // ---- where nothing is lost

  @TestFactory
  Stream<DynamicTest> streamsConform() {
    Map<String, Faults> networks =
        Map.of(
            "split", Faults.none().split(50),
            "delayed", Faults.none().delay(30_000, Duration.ofMillis(4)),
            "throttled", Faults.none().throttle(1_000_000));
    return networks.entrySet().stream()
        .flatMap(
            network ->
                RUNTIMES.entrySet().stream()
                    .flatMap(
                        entry ->
                            AsyncByteStreamConformance.of(
                                    network.getKey() + " TLS on " + entry.getKey(),
                                    entry.getValue(),
                                    () -> agreed(entry.getValue(), network.getValue()))
                                .tests()));
  }

  private Duplex agreed(PolluxRuntime runtime, Faults faults) throws Exception {
    try (TcpListener listener = listen()) {
      FaultProxy proxy = FaultProxy.open(listener.localAddress(), 1, faults);
      open.add(proxy);
      return runtime.blockOn(
          Futures.join(
              TcpStream.connect(proxy.address())
                  .flatMap(tcp -> CERTIFICATES.connector().connect(tcp, TestCertificates.HOST)),
              listener.accept().flatMap(tcp -> CERTIFICATES.acceptor().accept(tcp)),
              Duplex::new));
    }
  }

  // ---- where something is

  /** A version of TLS, a runtime, and who sends. */
  record Setting(String version, Runtimes runtime, boolean clientSends) {}

  static Stream<Setting> settings() {
    return Stream.of("TLSv1.3", "TLSv1.2")
        .flatMap(
            version ->
                Stream.of(Runtimes.CURRENT_THREAD, Runtimes.TWO_WORKERS)
                    .flatMap(
                        runtime ->
                            Stream.of(true, false)
                                .map(client -> new Setting(version, runtime, client))));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatIsCutOffIsNeverTakenForTheEnd(Setting setting) throws Exception {
    rounds(setting, Faults::drawn);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatWasChangedIsNeverGivenOut(Setting setting) throws Exception {
    rounds(setting, seed -> Faults.drawn(seed).corruptEvery(4_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aChangeOfAnyByteOfARecordIsFoundOut(String version) throws Exception {
    Setting setting = new Setting(version, Runtimes.TWO_WORKERS, true);
    rounds(
        setting,
        seed -> Faults.none().corruptAt(HANDSHAKE_BYTES + new Random(seed).nextInt(9_000)));
  }

  /** The client has agreed before the server has, so the server must not say an end to it. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aHandshakeThatWasCutOffIsNoEndForWhoHasAgreed(String version) throws Exception {
    PolluxRuntime runtime = RUNTIMES.get(Runtimes.TWO_WORKERS);
    TlsConnector connector = CERTIFICATES.trusting().protocols(version).build();
    TlsAcceptor acceptor = CERTIFICATES.serving().protocols(version).build();
    // Of its own, so that the second does not resume the session of the first.
    TlsConnector other = CERTIFICATES.trusting().protocols(version).build();
    long bytes = handshakeBytes(runtime, other, acceptor);
    Side client = new Side(new byte[0], false);
    Side server = new Side(new byte[0], false);
    try (TcpListener listener = listen();
        FaultProxy proxy =
            FaultProxy.open(
                listener.localAddress(),
                1,
                Faults.none().halfCloseAfter(bytes - 1),
                Faults.none())) {
      Future<Void> connecting =
          TcpStream.connect(proxy.address())
              .flatMap(tcp -> connector.connect(tcp, TestCertificates.HOST))
              .flatMap(client::over)
              .recover(client::failed);
      runtime.blockOn(
          Futures.join(
                  runtime.spawn(connecting),
                  runtime.spawn(accepting(listener, acceptor, server)),
                  (first, second) -> null)
              .timeout(PATIENCE));
    }
    assertThat(server.failure).isInstanceOf(TlsTruncatedException.class);
    assertThat(client.failure).isInstanceOf(TlsTruncatedException.class);
  }

  /** How many bytes a client sends before both have agreed. */
  private static long handshakeBytes(
      PolluxRuntime runtime, TlsConnector connector, TlsAcceptor acceptor) throws Exception {
    FaultProxy proxy;
    try (TcpListener listener = listen()) {
      proxy = FaultProxy.open(listener.localAddress(), 1, Faults.none());
      Duplex both =
          runtime.blockOn(
              Futures.join(
                      TcpStream.connect(proxy.address())
                          .flatMap(tcp -> connector.connect(tcp, TestCertificates.HOST)),
                      listener.accept().flatMap(acceptor::accept),
                      Duplex::new)
                  .timeout(PATIENCE));
      proxy.close(); // whereupon it has counted all
      both.first().close();
      both.second().close();
    }
    return proxy.passed(Direction.TO_TARGET);
  }

  private static void rounds(Setting setting, LongFunction<Faults> draw) throws Exception {
    long first = Long.getLong("pollux.chaos.seed", System.nanoTime());
    for (long seed = first; seed < first + ROUNDS; seed++) {
      Faults there = draw.apply(seed);
      Faults back = draw.apply(~seed);
      try {
        round(setting, seed, there, back);
      } catch (Exception | AssertionError failure) {
        throw new AssertionError(
            "-Dpollux.chaos.seed=" + seed + ", there " + there + ", back " + back, failure);
      }
    }
  }

  private static void round(Setting setting, long seed, Faults there, Faults back)
      throws Exception {
    byte[] sent = new byte[HANDSHAKE_BYTES + 10_000];
    new Random(seed).nextBytes(sent);
    // Short where a change of a length may have one wait for bytes that never come.
    Duration time = Duration.ofSeconds(there.toString().contains("corrupt") ? 5 : 60);
    TlsConnector connector =
        CERTIFICATES.trusting().protocols(setting.version()).handshakeTimeout(time).build();
    TlsAcceptor acceptor =
        CERTIFICATES.serving().protocols(setting.version()).handshakeTimeout(time).build();
    PolluxRuntime runtime = RUNTIMES.get(setting.runtime());
    Side client = new Side(sent, setting.clientSends());
    Side server = new Side(sent, !setting.clientSends());
    List<Fault> log;
    try (TcpListener listener = listen();
        FaultProxy proxy = FaultProxy.open(listener.localAddress(), seed, there, back)) {
      Future<Void> connecting =
          TcpStream.connect(proxy.address())
              .flatMap(tcp -> connector.connect(tcp, TestCertificates.HOST))
              .flatMap(client::over)
              .recover(client::failed);
      runtime.blockOn(
          Futures.join(
                  runtime.spawn(connecting),
                  runtime.spawn(accepting(listener, acceptor, server)),
                  (first, second) -> null)
              .timeout(PATIENCE));
      log = proxy.log();
    }

    Side receiver = setting.clientSends() ? server : client;
    Direction direction = setting.clientSends() ? Direction.TO_TARGET : Direction.TO_CLIENT;
    check(receiver, sent, log, direction);
    if (log.stream().allMatch(fault -> fault.kind() == Fault.Kind.DELAY)) {
      assertThat(client.failure).isNull();
      assertThat(server.failure).isNull();
    }
  }

  private static Future<Void> accepting(TcpListener listener, TlsAcceptor acceptor, Side server) {
    return listener
        .accept()
        .flatMap(acceptor::accept)
        .flatMap(server::over)
        .recover(server::failed);
  }

  private static void check(Side receiver, byte[] sent, List<Fault> log, Direction direction) {
    byte[] received = receiver.received.toByteArray();
    assertThat(Arrays.mismatch(received, Arrays.copyOf(sent, received.length))).isEqualTo(-1);
    Exception failure = receiver.failure;
    if (failure == null) {
      // It has read an end that nobody can forge.
      assertThat(received).hasSameSizeAs(sent);
      assertThat(log).noneMatch(fault -> isChangeOfData(fault, direction));
      return;
    }
    assertThat(failure).isInstanceOf(IOException.class);
    boolean isReset = log.stream().anyMatch(fault -> fault.kind() == Fault.Kind.RESET);
    boolean isCorrupt = log.stream().anyMatch(fault -> fault.kind() == Fault.Kind.CORRUPT);
    if (!isReset && !isCorrupt) {
      if (log.stream().allMatch(fault -> fault.direction() == direction)) {
        assertThat(failure).isInstanceOf(TlsTruncatedException.class);
      }
    } else if (!isReset && log.stream().anyMatch(fault -> isChangeOfData(fault, direction))) {
      assertThat(failure).isInstanceOf(TlsException.class);
    }
  }

  private static boolean isChangeOfData(Fault fault, Direction direction) {
    return fault.kind() == Fault.Kind.CORRUPT
        && fault.direction() == direction
        && fault.offset() >= HANDSHAKE_BYTES;
  }

  /** Sends all or receives all, and closes. */
  private static final class Side {
    private final byte[] bytes;
    private final boolean sends;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private @Nullable Exception failure;

    Side(byte[] bytes, boolean sends) {
      this.bytes = bytes;
      this.sends = sends;
    }

    Future<Void> over(TlsStream stream) {
      Future<Void> all =
          sends
              ? stream
                  .writeAll(ByteBuffer.wrap(bytes))
                  .flatMap(done -> stream.shutdown())
                  .flatMap(done -> readAll(stream))
              : readAll(stream).flatMap(done -> stream.shutdown());
      return all.whenDone((done, why) -> closeNow(stream));
    }

    private Future<Void> readAll(AsyncByteStream stream) {
      ByteBuffer dst = ByteBuffer.allocate(3_000);
      return Futures.pollFn(
          (Context cx) -> {
            while (true) {
              int count = stream.pollRead(cx, dst.clear());
              if (count == AsyncRead.NOT_READY) {
                return Poll.pending();
              }
              if (count == AsyncRead.EOF) {
                return Poll.done();
              }
              received.write(dst.array(), 0, count);
            }
          });
    }

    @Nullable Void failed(Exception why) {
      failure = why;
      return null;
    }

    private static void closeNow(TlsStream stream) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
