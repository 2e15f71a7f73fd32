package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.pollux.io.process.GracefulShutdown;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The servers, with plain sockets as peers. */
@Timeout(60)
class EchoServerTest {

  private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;
  private static final int PATIENCE_MILLIS = 30_000;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> peers = new ArrayList<>();
  private final GracefulShutdown shutdown = EchoServer.shutdown().withoutSignals().build();
  private EchoServer server;
  private Future<?> run;

  static Stream<ServerOptions> kinds() {
    return Stream.of(
            new ServerOptions(ServerKind.MULTI_THREAD, 0),
            new ServerOptions(ServerKind.MULTI_THREAD, 1),
            new ServerOptions(ServerKind.MULTI_THREAD, 8),
            new ServerOptions(ServerKind.CURRENT_THREAD, 0),
            new ServerOptions(ServerKind.THREADS, 0),
            new ServerOptions(ServerKind.VIRTUAL_THREADS, 0))
        .filter(kind -> HAS_VIRTUAL_THREADS || kind.kind() != ServerKind.VIRTUAL_THREADS);
  }

  static Stream<ServerOptions> runtimes() {
    return kinds().filter(kind -> !isOfThreads(kind));
  }

  private static boolean isOfThreads(ServerOptions kind) {
    return kind.kind() == ServerKind.THREADS || kind.kind() == ServerKind.VIRTUAL_THREADS;
  }

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

  private void start(ServerOptions kind) throws IOException {
    server = kind.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shutdown);
    run =
        threads.submit(
            () -> {
              server.run();
              return null;
            });
  }

  private Socket connect() throws IOException {
    Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port());
    peer.setSoTimeout(PATIENCE_MILLIS);
    peers.add(peer);
    return peer;
  }

  private EchoCounts stop() throws Exception {
    shutdown.stop();
    run.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    server.close();
    return server.counts();
  }

  private static void exchange(Socket peer, int count) throws IOException {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    peer.getOutputStream().write(bytes);
    assertThat(peer.getInputStream().readNBytes(count)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatComesIsSentBack(ServerOptions kind) throws Exception {
    start(kind);
    for (int count : new int[] {1, 64, 5000}) {
      exchange(connect(), count);
    }
    for (Socket peer : peers) {
      exchange(peer, 3);
      peer.shutdownOutput();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(stop()).isEqualTo(new EchoCounts(3, 3, 0, 0, 0, 1 + 64 + 5000 + 9, 0));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aSlowReaderGetsEverything(ServerOptions kind) throws Exception {
    start(kind);
    Socket peer = connect();
    byte[] bytes = new byte[20_000_000];
    new Random(1).nextBytes(bytes);
    Callable<Void> writer =
        () -> {
          OutputStream out = peer.getOutputStream();
          out.write(bytes);
          peer.shutdownOutput();
          return null;
        };
    Future<Void> written = threads.submit(writer);
    InputStream in = peer.getInputStream();
    assertThat(in.readNBytes(1000)).isEqualTo(Arrays.copyOf(bytes, 1000));
    byte[] rest = in.readAllBytes(); // to the end, which comes after all of it
    assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 1000, bytes.length));
    written.get();
    assertThat(stop().echoedBytes()).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aResetIsCountedAndNobodyElseIsTouched(ServerOptions kind) throws Exception {
    start(kind);
    Socket reset = connect();
    Socket other = connect();
    exchange(reset, 10);
    exchange(other, 10);
    reset.setSoLinger(true, 0);
    reset.close();
    exchange(other, 10);
    while (server.counts().failed() == 0) {
      exchange(other, 1);
    }
    other.close();
    EchoCounts counts = stop();
    assertThat(counts.accepted()).isEqualTo(2);
    assertThat(counts.failed()).isEqualTo(1);
    assertThat(counts.closed() + counts.drained()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aStopEndsConnectionsThatAreIdle(ServerOptions kind) throws Exception {
    start(kind);
    Socket idle = connect();
    exchange(idle, 10);
    CompletableFuture<EchoCounts> stopped =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return stop();
              } catch (Exception failure) {
                throw new AssertionError(failure);
              }
            },
            threads);
    assertThat(idle.getInputStream().read()).isEqualTo(-1);
    idle.close();
    assertThat(stopped.get()).isEqualTo(new EchoCounts(1, 0, 0, 1, 0, 10, 0));
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void whatComesTooLateIsCountedAndWhoDoesNotEndIsCutOff(ServerOptions kind) throws Exception {
    start(kind);
    Socket late = connect();
    Socket stubborn = connect();
    exchange(late, 10);
    exchange(stubborn, 10);
    shutdown.stop();
    assertThat(late.getInputStream().read()).isEqualTo(-1);
    late.getOutputStream().write(new byte[7]);
    late.close();
    assertThat(stubborn.getInputStream().read()).isEqualTo(-1);
    assertThat(stop()).isEqualTo(new EchoCounts(2, 0, 0, 1, 1, 20, 7));
  }

  @Test
  void withoutVirtualThreadsTheyAreRefused() {
    assumeFalse(HAS_VIRTUAL_THREADS);
    assertThatThrownBy(() -> start(new ServerOptions(ServerKind.VIRTUAL_THREADS, 0)))
        .isInstanceOf(NoVirtualThreadsException.class)
        .hasMessage("virtual threads need JDK 21 or newer, this is 17");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anAddressThatIsInUseIsRefused(ServerOptions kind) throws Exception {
    start(new ServerOptions(ServerKind.CURRENT_THREAD, 0));
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    assertThatThrownBy(() -> kind.listen(taken, shutdown)).isInstanceOf(IOException.class);
  }

  @Test
  void countsAreReadBackFromJson() {
    EchoCounts counts = new EchoCounts(1, 2, 3, 4, 5, 6, 7);
    assertThat(EchoCounts.fromJson(counts.toJson())).isEqualTo(counts);
    assertThat(counts.toTable()).contains("bytes sent back").contains("  6");
  }
}
