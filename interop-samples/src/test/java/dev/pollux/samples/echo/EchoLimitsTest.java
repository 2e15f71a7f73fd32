package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.io.limit.Refusal;
import dev.pollux.io.process.GracefulShutdown;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the servers on a runtime do not put up with. */
@Timeout(120)
class EchoLimitsTest {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final EchoLimits NONE =
      new EchoLimits(
          100_000,
          0,
          Duration.ZERO,
          Duration.ZERO,
          0,
          Duration.ofSeconds(1),
          Duration.ZERO,
          1 << 16,
          0);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> peers = new ArrayList<>();
  private final GracefulShutdown shutdown = EchoServer.shutdown().withoutSignals().build();
  private EchoServer server;
  private Future<?> run;

  @AfterEach
  void end() throws Exception {
    stop();
    threads.shutdownNow();
  }

  private void start(ServerKind kind, EchoLimits limits) throws IOException {
    server =
        new ServerOptions(kind, 0)
            .withLimits(limits)
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shutdown);
    run =
        threads.submit(
            () -> {
              server.run();
              return null;
            });
  }

  /** Ends all, and says what was counted. */
  private EchoCounts stop() throws Exception {
    for (Socket peer : peers) {
      peer.close();
    }
    shutdown.stop();
    run.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    server.close();
    return server.counts();
  }

  private Socket connect() throws IOException {
    Socket peer = new Socket();
    peers.add(peer);
    peer.setReceiveBufferSize(4096);
    peer.setSoTimeout(PATIENCE_MILLIS);
    peer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    return peer;
  }

  private static void exchange(Socket peer, int count) throws IOException {
    byte[] bytes = new byte[count];
    peer.getOutputStream().write(bytes);
    assertThat(peer.getInputStream().readNBytes(count)).isEqualTo(bytes);
  }

  private static void assertReset(Socket peer) {
    assertThatThrownBy(() -> peer.getInputStream().transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(SocketException.class);
  }

  private void assertRefused(Refusal refusal) throws Exception {
    EchoCounts counts = stop();
    assertThat(counts.of(refusal)).isEqualTo(1);
    assertThat(counts.refused()).isEqualTo(1);
    assertThat(counts.failed()).isZero();
    assertThat(counts.toTable()).contains(System.lineSeparator() + "  " + refusal);
    assertThat(EchoCounts.fromJson(counts.toJson())).isEqualTo(counts);
  }

  private static EchoLimits limits(Duration idle, Duration stall, Duration lifetime) {
    return new EchoLimits(10, 0, idle, stall, 0, Duration.ofSeconds(1), lifetime, 1 << 16, 4096);
  }

  @ParameterizedTest
  @EnumSource(names = {"MULTI_THREAD", "CURRENT_THREAD"})
  void whoIsSilentIsReset(ServerKind kind) throws Exception {
    start(kind, limits(SHORT, Duration.ZERO, Duration.ZERO));
    Socket peer = connect();
    // On a busy machine it may be silent too long before, or between.
    assertThatThrownBy(
            () -> {
              exchange(peer, 10);
              peer.getInputStream().transferTo(OutputStream.nullOutputStream());
            })
        .isInstanceOf(SocketException.class);
    assertRefused(Refusal.IDLE);
  }

  @ParameterizedTest
  @EnumSource(names = {"MULTI_THREAD", "CURRENT_THREAD"})
  void whoTakesNothingIsReset(ServerKind kind) throws Exception {
    start(kind, limits(Duration.ZERO, SHORT, Duration.ZERO));
    Socket peer = connect();
    byte[] many = new byte[64 << 10];
    assertThatThrownBy(
            () -> {
              while (true) {
                peer.getOutputStream().write(many);
              }
            })
        .isInstanceOf(SocketException.class);
    assertRefused(Refusal.STALLED);
  }

  @Test
  void whoStaysTooLongIsReset() throws Exception {
    start(ServerKind.CURRENT_THREAD, limits(Duration.ZERO, Duration.ZERO, SHORT));
    Socket peer = connect();
    assertThatThrownBy(
            () -> {
              while (true) {
                exchange(peer, 1);
              }
            })
        .isInstanceOfAny(SocketException.class, AssertionError.class);
    assertRefused(Refusal.LIFETIME);
  }

  @Test
  void whoComesWhenItIsFullIsServedWhenAnotherGoes() throws Exception {
    start(
        ServerKind.CURRENT_THREAD,
        new EchoLimits(
            1,
            0,
            Duration.ZERO,
            Duration.ZERO,
            0,
            Duration.ofSeconds(1),
            Duration.ZERO,
            1 << 16,
            0));
    Socket first = connect();
    exchange(first, 10);
    Socket second = connect();
    second.getOutputStream().write(new byte[5]);
    first.close();
    assertThat(second.getInputStream().readNBytes(5)).hasSize(5);
    second.close();
    EchoCounts counts = stop();
    assertThat(counts.accepted()).isEqualTo(2);
    assertThat(counts.of(Refusal.FULL)).isPositive();
    assertThat(counts.refused()).isZero();
  }

  @Test
  void moreOfOneAddressThanMayBeAreReset() throws Exception {
    start(
        ServerKind.MULTI_THREAD,
        new EchoLimits(
            10,
            1,
            Duration.ZERO,
            Duration.ZERO,
            0,
            Duration.ofSeconds(1),
            Duration.ZERO,
            1 << 16,
            0));
    Socket first = connect();
    exchange(first, 10);
    assertReset(connect());
    exchange(first, 10);
    EchoCounts counts = stop();
    assertThat(counts.accepted()).isEqualTo(1);
    assertThat(counts.of(Refusal.PEER)).isEqualTo(1);
  }

  @Test
  void withoutLimitsNobodyIsRefused() throws Exception {
    start(ServerKind.CURRENT_THREAD, NONE);
    exchange(connect(), 10);
    assertThat(stop().refusals().values()).containsOnly(0L);
  }

  /** A thousand that mean harm are thrown out again and again; who is polite notices nothing. */
  @ParameterizedTest
  @EnumSource(names = {"MULTI_THREAD", "CURRENT_THREAD"})
  void politeClientsAreServedBesideAThousandThatMeanHarm(ServerKind kind) throws Exception {
    int hostile = 1_000;
    assumeTrue(
        new ProcessFacts(ProcessHandle.current()).mostDescriptors().orElse(0) > 4L * hostile,
        "a process may have too few descriptors open");
    EchoLimits limits =
        new EchoLimits(
            hostile + 100,
            0,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            5,
            Duration.ofSeconds(1),
            Duration.ZERO,
            16 << 10,
            16 << 10);
    start(kind, limits);
    long usedBefore = usedBytes();
    AtomicBoolean enough = new AtomicBoolean();
    List<Future<Long>> polite = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Socket peer = connect();
      polite.add(
          threads.submit(
              () -> {
                long exchanges = 0;
                do {
                  exchange(peer, 1000);
                  exchanges++;
                } while (!enough.get());
                return exchanges;
              }));
    }
    long used;
    try (HostileClients clients =
        new HostileClients(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), hostile, 1)) {
      assertThat(clients.awaitConnected(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS))).isTrue();
      while (server.counts().of(Refusal.IDLE) < 50
          || server.counts().of(Refusal.STALLED) < 50
          || server.counts().of(Refusal.TRICKLE) < 50) {
        assertThat(polite).noneMatch(Future::isDone);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      used = usedBytes();
      enough.set(true);
      for (Future<Long> each : polite) {
        assertThat(each.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isPositive();
      }
      assertThat(clients.thrownOut()).isGreaterThanOrEqualTo(100);
    }
    assertThat(used - usedBefore).as("bytes for them").isLessThan((hostile * 64L) << 10);
    EchoCounts counts = stop();
    assertThat(counts.refused())
        .isEqualTo(
            counts.of(Refusal.IDLE) + counts.of(Refusal.STALLED) + counts.of(Refusal.TRICKLE));
    assertThat(counts.accepted())
        .isEqualTo(
            counts.closed()
                + counts.failed()
                + counts.refused()
                + counts.drained()
                + counts.cutOff());
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
