package dev.pollux.io.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncRead;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection, polled by hand, with a blocking peer. */
@SuppressWarnings("AddressSelection") // they are numbers, not names
final class TcpStreamTest {

  private final Crank crank = new Crank();
  private Crank.Pair pair;
  private TcpStream stream;

  @BeforeEach
  void connect() throws Exception {
    pair = crank.pair();
    stream = pair.stream();
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
    crank.close();
  }

  private static String text(ByteBuffer buffer) {
    ByteBuffer read = buffer.duplicate().flip();
    return US_ASCII.decode(read).toString();
  }

  private static Future<Integer> read(TcpStream stream, ByteBuffer dst) {
    return stream.read(dst);
  }

  /** Polls to the end of it, once it has come as far as waiting. */
  private <T> Throwable failureOf(Future<T> future) {
    try {
      T value = crank.complete(future);
      throw new AssertionError("it gave " + value);
    } catch (Exception failure) {
      return failure;
    }
  }

  // ---- reading

  @Test
  void whatComesIsReadAndThenTheEndForEver() throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(16);
    Future<Integer> first = read(stream, dst);
    crank.pend(first);
    pair.send("hello");
    crank.awaitWake();
    assertThat(crank.complete(first)).isEqualTo(5);
    assertThat(text(dst)).isEqualTo("hello");
    pair.peer().shutdownOutput();
    for (int i = 0; i < 3; i++) {
      assertThat(crank.complete(read(stream, dst))).isEqualTo(AsyncRead.EOF);
    }
    assertThat(text(dst)).isEqualTo("hello");
  }

  @Test
  void noRoomAndNoBytesAreRefused() {
    ByteBuffer none = ByteBuffer.allocate(0);
    assertThatThrownBy(() -> poll(cx -> stream.pollRead(cx, none)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dst");
    assertThatThrownBy(() -> poll(cx -> stream.pollWrite(cx, none)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("src");
    ByteBuffer[] nones = {none, none};
    assertThatThrownBy(() -> poll(cx -> stream.pollWrite(cx, nones, 0, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all of the 2");
    assertThatThrownBy(() -> poll(cx -> stream.pollWrite(cx, nones, 1, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** What one poll answers. */
  private long poll(Polling polling) throws Exception {
    return crank.harness.poll(cx -> Poll.ready(polling.poll(cx))).value();
  }

  private interface Polling {
    long poll(dev.pollux.core.Context cx) throws IOException;
  }

  @Test
  void ofAGreatHeapBufferAPartIsUsedAtOnce() throws Exception {
    int size = 4 * SocketStream.MOST_HEAP_BYTES;
    stream.setOption(StandardSocketOptions.SO_SNDBUF, 2 * size);
    Elsewhere<Integer> peer = Elsewhere.run(() -> drain(pair.peer()));
    ByteBuffer src = ByteBuffer.allocate(size);
    while (src.hasRemaining()) {
      long count = poll(cx -> stream.pollWrite(cx, src));
      if (count == AsyncRead.NOT_READY) {
        crank.awaitWake();
      } else {
        assertThat(count).isBetween(1L, (long) SocketStream.MOST_HEAP_BYTES);
      }
      assertThat(src.limit()).isEqualTo(size);
    }
    stream.channel.shutdownOutput();
    assertThat(peer.result()).isEqualTo(size);

    Elsewhere<Void> sender =
        Elsewhere.run(
            () -> {
              pair.peer().getOutputStream().write(new byte[size]);
              pair.peer().shutdownOutput();
              return null;
            });
    ByteBuffer dst = ByteBuffer.allocate(size + 1);
    long count;
    while ((count = poll(cx -> stream.pollRead(cx, dst))) != AsyncRead.EOF) {
      if (count == AsyncRead.NOT_READY) {
        crank.awaitWake();
      } else {
        assertThat(count).isBetween(1L, (long) SocketStream.MOST_HEAP_BYTES);
      }
      assertThat(dst.limit()).isEqualTo(size + 1);
    }
    assertThat(dst.position()).isEqualTo(size);
    sender.result();
  }

  private static int drain(Socket peer) throws IOException {
    byte[] bytes = new byte[1 << 16];
    int total = 0;
    int count;
    while ((count = peer.getInputStream().read(bytes)) >= 0) {
      total += count;
    }
    return total;
  }

  // ---- writing

  @Test
  void whoWritesTooMuchWaitsForThePeer() throws Exception {
    ByteBuffer src = ByteBuffer.allocateDirect(1 << 16);
    long written = 0;
    long count;
    while ((count = poll(cx -> stream.pollWrite(cx, src.clear()))) != AsyncRead.NOT_READY
        || crank.harness.woken()) { // by the budget
      written += Math.max(0, count);
    }
    long expected = written;
    Elsewhere<Boolean> peer =
        Elsewhere.run(
            () -> pair.peer().getInputStream().readNBytes((int) expected).length == expected);
    crank.awaitWake();
    assertThat(poll(cx -> stream.pollWrite(cx, src.clear()))).isPositive();
    assertThat(peer.result()).isTrue();
  }

  @Test
  void severalBuffersAreWrittenInTheirOrder() throws Exception {
    ByteBuffer[] srcs = {
      ascii("never"), ascii("a"), direct("bc"), ascii(""), ascii("def"), ascii("never")
    };
    long count = poll(cx -> stream.pollWrite(cx, srcs, 1, 4));
    assertThat(count).isEqualTo(6);
    assertThat(srcs[0].remaining()).isEqualTo(5);
    assertThat(srcs[5].remaining()).isEqualTo(5);
    assertThat(new String(pair.peer().getInputStream().readNBytes(6), US_ASCII))
        .isEqualTo("abcdef");
  }

  @Test
  void ofSeveralBuffersNoMoreIsCopiedThanOfOne() throws Exception {
    stream.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
    ByteBuffer great = ByteBuffer.allocate(SocketStream.MOST_HEAP_BYTES + 1);
    ByteBuffer[] greatLast = {ascii("a"), direct("b"), great, ascii("c")};
    assertThat(poll(cx -> stream.pollWrite(cx, greatLast, 0, 4))).isEqualTo(2);
    assertThat(great.position()).isZero();
    ByteBuffer[] greatFirst = {ascii(""), great, ascii("c")};
    assertThat(poll(cx -> stream.pollWrite(cx, greatFirst, 0, 3)))
        .isBetween(1L, (long) SocketStream.MOST_HEAP_BYTES);
    assertThat(great.position()).isPositive();
    assertThat(greatFirst[2].position()).isZero();
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static ByteBuffer direct(String text) {
    return ByteBuffer.allocateDirect(text.length()).put(text.getBytes(US_ASCII)).flip();
  }

  @Test
  void afterAShutdownNothingIsWrittenAndStillRead() throws Exception {
    crank.complete(stream.shutdown());
    crank.complete(stream.shutdown());
    assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
    assertThat(failureOf(stream.write(ascii("x")))).isInstanceOf(ClosedChannelException.class);
    pair.send("still");
    ByteBuffer dst = ByteBuffer.allocate(16);
    assertThat(crank.complete(read(stream, dst))).isEqualTo(5);
  }

  // ---- the end

  @Test
  void aCloseFromAnywhereFailsWhoWaits() throws Exception {
    Future<Integer> read = read(stream, ByteBuffer.allocate(1));
    crank.pend(read);
    Elsewhere.run(
            () -> {
              stream.close();
              stream.close();
              return null;
            })
        .result();
    assertThat(crank.harness.woken()).isTrue();
    assertThat(failureOf(read)).isInstanceOf(ClosedChannelException.class);
    assertThat(failureOf(stream.write(ascii("x")))).isInstanceOf(ClosedChannelException.class);
    assertThat(failureOf(stream.flush())).isInstanceOf(ClosedChannelException.class);
    assertThat(failureOf(stream.shutdown())).isInstanceOf(ClosedChannelException.class);
    assertThat(stream.isOpen()).isFalse();
    crank.look();
    assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aCloseFailsAWriterWhoWaits() throws Exception {
    ByteBuffer src = ByteBuffer.allocateDirect(1 << 16);
    while (poll(cx -> stream.pollWrite(cx, src.clear())) != AsyncRead.NOT_READY
        || crank.harness.woken()) {
      // until there is no room
    }
    stream.close();
    assertThat(crank.harness.woken()).isTrue();
    assertThat(failureOf(stream.write(src.clear()))).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void theEndOfTheRuntimeClosesWhatHasWaited() throws Exception {
    Future<Integer> read = read(stream, ByteBuffer.allocate(1));
    crank.pend(read);
    crank.driver.close();
    assertThat(crank.harness.woken()).isTrue();
    assertThat(failureOf(read)).isInstanceOf(ClosedChannelException.class);
    assertThat(stream.channel.isOpen()).isFalse();
    assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aResetIsSeenByThePeer() throws Exception {
    crank.pend(read(stream, ByteBuffer.allocate(1))); // registered, which puts the close off
    stream.reset();
    stream.reset();
    assertThat(stream.isOpen()).isFalse();
    crank.look();
    assertThatThrownBy(() -> pair.peer().getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void aResetByThePeerFailsWhoReads() throws Exception {
    Future<Integer> read = read(stream, ByteBuffer.allocate(1));
    crank.pend(read);
    pair.resetByPeer();
    crank.awaitWake();
    assertThat(failureOf(read)).isInstanceOf(SocketException.class);
    assertThat(failureOf(read(stream, ByteBuffer.allocate(1)))).isInstanceOf(SocketException.class);
    assertThat(stream.isOpen()).isTrue();
  }

  @Test
  void withoutARuntimeItSaysSoAndGoesOnInOne() throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(1);
    assertThatThrownBy(() -> PollHarness.create().poll(read(stream, dst)))
        .isInstanceOf(MissingServiceException.class)
        .hasMessageContaining("I/O driver");
    Future<Integer> read = read(stream, dst);
    crank.pend(read);
    pair.send("x");
    crank.awaitWake();
    assertThat(crank.complete(read)).isEqualTo(1);
  }

  @Test
  void moreBuffersThanTheSystemTakesAtOnceAreNoLackOfRoom() throws Exception {
    ByteBuffer[] srcs = new ByteBuffer[3 * SocketStream.MOST_BUFFERS];
    for (int i = 0; i < srcs.length; i++) {
      srcs[i] = i % 3 == 0 ? ascii("") : direct("a");
    }
    long written = 0;
    while (written < 2 * SocketStream.MOST_BUFFERS) {
      long count = poll(cx -> stream.pollWrite(cx, srcs, 0, srcs.length));
      assertThat(count).isPositive(); // and need not wait
      written += count;
    }
  }

  // ---- peeking

  @Test
  void whatWasPeekedAtIsReadAgain() throws Exception {
    ByteBuffer peeked = ByteBuffer.allocate(4);
    Future<Integer> peek = stream.peek(peeked);
    crank.pend(peek);
    pair.send("abcdef");
    crank.awaitWake();
    assertThat(crank.complete(peek)).isEqualTo(4);
    assertThat(text(peeked)).isEqualTo("abcd");
    assertThat(crank.complete(stream.peek(peeked.clear().limit(2)))).isEqualTo(2);
    assertThat(text(peeked)).isEqualTo("ab");
    ByteBuffer dst = ByteBuffer.allocate(3);
    assertThat(crank.complete(read(stream, dst))).isEqualTo(3);
    assertThat(text(dst)).isEqualTo("abc");
    assertThat(crank.complete(stream.peek(peeked.clear(), 3))).isEqualTo(3);
    assertThat(text(peeked)).isEqualTo("def");
    dst = ByteBuffer.allocate(6);
    assertThat(crank.complete(read(stream, dst))).isEqualTo(3);
    assertThat(text(dst)).isEqualTo("def");
  }

  @Test
  void whoPeeksAgainAndAgainGivesWay() throws Exception {
    ByteBuffer peeked = ByteBuffer.allocate(1);
    pair.send("a");
    assertThat(crank.complete(stream.peek(peeked))).isEqualTo(1);
    int[] peeks = new int[1];
    crank.poll(
        Futures.pollFn(
            cx -> {
              while (stream.peek(peeked.clear()).poll(cx).isReady()) {
                assertThat(++peeks[0]).isLessThan(10_000);
              }
              return Poll.pending();
            }));
    assertThat(peeks[0]).isPositive();
    assertThat(crank.harness.woken()).isTrue();
    assertThat(crank.complete(stream.peek(peeked.clear()))).isEqualTo(1);
  }

  @Test
  void aPeekWaitsForAsMuchAsItWasAskedFor() throws Exception {
    ByteBuffer peeked = ByteBuffer.allocate(8);
    Future<Integer> peek = stream.peek(peeked, 5);
    pair.send("abc");
    crank.pend(peek);
    pair.send("def");
    crank.awaitWake();
    assertThat(crank.complete(peek)).isEqualTo(6);
    assertThat(text(peeked)).isEqualTo("abcdef");
  }

  @Test
  void aPeekEndsWithThePeer() throws Exception {
    ByteBuffer peeked = ByteBuffer.allocate(8);
    pair.send("abc");
    pair.peer().shutdownOutput();
    assertThat(crank.complete(stream.peek(peeked, 8))).isEqualTo(3);
    ByteBuffer dst = ByteBuffer.allocate(8);
    assertThat(crank.complete(read(stream, dst))).isEqualTo(3);
    assertThat(crank.complete(stream.peek(peeked.clear(), 8))).isEqualTo(AsyncRead.EOF);
    assertThat(crank.complete(read(stream, dst))).isEqualTo(AsyncRead.EOF);
  }

  @Test
  void aPeekThatIsCancelledLosesNothing() throws Exception {
    ByteBuffer peeked = ByteBuffer.allocate(8);
    Future<Integer> peek = stream.peek(peeked, 8);
    pair.send("abc");
    crank.pend(peek);
    peek.cancel();
    assertThat(peeked.position()).isZero();
    pair.send("def");
    ByteBuffer dst = ByteBuffer.allocate(8);
    crank.complete(stream.readExact(dst.limit(6)));
    assertThat(text(dst)).isEqualTo("abcdef");
  }

  @Test
  void aPeekThatIsCancelledLateDoesNotSilenceTheReader() throws Exception {
    Future<Integer> peek = stream.peek(ByteBuffer.allocate(8));
    crank.pend(peek);
    Future<Integer> read = read(stream, ByteBuffer.allocate(8));
    crank.pend(read);
    peek.cancel();
    pair.send("x");
    crank.awaitWake();
    assertThat(crank.complete(read)).isEqualTo(1);
  }

  @Test
  void aPeekIsRefusedWhatItCanNotDo() {
    ByteBuffer two = ByteBuffer.allocate(2);
    assertThatThrownBy(() -> stream.peek(two, 0).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 0");
    assertThatThrownBy(() -> stream.peek(two, 3).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("room in dst, which is 2, was 3");
    assertThatThrownBy(() -> stream.peek(ByteBuffer.allocate(0)).cancel())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWasPeekedAtIsNotReadAfterAClose() throws Exception {
    pair.send("abc");
    assertThat(crank.complete(stream.peek(ByteBuffer.allocate(8), 3))).isEqualTo(3);
    stream.close();
    assertThat(failureOf(read(stream, ByteBuffer.allocate(8))))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(failureOf(stream.peek(ByteBuffer.allocate(8))))
        .isInstanceOf(ClosedChannelException.class);
  }

  // ---- addresses and options

  @Test
  void theAddressesStayKnown() throws Exception {
    Socket peer = pair.peer();
    stream.close();
    assertThat(stream.localAddress()).isEqualTo(peer.getRemoteSocketAddress());
    assertThat(stream.remoteAddress()).isEqualTo(peer.getLocalSocketAddress());
    assertThat(stream).asString().contains(stream.remoteAddress().toString(), "closed");
  }

  @Test
  void optionsAreSetAndAsked() throws Exception {
    assertThat(stream.option(StandardSocketOptions.TCP_NODELAY)).isTrue();
    stream.setOption(StandardSocketOptions.TCP_NODELAY, false);
    assertThat(stream.option(StandardSocketOptions.TCP_NODELAY)).isFalse();
    assertThat(stream.supportedOptions()).contains(StandardSocketOptions.SO_KEEPALIVE);
    assertThatThrownBy(() -> stream.setOption(StandardSocketOptions.SO_LINGER, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SO_LINGER")
        .hasMessageContaining("was 1");
    stream.close();
    assertThatThrownBy(() -> stream.option(StandardSocketOptions.TCP_NODELAY))
        .isInstanceOf(ClosedChannelException.class);
  }

  // ---- racing

  @Test
  void aReadThatLosesARaceHasTakenNothing() throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(8);
    for (int i = 0; i < 20; i++) {
      boolean late = i % 2 == 0;
      if (!late) {
        pair.send("x");
      }
      Future<Integer> race = Futures.race(read(stream, dst.clear()), Futures.ready(-7));
      int answer = crank.complete(race);
      if (late) {
        assertThat(answer).isEqualTo(-7);
      } else if (answer == -7) {
        assertThat(crank.complete(read(stream, dst.clear()))).isEqualTo(1);
      }
    }
  }

  @Test
  void overIpV6Too() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
      try (TcpStream six = crank.complete(TcpStream.connect(address));
          Socket peer = server.accept()) {
        peer.getOutputStream().write(7);
        ByteBuffer dst = ByteBuffer.allocate(1);
        assertThat(crank.complete(read(six, dst))).isEqualTo(1);
        assertThat(dst.get(0)).isEqualTo((byte) 7);
      }
    }
  }
}
