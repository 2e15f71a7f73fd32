package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.io.driver.Registration;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a listener does while the system has no descriptor for a connection. */
final class AcceptBackoffTest {

  private final Crank crank = new Crank();
  private final PollHarness harness = crank.harness;
  private Failing listener;
  private Socket peer;

  /** Fails so many times, and is a listener. */
  private static final class Failing extends SocketListener<TcpStream> {
    int failuresLeft;
    int tries;
    boolean refusesConnections;
    boolean closesFirst;

    Failing(ServerSocketChannel channel) {
      super(channel);
    }

    @Override
    SocketChannel tryAccept() throws IOException {
      tries++;
      if (closesFirst) {
        close();
      }
      if (failuresLeft > 0) {
        failuresLeft--;
        throw new IOException("Too many open files");
      }
      return super.tryAccept();
    }

    @Override
    TcpStream connection(SocketChannel channel, Registration registration) throws IOException {
      if (refusesConnections) {
        refusesConnections = false;
        throw new IOException("gone already");
      }
      return new TcpStream(channel, registration);
    }

    @Override
    public String toString() {
      return "failing listener";
    }
  }

  @BeforeEach
  void listen() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.configureBlocking(false);
    channel.bind(Crank.anyPort());
    listener = new Failing(channel);
    peer = new Socket(channel.socket().getInetAddress(), channel.socket().getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    listener.close();
    crank.close();
  }

  /** Accepts the peer after a failure. */
  Future<Void> afterOneFailure() {
    listener.failuresLeft = 1;
    return listener
        .accept()
        .map(
            stream -> {
              try {
                stream.close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return null;
            });
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void itRestsTwiceAsLongEachTimeUpToASecond() throws Exception {
    listener.failuresLeft = 11;
    Future<TcpStream> accept = listener.accept();
    for (long rest : List.of(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L, 1000L)) {
      assertThat(crank.poll(accept).isPending()).isTrue();
      int tries = listener.tries;
      assertThat(Description.of(accept)).asString().contains("rest after a failure", "sleep");
      harness.clock().advance(millis(rest).minusNanos(1));
      assertThat(harness.woken()).as("after less than %s ms", rest).isFalse();
      assertThat(crank.poll(accept).isPending()).isTrue();
      assertThat(listener.tries).isEqualTo(tries);
      harness.clock().advance(Duration.ofNanos(1));
      assertThat(harness.woken()).as("after %s ms", rest).isTrue();
    }
    crank.complete(accept).close();
    assertThat(listener.acceptFailures()).isEqualTo(11);
    assertThat(listener.accepted()).isEqualTo(1);
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void aConnectionMakesTheNextRestShort() throws Exception {
    listener.failuresLeft = 3;
    Future<TcpStream> accept = listener.accept();
    crank.poll(accept);
    harness.clock().advance(millis(5));
    crank.poll(accept);
    harness.clock().advance(millis(10));
    crank.poll(accept);
    harness.clock().advance(millis(20));
    crank.complete(accept).close();
    listener.failuresLeft = 1;
    Future<TcpStream> next = listener.accept();
    crank.poll(next);
    harness.clock().advance(millis(5));
    assertThat(harness.woken()).isTrue();
    next.cancel();
  }

  @Test
  void itIsReportedOnceAMinute() throws Exception {
    listener.failuresLeft = Integer.MAX_VALUE;
    Future<TcpStream> accept = listener.accept();
    crank.poll(accept);
    assertThat(harness.uncaught())
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessage("Too many open files"));
    int reports = 1;
    for (int second = 1; second <= 180; second++) {
      harness.clock().advance(Duration.ofSeconds(1));
      crank.poll(accept);
      reports = Math.max(reports, harness.uncaught().size());
    }
    assertThat(reports).isEqualTo(4);
    assertThat(listener.acceptFailures()).isGreaterThan(100);
    accept.cancel();
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void whoComesDuringARestRestsAsLongAsTheOthers() throws Exception {
    listener.failuresLeft = 3;
    PollHarness second = PollHarness.with(harness.clock()).offer(NioDriver.class, crank.driver);
    Future<TcpStream> first = listener.accept();
    Future<TcpStream> other = listener.accept();
    crank.poll(first);
    harness.clock().advance(millis(3));
    assertThat(second.poll(other).isPending()).isTrue();
    harness.clock().advance(millis(2));
    assertThat(harness.woken()).isTrue();
    assertThat(second.woken()).isTrue();
    crank.poll(first); // the second failure in a row: 10 ms
    harness.clock().advance(millis(10).minusNanos(1));
    assertThat(harness.woken()).isFalse();
    harness.clock().advance(Duration.ofNanos(1));
    assertThat(harness.woken()).isTrue();
    first.cancel();
    crank.complete(other).close();
  }

  @Test
  void aCloseEndsTheRest() throws Exception {
    listener.failuresLeft = 1;
    Future<TcpStream> accept = listener.accept();
    crank.poll(accept);
    listener.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> crank.poll(accept)).isInstanceOf(ClosedChannelException.class);
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void aCloseInTheMidstOfAnAcceptIsNoFailure() throws Exception {
    listener.closesFirst = true;
    Future<TcpStream> accept = listener.accept();
    assertThatThrownBy(() -> crank.poll(accept)).isInstanceOf(ClosedChannelException.class);
    assertThat(listener.acceptFailures()).isZero();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aCloseEndsTheRestOfTheIncoming() throws Exception {
    listener.failuresLeft = 1;
    var incoming = listener.incoming();
    assertThat(crank.pollNext(incoming).isPending()).isTrue();
    listener.close();
    assertThat(harness.woken()).isTrue();
    assertThat(crank.pollNext(incoming).isEnd()).isTrue();
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void aConnectionThatIsOfNoUseIsClosedAndTheNextAccepted() throws Exception {
    listener.refusesConnections = true;
    Future<TcpStream> accept = listener.accept();
    crank.pend(accept);
    assertThat(peer.getInputStream().read()).isEqualTo(-1);
    try (Socket second = new Socket(peer.getInetAddress(), peer.getPort())) {
      crank.awaitWake();
      crank.complete(accept).close();
      assertThat(second.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(listener.accepted()).isEqualTo(1);
    assertThat(listener.acceptFailures()).isZero();
  }
}
