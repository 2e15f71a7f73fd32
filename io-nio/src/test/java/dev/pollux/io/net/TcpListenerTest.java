package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Taking connections in. */
final class TcpListenerTest {

  private final Crank crank = new Crank();
  private final List<Socket> peers = new ArrayList<>();
  private final List<Closeable> open = new ArrayList<>();
  private TcpListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = TcpListener.bind(Crank.anyPort());
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    peers.forEach(TcpListenerTest::closeIt);
    open.forEach(TcpListenerTest::closeIt);
    crank.close();
  }

  @CanIgnoreReturnValue
  private Socket peer() throws IOException {
    return peer(listener);
  }

  @CanIgnoreReturnValue
  private Socket peer(TcpListener at) throws IOException {
    Socket peer = new Socket(at.localAddress().getAddress(), at.localAddress().getPort());
    peers.add(peer);
    return peer;
  }

  @Test
  void aConnectionIsAccepted() throws Exception {
    Future<TcpStream> accept = listener.accept();
    crank.pend(accept);
    assertThat(Description.of(accept)).asString().contains("accept", listener.toString());
    Socket peer = peer();
    crank.awaitWake();
    try (TcpStream stream = crank.complete(accept)) {
      assertThat(stream.remoteAddress()).isEqualTo(peer.getLocalSocketAddress());
      assertThat(stream.option(StandardSocketOptions.TCP_NODELAY)).isTrue();
      assertThat(Description.of(accept)).asString().contains("over");
    }
    assertThat(listener.accepted()).isEqualTo(1);
    assertThat(listener.acceptFailures()).isZero();
  }

  @Test
  @SuppressWarnings("try") // closed early
  void optionsAreKept() throws Exception {
    TcpListenerBuilder builder =
        TcpListener.builder()
            .backlog(7)
            .noDelay(false)
            .reuseAddress(true)
            .reusePort(true)
            .option(StandardSocketOptions.SO_RCVBUF, 1 << 16);
    assertThat(builder).asString().contains("backlog=7", "noDelay=false", "SO_REUSEPORT");
    try (TcpListener first = builder.bind(Crank.anyPort());
        TcpListener second = builder.bind(first.localAddress())) {
      assertThat(second.localAddress()).isEqualTo(first.localAddress());
      first.close();
      peer(second);
      try (TcpStream stream = crank.complete(second.accept())) {
        assertThat(stream.option(StandardSocketOptions.TCP_NODELAY)).isFalse();
      }
    }
  }

  @Test
  void badArgumentsAreRefused() {
    TcpListenerBuilder builder = TcpListener.builder();
    assertThatThrownBy(() -> builder.backlog(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 0");
    assertThatThrownBy(() -> TcpListener.bind(InetSocketAddress.createUnresolved("here", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("here");
    assertThatThrownBy(() -> TcpListener.bind(listener.localAddress()))
        .isInstanceOf(BindException.class)
        .hasMessageContaining(listener.localAddress().toString());
    assertThatThrownBy(
            () ->
                TcpListener.builder()
                    .option(StandardSocketOptions.TCP_NODELAY, true)
                    .bind(Crank.anyPort()))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aCloseFailsWhoWaitsAndEndsTheIncoming() throws Exception {
    PollHarness other = PollHarness.create().offer(NioDriver.class, crank.driver);
    Future<TcpStream> accept = listener.accept();
    var incoming = listener.incoming();
    crank.pend(accept);
    assertThat(other.pollNext(incoming).isPending()).isTrue();
    assertThat(incoming.knownEnded()).isFalse();
    Elsewhere.run(
            () -> {
              listener.close();
              listener.close();
              return null;
            })
        .result();
    assertThat(crank.harness.woken()).isTrue();
    assertThat(other.woken()).isTrue();
    assertThatThrownBy(() -> crank.poll(accept)).isInstanceOf(ClosedChannelException.class);
    assertThat(incoming.knownEnded()).isTrue();
    assertThat(other.pollNext(incoming).isEnd()).isTrue();
    assertThat(listener.isOpen()).isFalse();
    assertThat(listener).asString().contains("closed");
    assertThatThrownBy(() -> crank.complete(listener.accept()))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> crank.poll(cx -> Poll.ready(String.valueOf(listener.pollAccept(cx)))))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whoPollsByHandGetsOneToo() throws Exception {
    Future<TcpStream> byHand =
        cx -> {
          TcpStream stream = listener.pollAccept(cx);
          return stream == null ? Poll.pending() : Poll.ready(stream);
        };
    crank.pend(byHand);
    peer();
    crank.awaitWake();
    crank.complete(byHand).close();
  }

  @Test
  void whoIsCancelledTakesNothingAway() throws Exception {
    Future<TcpStream> first = listener.accept();
    Future<TcpStream> second = listener.accept();
    crank.pend(first);
    crank.pend(second);
    peer();
    crank.awaitWake();
    first.cancel();
    crank.complete(second).close();
    assertThat(listener.accepted()).isEqualTo(1);
  }

  @Test
  void theIncomingMayBeCancelledAndAskedForAgain() throws Exception {
    var first = listener.incoming();
    peer();
    peer();
    Next<TcpStream> next = crank.pollNext(first);
    while (next.isPending()) {
      crank.awaitWake();
      next = crank.pollNext(first);
    }
    next.value().close();
    first.cancel();
    assertThat(listener.isOpen()).isTrue();
    crank.complete(listener.incoming().next()).orElseThrow().close();
    assertThat(listener.accepted()).isEqualTo(2);
  }

  @Test
  void aPeerThatHasGoneAlreadyIsAcceptedOrLeftOut() throws Exception {
    Socket gone = peer();
    gone.setSoLinger(true, 0);
    gone.close();
    Socket peer = peer();
    boolean found = false;
    while (!found) {
      try (TcpStream stream = crank.complete(listener.accept())) {
        found = stream.remoteAddress().equals(peer.getLocalSocketAddress());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void anAcceptedConnectionThatNobodyTakesIsClosed(Runtimes kind) throws Exception {
    CompletableFuture<Object> discarded = new CompletableFuture<>();
    try (PolluxRuntime runtime =
        kind.open(PolluxRuntime.builder().onDiscard(discarded::complete))) {
      JoinHandle<TcpStream> task = runtime.spawn(listener.accept());
      Socket peer = peer();
      runtime.blockOn(
          Futures.pollFn(
              cx -> {
                if (listener.accepted() == 0) {
                  cx.wakeSelf();
                  return Poll.pending();
                }
                return Poll.done();
              }));
      task.cancel();
      runtime.blockOn(Futures.yieldNow());
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      assertThat(discarded).isNotDone(); // it was closed, not shown
    }
  }

  @ParameterizedTest
  @EnumSource(Runtimes.class)
  void severalAcceptAtOnce(Runtimes kind) throws Exception {
    int acceptors = 4;
    int connections = 200;
    try (PolluxRuntime runtime = kind.open()) {
      List<JoinHandle<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < acceptors; i++) {
        tasks.add(
            runtime.spawn(
                listener
                    .incoming()
                    .concurrent(connections)
                    .mapUnordered(TcpListenerTest::greet)
                    .fold(0L, (sum, one) -> sum + 1)));
      }
      Elsewhere<Void> clients =
          Elsewhere.run(
              () -> {
                for (int i = 0; i < connections; i++) {
                  try (Socket peer =
                      new Socket(
                          listener.localAddress().getAddress(),
                          listener.localAddress().getPort())) {
                    assertThat(peer.getInputStream().read()).isEqualTo('!');
                    assertThat(peer.getInputStream().read()).isEqualTo(-1);
                  }
                }
                listener.close();
                return null;
              });
      long served = 0;
      for (JoinHandle<Long> task : tasks) {
        served += runtime.blockOn(task);
      }
      clients.result();
      assertThat(served).isEqualTo(connections);
      assertThat(listener.accepted()).isEqualTo(connections);
    }
  }

  /** Writes one byte, and closes. */
  private static Future<Boolean> greet(TcpStream stream) {
    return stream
        .writeAll(ByteBuffer.wrap(new byte[] {'!'}))
        .map(
            done -> {
              closeIt(stream);
              return true;
            });
  }

  // ---- the contract

  /** A listener for one subject, which lives as long as the test. */
  private TcpListener fresh(ConformanceKit kit, int connections, boolean closes) {
    try {
      TcpListener fresh = TcpListener.bind(Crank.anyPort());
      open.add(fresh);
      NioDriver driver = Selecting.in(kit, 0);
      open.add(driver::close); // with what was closed and not looked at
      for (int i = 0; i < connections; i++) {
        kit.event(
            "a peer comes",
            () -> {
              connectTo(fresh);
              driver.park(TimeUnit.SECONDS.toNanos(1));
            });
      }
      if (closes) {
        kit.event("the listener is closed", () -> closeIt(fresh));
      }
      return fresh;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> acceptingConforms() {
    List<LawCheck> checks = new ArrayList<>();
    checks.addAll(
        FutureConformance.of("accept", kit -> fresh(kit, 1, false).accept())
            .expectValue("be open", stream -> open.add(stream) && stream.isOpen())
            .checks());
    checks.addAll(
        FutureConformance.of("accept, closed", kit -> fresh(kit, 0, true).accept())
            .expectFailure(ClosedChannelException.class)
            .checks());
    checks.addAll(
        AsyncIteratorConformance.of(
                "incoming",
                kit ->
                    fresh(kit, 3, true)
                        .incoming()
                        .map(
                            stream -> {
                              closeIt(stream);
                              return "accepted";
                            }))
            .expectElements("accepted", "accepted", "accepted")
            .checks());
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private void connectTo(TcpListener listener) {
    try {
      peer(listener);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void closeIt(Closeable listener) {
    try {
      listener.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
