package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.Duplex;
import dev.pollux.io.Halves;
import dev.pollux.io.Io;
import dev.pollux.io.net.Runtimes;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** TLS keeps the contract of byte streams over whatever carries it, and its futures theirs. */
class TlsConformTest {

  private static final Map<Runtimes, PolluxRuntime> RUNTIMES = new EnumMap<>(Runtimes.class);

  private final TestCertificates certificates = TestCertificates.shared();

  @BeforeAll
  static void openRuntimes() {
    Runtimes.all().forEach(kind -> RUNTIMES.put(kind, kind.open()));
  }

  @AfterAll
  static void closeRuntimes() {
    RUNTIMES.values().forEach(PolluxRuntime::close);
    RUNTIMES.clear();
  }

  // ---- streams

  private Duplex safe(PolluxRuntime runtime, String version, Duplex ends) throws Exception {
    return runtime.blockOn(
        Futures.join(
            certificates.trusting().protocols(version).build().connect(ends.first(), HOST),
            certificates.serving().protocols(version).build().accept(ends.second()),
            Duplex::new));
  }

  private static Duplex tcp(PolluxRuntime runtime) throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TcpListener listener = TcpListener.bind(any)) {
      return runtime.blockOn(
          Futures.join(TcpStream.connect(listener.localAddress()), listener.accept(), Duplex::new));
    }
  }

  private static Stream<DynamicTest> inEach(
      String name, Function<PolluxRuntime, AsyncByteStreamConformance.Ends> of) {
    return RUNTIMES.entrySet().stream()
        .flatMap(
            entry ->
                AsyncByteStreamConformance.of(
                        name + " in " + entry.getKey(),
                        entry.getValue(),
                        of.apply(entry.getValue()))
                    .tests());
  }

  @TestFactory
  Stream<DynamicTest> overTcp() {
    return inEach("TLS over TCP", runtime -> () -> safe(runtime, "TLSv1.3", tcp(runtime)));
  }

  @TestFactory
  Stream<DynamicTest> overDuplex() {
    return inEach(
        "TLS over a duplex", runtime -> () -> safe(runtime, "TLSv1.3", Io.duplex(1 << 16)));
  }

  @TestFactory
  Stream<DynamicTest> over12() {
    PolluxRuntime runtime = RUNTIMES.get(Runtimes.TWO_WORKERS);
    return Stream.concat(
        AsyncByteStreamConformance.of(
                "TLS 1.2 over TCP", runtime, () -> safe(runtime, "TLSv1.2", tcp(runtime)))
            .withoutHalfClose()
            .tests(),
        AsyncByteStreamConformance.of(
                "TLS 1.2 over a duplex",
                runtime,
                () -> safe(runtime, "TLSv1.2", Io.duplex(1 << 16)))
            .withoutHalfClose()
            .tests());
  }

  @TestFactory
  Stream<DynamicTest> overWorseWires() {
    PolluxRuntime runtime = RUNTIMES.get(Runtimes.TWO_WORKERS);
    return AsyncByteStreamConformance.of(
            "TLS over wires that pause",
            runtime,
            () -> {
              Wire[] ends = Wire.pair(1 << 16);
              return safe(
                  runtime, "TLSv1.3", new Duplex(ends[0].pausing(1, 3), ends[1].pausing(2, 3)));
            })
        .tests()
        // A close does not wait for a pause, so the end is not always said.
        .filter(test -> !test.getDisplayName().contains("before a close"));
  }

  /** TLS in TLS: the transport is whatever stream there is. */
  @TestFactory
  Stream<DynamicTest> overItself() {
    PolluxRuntime runtime = RUNTIMES.get(Runtimes.TWO_WORKERS);
    return AsyncByteStreamConformance.of(
            "TLS over TLS",
            runtime,
            () -> safe(runtime, "TLSv1.3", safe(runtime, "TLSv1.3", Io.duplex(1 << 16))))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> inHalves() {
    PolluxRuntime runtime = RUNTIMES.get(Runtimes.TWO_WORKERS);
    return AsyncByteStreamConformance.of(
            "halves of TLS",
            runtime,
            () -> {
              Duplex ends = safe(runtime, "TLSv1.3", Io.duplex(1 << 16));
              return new Duplex(halved(ends.first()), halved(ends.second()));
            })
        .tests();
  }

  private static AsyncByteStream halved(AsyncByteStream stream) {
    Halves halves = stream.split();
    return Io.join(halves.reader(), halves.writer());
  }

  // ---- futures

  @TestFactory
  Stream<DynamicTest> futures() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        // Time passes when nothing else happens.
        FutureConformance.of("connect to nobody", kit -> connect(kit, new Wire[1]))
            .expectFailure(TlsHandshakeTimeoutException.class)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect, and the bytes end",
                kit -> {
                  Wire[] wire = new Wire[1];
                  Future<TlsStream> connect = connect(kit, wire);
                  kit.event("the end", wire[0]::cut);
                  return connect;
                })
            .expectFailure(TlsTruncatedException.class)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect, and the transport fails",
                kit -> {
                  Wire[] wire = new Wire[1];
                  Future<TlsStream> connect = connect(kit, wire);
                  kit.event("torn", () -> wire[0].fail(new IOException("torn")));
                  return connect;
                })
            .expectFailure(IOException.class)
            .checks());
    checks.addAll(
        FutureConformance.of(
                "connect and accept",
                kit -> {
                  blocking(kit);
                  Wire[] ends = Wire.pair(1 << 16);
                  return Futures.join(
                          certificates.connector().connect(ends[0], HOST),
                          certificates.acceptor().accept(ends[1]),
                          Duplex::new)
                      .map(both -> ((TlsStream) both.first()).protocol());
                })
            .expectValue("TLSv1.3")
            .checks());
    checks.addAll(
        FutureConformance.of(
                "update of keys",
                kit -> {
                  Wire full = new Wire(Io.duplex(1).first());
                  Future<Void> update = agreed(full).updateKeys();
                  return update;
                })
            .expectNever()
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static void blocking(ConformanceKit kit) {
    kit.offer(Blocking.class, new InlineBlocking(kit.spawner()));
  }

  private Future<TlsStream> connect(ConformanceKit kit, Wire[] wire) {
    blocking(kit);
    wire[0] = Wire.pair(1 << 16)[0];
    return certificates.connector().connect(wire[0], HOST);
  }

  /** A stream that has agreed with its peer, and now writes into {@code full}. */
  private TlsStream agreed(Wire full) {
    try {
      Hands hands = new Hands();
      Wire[] ends = Wire.pair(1 << 16);
      Hands.Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
      ends[0].into(full);
      hands.pollWhileWoken(agreed.client().write(ByteBuffer.allocate(9)));
      return agreed.client();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
