package dev.pollux.io.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.io.testing.Fault.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy between blocking sockets. */
@Timeout(60)
class FaultProxyTest {

  private ServerSocket server;
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Two ends that were connected through a proxy. */
  private record Ends(Socket client, Socket peer) {}

  private InetSocketAddress target() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private FaultProxy open(Faults faults) throws IOException {
    return FaultProxy.open(target(), 42, faults);
  }

  private Ends connect(FaultProxy proxy) throws IOException {
    Socket client = connectOnly(proxy);
    Socket peer = server.accept();
    sockets.add(peer);
    return new Ends(client, peer);
  }

  private Socket connectOnly(FaultProxy proxy) throws IOException {
    Socket client = new Socket();
    client.connect(proxy.address());
    sockets.add(client);
    return client;
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Sends on a thread of its own, and ends if asked to; a failure is the receiver's to notice. */
  @CanIgnoreReturnValue
  private static Thread send(Socket socket, byte[] bytes, boolean end) {
    Thread thread =
        new Thread(
            () -> {
              try {
                socket.getOutputStream().write(bytes);
                if (end) {
                  socket.shutdownOutput();
                }
              } catch (IOException expectedByThoseWhoReset) {
                // the other side says what it has got
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static byte[] receive(Socket socket) throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  /** What comes before the connection is reset. */
  private static byte[] receiveUntilReset(Socket socket) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    assertThatThrownBy(() -> socket.getInputStream().transferTo(all))
        .isInstanceOf(SocketException.class);
    return all.toByteArray();
  }

  // ---- what is passed on

  @Test
  void withoutFaultsAllGoesThroughBothWays() throws Exception {
    byte[] there = random(1_000_000);
    byte[] back = random(999_999);
    try (FaultProxy proxy = open(Faults.none())) {
      Ends ends = connect(proxy);
      send(ends.client(), there, true);
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return receive(ends.peer());
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      send(ends.peer(), back, true);
      assertThat(receive(ends.client())).isEqualTo(back);
      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(there);
      await(() -> proxy.openConnections() == 0);
      assertThat(proxy.passed(Direction.TO_TARGET)).isEqualTo(there.length);
      assertThat(proxy.passed(Direction.TO_CLIENT)).isEqualTo(back.length);
      assertThat(proxy.log()).isEmpty();
    }
  }

  @Test
  void anEndIsPassedOnAndTheOtherDirectionGoesOn() throws Exception {
    try (FaultProxy proxy = open(Faults.none())) {
      Ends ends = connect(proxy);
      ends.client().shutdownOutput();
      assertThat(receive(ends.peer())).isEmpty();
      assertThat(proxy.openConnections()).isEqualTo(1);
      send(ends.peer(), random(10), true);
      assertThat(receive(ends.client())).isEqualTo(random(10));
      await(() -> proxy.openConnections() == 0);
    }
  }

  @Test
  void aResetIsPassedOn() throws Exception {
    try (FaultProxy proxy = open(Faults.none())) {
      Ends ends = connect(proxy);
      ends.client().setSoLinger(true, 0);
      ends.client().close();
      assertThat(receiveUntilReset(ends.peer())).isEmpty();
      await(() -> proxy.openConnections() == 0);
      assertThat(proxy.log()).isEmpty();
    }
  }

  @Test
  void whatASideSentBeforeItWentAwayIsPassedOnFirst() throws Exception {
    Faults slow = Faults.none().split(1).delay(1, Duration.ofMillis(40));
    try (FaultProxy proxy = FaultProxy.open(target(), 1, slow, Faults.none())) {
      Ends ends = connect(proxy);
      send(ends.peer(), random(50_000_000), false); // in vain: it takes the way back to its end
      assertThat(ends.client().getInputStream().read()).isNotNegative();
      ends.client().getOutputStream().write(random(20));
      ends.client().close(); // a reset, for there are bytes that it has not read
      assertThat(ends.peer().getInputStream().readNBytes(20)).isEqualTo(random(20));
      await(() -> proxy.openConnections() == 0);
    }
  }

  // ---- faults

  @Test
  void splitBytesComeInPieces() throws Exception {
    byte[] bytes = random(300);
    // The delay behind each byte lets the receiver see the pieces.
    Faults faults = Faults.none().split(1).delay(1, Duration.ofMillis(1));
    try (FaultProxy proxy = open(faults)) {
      Ends ends = connect(proxy);
      send(ends.client(), bytes, true);
      byte[] all = new byte[bytes.length];
      int reads = 0;
      int read = 0;
      for (int count; read < all.length; read += count, reads++) {
        count = ends.peer().getInputStream().read(all, read, all.length - read);
        assertThat(count).isPositive();
      }
      assertThat(all).isEqualTo(bytes);
      assertThat(reads).isGreaterThan(1);
    }
  }

  @Test
  void corruptBytesAreThoseOfTheLogAndNoOthers() throws Exception {
    byte[] bytes = random(20_000);
    try (FaultProxy proxy =
        FaultProxy.open(
            target(),
            3,
            Faults.none().split(500).corruptAt(17).corruptEvery(1_000),
            Faults.none())) {
      Ends ends = connect(proxy);
      send(ends.client(), bytes, true);
      byte[] received = receive(ends.peer());
      byte[] expected = bytes.clone();
      for (Fault fault : proxy.log()) {
        assertThat(fault.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(Long.bitCount(fault.amount())).isEqualTo(1);
        expected[(int) fault.offset()] ^= (byte) fault.amount();
      }
      assertThat(received).isEqualTo(expected).isNotEqualTo(bytes);
      assertThat(proxy.log()).anyMatch(fault -> fault.offset() == 17).hasSizeGreaterThan(8);
    }
  }

  @Test
  void aSeedDoesTheSameAgain() throws Exception {
    Faults faults =
        Faults.none()
            .split(9)
            .delay(700, Duration.ofNanos(500))
            .corruptEvery(200)
            .halfCloseAfter(4_321);
    byte[] first = logged(faults, 5, 1);
    List<Fault> log = lastLog;
    byte[] second = logged(faults, 5, 100);
    assertThat(second).isEqualTo(first).hasSize(4_321);
    assertThat(lastLog).isEqualTo(log).hasSizeGreaterThan(15);
    logged(faults, 6, 100);
    assertThat(lastLog).isNotEqualTo(log);
  }

  private List<Fault> lastLog = List.of();

  /** Sends in pieces of that size, and returns what came. */
  @CanIgnoreReturnValue
  private byte[] logged(Faults faults, long seed, int pieces) throws Exception {
    byte[] bytes = random(5_000);
    try (FaultProxy proxy = FaultProxy.open(target(), seed, faults)) {
      Ends ends = connect(proxy);
      for (int i = 0; i < bytes.length; i += pieces) {
        ends.client().getOutputStream().write(bytes, i, Math.min(pieces, bytes.length - i));
      }
      ends.client().shutdownOutput();
      byte[] received = receive(ends.peer());
      ends.peer().close();
      await(() -> proxy.openConnections() == 0);
      lastLog = proxy.log();
      return received;
    }
  }

  @Test
  void aHalfCloseEndsOneDirectionAndTheSenderDoesNotNotice() throws Exception {
    byte[] bytes = random(5_000_000);
    try (FaultProxy proxy =
        FaultProxy.open(target(), 1, Faults.none().halfCloseAfter(1_000), Faults.none())) {
      Ends ends = connect(proxy);
      Thread sender = send(ends.client(), bytes, false);
      assertThat(receive(ends.peer())).isEqualTo(Arrays.copyOf(bytes, 1_000));
      sender.join();
      send(ends.peer(), random(7), true);
      assertThat(receive(ends.client())).isEqualTo(random(7));
      assertThat(proxy.log())
          .containsExactly(new Fault(Kind.HALF_CLOSE, 0, Direction.TO_TARGET, 1_000, 0));
    }
  }

  @Test
  void aResetReachesBothSides() throws Exception {
    try (FaultProxy proxy =
        FaultProxy.open(target(), 1, Faults.none(), Faults.none().resetAfter(10))) {
      Ends ends = connect(proxy);
      send(ends.peer(), random(100), false).join();
      byte[] received = receiveUntilReset(ends.client());
      assertThat(received.length).isLessThanOrEqualTo(10);
      assertThat(receiveUntilReset(ends.peer())).isEmpty();
      assertThat(proxy.openConnections()).isZero();
      assertThat(proxy.log()).containsExactly(new Fault(Kind.RESET, 0, Direction.TO_CLIENT, 10, 0));
    }
  }

  @Test
  void aResetComesThoughNoByteDoes() throws Exception {
    try (FaultProxy proxy = open(Faults.none().resetAfter(0))) {
      Socket client = connectOnly(proxy);
      assertThat(receiveUntilReset(client)).isEmpty();
    }
  }

  @Test
  void whoDropsDeadTakesNoMoreAndTellsNobody() throws Exception {
    try (FaultProxy proxy =
        FaultProxy.open(target(), 1, Faults.none().dropDeadAfter(3), Faults.none())) {
      Ends ends = connect(proxy);
      Thread sender = send(ends.client(), random(50_000_000), false);
      assertThat(ends.peer().getInputStream().readNBytes(3)).hasSize(3);
      ends.peer().setSoTimeout(50);
      assertThatThrownBy(() -> ends.peer().getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(sender.isAlive()).isTrue(); // nobody takes so much
      send(ends.peer(), random(7), true); // the other direction is as ever, and its end is the end
      assertThat(ends.client().getInputStream().readNBytes(7)).isEqualTo(random(7));
      await(() -> proxy.openConnections() == 0);
      sender.join();
    }
  }

  @Test
  void twoDirectionsThatDropDeadStay() throws Exception {
    try (FaultProxy proxy = open(Faults.none().dropDeadAfter(0))) {
      Ends ends = connect(proxy);
      await(() -> proxy.log().size() == 2);
      ends.client().setSoTimeout(50);
      assertThatThrownBy(() -> ends.client().getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(proxy.openConnections()).isEqualTo(1);
    }
  }

  @Test
  void aThrottledDirectionIsNoFasterThanItShouldBe() throws Exception {
    try (FaultProxy proxy = open(Faults.none().throttle(10_000))) {
      Ends ends = connect(proxy);
      long begun = System.nanoTime();
      send(ends.client(), random(2_000), true);
      assertThat(receive(ends.peer())).hasSize(2_000);
      // Nine steps of ten have rested before the last bytes went.
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(170));
    }
  }

  @Test
  void eachConnectionHasItsOwnFaults() throws Exception {
    FaultPlan plan =
        (connection, direction) ->
            direction == Direction.TO_TARGET
                ? Faults.none().halfCloseAfter(connection)
                : Faults.none();
    try (FaultProxy proxy = FaultProxy.open(target(), 1, plan)) {
      for (int i = 0; i < 5; i++) {
        Ends ends = connect(proxy);
        send(ends.client(), random(100), true);
        assertThat(receive(ends.peer())).hasSize(i);
      }
      assertThat(proxy.accepted()).isEqualTo(5);
      assertThat(proxy.log()).extracting(Fault::connection).containsExactly(0, 1, 2, 3, 4);
    }
  }

  // ---- what goes wrong

  @Test
  void whereThereIsNoTargetTheClientIsReset() throws Exception {
    server.close();
    try (FaultProxy proxy = open(Faults.none())) {
      Socket client = connectOnly(proxy);
      assertThat(receiveUntilReset(client)).isEmpty();
      assertThat(proxy.log())
          .containsExactly(new Fault(Kind.UNREACHABLE, 0, Direction.TO_TARGET, 0, 0));
    }
  }

  @Test
  void aPlanThatThrowsIsReportedByTheClose() throws Exception {
    FaultProxy proxy =
        FaultProxy.open(
            target(),
            1,
            (connection, direction) -> {
              throw new IllegalStateException("no plan");
            });
    assertThat(receiveUntilReset(connectOnly(proxy))).isEmpty();
    assertThatThrownBy(proxy::close).isInstanceOf(IOException.class).hasRootCauseMessage("no plan");
    proxy.close();
  }

  @Test
  void theLogIsBounded() throws Exception {
    int bytes = ProxyDirection.MOST_NOTED + 500;
    Faults each = Faults.none().corruptAt(LongStream.range(0, bytes).toArray());
    try (FaultProxy proxy = FaultProxy.open(target(), 1, each, Faults.none())) {
      Ends ends = connect(proxy);
      send(ends.client(), random(bytes), true);
      assertThat(receive(ends.peer())).hasSize(bytes);
      assertThat(proxy.log()).hasSize(ProxyDirection.MOST_NOTED);
      assertThat(proxy.notLogged()).isEqualTo(500);
    }
  }

  @Test
  void badTargetsAreRefused() {
    assertThatThrownBy(
            () ->
                FaultProxy.open(
                    InetSocketAddress.createUnresolved("nowhere.invalid", 1), 1, Faults.none()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("target must be resolved, was ");
  }

  // ---- the end

  @Test
  void aCloseEndsAllThatWaitsAndLeavesNoThread() throws Exception {
    Faults slow = Faults.none().delay(1, Duration.ofDays(1));
    FaultProxy proxy = FaultProxy.open(target(), 1, slow, Faults.none().dropDeadAfter(0));
    String name = "fault-proxy-" + proxy.address().getPort() + "-";
    Ends waiting = connect(proxy); // both pass nothing on
    waiting.client().getOutputStream().write(random(1_000));
    Ends idle = connect(proxy);
    await(() -> threads(name) >= 3);
    proxy.close();
    assertThat(threads(name)).isZero();
    assertThat(proxy.openConnections()).isZero();
    for (Socket socket : List.of(waiting.client(), waiting.peer(), idle.client(), idle.peer())) {
      assertEnded(socket);
    }
    assertThatThrownBy(() -> connectOnly(proxy)).isInstanceOf(IOException.class);
    proxy.close();
    assertThat(proxy.toString()).contains("seed 1", "2 connections", "closed");
  }

  /** An end or a reset, but nothing that stays. */
  private static void assertEnded(Socket socket) {
    try {
      assertThat(receive(socket)).hasSizeLessThan(10); // those before the first that waits
    } catch (IOException reset) {
      assertThat(reset).isInstanceOf(SocketException.class);
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .count();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(limit);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
