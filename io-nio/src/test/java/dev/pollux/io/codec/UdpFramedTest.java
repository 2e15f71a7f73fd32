package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.net.UdpSocket;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class UdpFramedTest {

  /** More than any of these tests needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PolluxRuntime runtime = PolluxRuntime.builder().currentThread();
  private final UdpSocket sender = bind();
  private final UdpFramed<String, String> lines = UdpFramed.of(bind(), LinesCodec.of(8));
  private final UdpFramed<String, String> receiver;

  /** That of the receiver. */
  private final InetSocketAddress target;

  UdpFramedTest() throws IOException {
    UdpSocket socket = bind();
    target = socket.localAddress();
    receiver = UdpFramed.of(socket, LinesCodec.of(8));
  }

  @AfterEach
  void close() throws IOException {
    lines.close();
    receiver.close();
    sender.close();
    runtime.close();
  }

  private static UdpSocket bind() {
    try {
      return UdpSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void sendRaw(String datagram) throws Exception {
    byte[] bytes = datagram.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(runtime.blockOn(sender.sendTo(ByteBuffer.wrap(bytes), target)))
        .isEqualTo(bytes.length);
  }

  private String next() throws Exception {
    AsyncIterator<Addressed<String>> frames = receiver.frames();
    Optional<Addressed<String>> next = runtime.blockOn(frames.next().timeout(PATIENCE));
    frames.cancel();
    return next.orElseThrow().frame();
  }

  @Test
  void aFrameIsADatagram() throws Exception {
    assertThat(runtime.blockOn(lines.send("hello", target))).isNull();
    AsyncIterator<Addressed<String>> frames = receiver.frames();
    Addressed<String> got = runtime.blockOn(frames.next().timeout(PATIENCE)).orElseThrow();
    assertThat(got.frame()).isEqualTo("hello");
    assertThat(got.sender().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    frames.cancel();
  }

  @Test
  void severalFramesMayBeInADatagramAndNoneInTwo() throws Exception {
    sendRaw("one\ntwo\nthr");
    sendRaw("");
    sendRaw("ee\n");
    assertThat(List.of(next(), next(), next(), next())).containsExactly("one", "two", "thr", "ee");
  }

  @Test
  void aLineWithoutAnEndSpoilsNoDatagramAfterIt() throws Exception {
    sendRaw("hello");
    sendRaw("a\nb\n");
    assertThat(List.of(next(), next(), next())).containsExactly("hello", "a", "b");
  }

  @Test
  void aBadFrameSpoilsNoOther() throws Exception {
    sendRaw("one\nmuch too long\ntwo\n\u00ff\n");
    sendRaw("three");
    assertThat(next()).isEqualTo("one");
    assertThatThrownBy(this::next).isInstanceOf(FrameTooLongException.class);
    assertThat(next()).isEqualTo("two");
    assertThatThrownBy(this::next).isInstanceOf(MalformedFrameException.class);
    assertThat(next()).isEqualTo("three");
  }

  @Test
  void aTruncatedFrameSpoilsItsDatagramOnly() throws Exception {
    UdpSocket socket = bind();
    InetSocketAddress address = socket.localAddress();
    try (UdpFramed<ByteBuffer, ByteBuffer> lengths =
        UdpFramed.of(socket, LengthDelimitedCodec.of(4))) {
      for (byte[] datagram : List.of(new byte[] {0, 0, 0, 2, 1}, new byte[] {0, 0, 0, 1, 7})) {
        assertThat(runtime.blockOn(sender.sendTo(ByteBuffer.wrap(datagram), address))).isEqualTo(5);
      }
      AsyncIterator<Addressed<ByteBuffer>> first = lengths.frames();
      assertThatThrownBy(() -> runtime.blockOn(first.next().timeout(PATIENCE)))
          .isInstanceOf(TruncatedFrameException.class);
      AsyncIterator<Addressed<ByteBuffer>> second = lengths.frames();
      assertThat(runtime.blockOn(second.next().timeout(PATIENCE)).orElseThrow().frame().get())
          .isEqualTo((byte) 7);
      second.cancel();
    }
  }

  @Test
  void whatCanNotBeEncodedIsNotSent() throws Exception {
    assertThatThrownBy(() -> runtime.blockOn(lines.send("far too long", target)))
        .isInstanceOf(FrameTooLongException.class);
    assertThat(runtime.blockOn(lines.send("ok", target))).isNull();
    assertThat(next()).isEqualTo("ok");
    assertThatThrownBy(() -> lines.send("ok", InetSocketAddress.createUnresolved("nowhere", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("target must be resolved");
  }

  @Test
  void closeFailsWhoWaits() throws Exception {
    try (PolluxRuntime other = PolluxRuntime.builder().workers(1).multiThread()) {
      JoinHandle<List<Addressed<String>>> all = other.spawn(receiver.frames().toList());
      receiver.close();
      assertThatThrownBy(() -> other.blockOn(all.timeout(PATIENCE)))
          .hasRootCauseInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void aFrameThatIsNeverPolledIsClosed() {
    boolean[] closed = {false};
    AutoCloseable frame = () -> closed[0] = true;
    UdpFramed<ByteBuffer, AutoCloseable> framed =
        UdpFramed.of(sender, BytesCodec.of(8), (what, out) -> out.room(1).put((byte) 1));
    Future<Void> send = framed.send(frame, target);
    send.cancel();
    assertThat(closed[0]).isTrue();
    assertThatThrownBy(() -> PollHarness.create().poll(send))
        .isInstanceOf(IllegalStateException.class);
  }

  @TestFactory
  Stream<DynamicTest> sendConforms() {
    return FutureConformance.<Void>of(
            "send",
            kit -> UdpFramed.of(sender, new Frame.OneByteCodec()).send(new Frame(1), target))
        .expectValue(null)
        .checks()
        .stream()
        .map(check -> DynamicTest.dynamicTest(check.law().toString(), check::run));
  }
}
