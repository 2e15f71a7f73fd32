package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** Polls by hand, and sleeps in a selector of its own where a future waits. */
final class Crank implements AutoCloseable {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  final NioDriver driver = new NioDriver();
  final PollHarness harness = PollHarness.create().offer(NioDriver.class, driver);

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @CanIgnoreReturnValue
  <T> Poll<T> poll(Future<T> future) throws Exception {
    return harness.poll(future);
  }

  @CanIgnoreReturnValue
  <T> Next<T> pollNext(AsyncIterator<T> iterator) throws Exception {
    return harness.pollNext(iterator);
  }

  /** Polls {@code future} whenever it is woken, to its end. */
  @CanIgnoreReturnValue
  <T> T complete(Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = harness.poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      awaitWake();
    }
  }

  /** Polls {@code future}, which has to wait, and waits until it is woken. */
  void pend(Future<?> future) throws Exception {
    while (harness.poll(future).isPending()) {
      if (!harness.woken()) {
        return;
      }
    }
    throw new AssertionError("it is not pending");
  }

  /** Sleeps in the selector until the last poll is woken. */
  void awaitWake() {
    long limit = System.nanoTime() + LIMIT_NANOS;
    while (!harness.woken()) {
      driver.park(LOOK_NANOS);
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
    }
  }

  /** Looks at the selector, and does not sleep. */
  void look() {
    driver.park(0);
  }

  /** A connection with a blocking peer. */
  Pair pair() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      TcpStream stream =
          complete(TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress()));
      return new Pair(stream, server.accept());
    }
  }

  /** One end of ours, and a blocking one. */
  record Pair(TcpStream stream, Socket peer) implements AutoCloseable {

    void send(String text) throws IOException {
      peer.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** Has the peer reset the connection. */
    void resetByPeer() throws IOException {
      peer.setSoLinger(true, 0);
      peer.close();
    }

    @Override
    public void close() throws IOException {
      stream.close();
      peer.close();
    }
  }

  @Override
  public void close() {
    driver.close();
  }
}
