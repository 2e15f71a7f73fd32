package dev.pollux.io.net;

import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.Duplex;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** TCP streams keep the contract of byte streams, and their futures that of futures. */
final class TcpConformTest {

  private static final Map<Runtimes, PolluxRuntime> RUNTIMES = new EnumMap<>(Runtimes.class);

  private final List<Closeable> open = new ArrayList<>();

  @BeforeAll
  static void openRuntimes() {
    Runtimes.all().forEach(kind -> RUNTIMES.put(kind, kind.open()));
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

  @TestFactory
  Stream<DynamicTest> streamsConform() {
    return RUNTIMES.entrySet().stream()
        .flatMap(
            entry ->
                AsyncByteStreamConformance.of(
                        "tcp on " + entry.getKey(),
                        entry.getValue(),
                        () -> connected(entry.getValue()))
                    .tests());
  }

  private static Duplex connected(PolluxRuntime runtime) throws Exception {
    try (TcpListener listener = TcpListener.bind(Crank.anyPort())) {
      return runtime.blockOn(
          Futures.join(TcpStream.connect(listener.localAddress()), listener.accept(), Duplex::new));
    }
  }

  @TestFactory
  Stream<DynamicTest> peekingConforms() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of("peek", kit -> fed(kit, "abc", "def").peek(room(kit), 4))
            .expectValue(6)
            .checks());
    checks.addAll(
        FutureConformance.of("peek, ended", kit -> fed(kit, "abc", "").peek(room(kit), 4))
            .expectValue(3)
            .checks());
    checks.addAll(
        FutureConformance.of("peek, never enough", kit -> fed(kit, "abc").peek(room(kit), 4))
            .expectNever()
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static ByteBuffer room(ConformanceKit kit) {
    return kit.mustRelease(ByteBuffer.allocate(8));
  }

  /** A stream whose peer sends these, each while somebody waits; an empty one is the end. */
  private TcpStream fed(ConformanceKit kit, String... pieces) {
    NioDriver driver = Selecting.in(kit, 0);
    open.add(driver::close); // with what was closed and not looked at
    try (Crank crank = new Crank();
        ServerSocketChannel server = ServerSocketChannel.open().bind(Crank.anyPort(), 1)) {
      TcpStream stream =
          crank.complete(TcpStream.connect((java.net.InetSocketAddress) server.getLocalAddress()));
      SocketChannel peer = server.accept();
      open.add(stream);
      open.add(peer);
      for (String piece : pieces) {
        kit.event(
            "the peer sends '" + piece + "'",
            () -> {
              send(peer, piece);
              driver.park(TimeUnit.SECONDS.toNanos(1));
            });
      }
      return stream;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void send(SocketChannel peer, String piece) {
    try {
      if (piece.isEmpty()) {
        peer.shutdownOutput();
      } else {
        peer.write(ByteBuffer.wrap(piece.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
