package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpSocketTest {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final NioDriver driver = new NioDriver();
  private final PollHarness harness = PollHarness.create().offer(NioDriver.class, driver);
  private final PollHarness second = PollHarness.create().offer(NioDriver.class, driver);
  private final List<UdpSocket> opened = new ArrayList<>();
  private UdpSocket left;
  private UdpSocket right;

  @BeforeEach
  void open() throws IOException {
    left = bind();
    right = bind();
  }

  @AfterEach
  void closeAll() throws IOException {
    for (UdpSocket socket : opened) {
      socket.close();
    }
    driver.close();
    assertThat(harness.uncaught()).isEmpty();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private UdpSocket bind() throws IOException {
    UdpSocket socket = UdpSocket.bind(anyPort());
    opened.add(socket);
    return socket;
  }

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.US_ASCII.encode(text);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString();
  }

  /** Sends at once: on the loopback interface there is always room. */
  private void send(UdpSocket from, String text, UdpSocket to) throws Exception {
    assertThat(harness.poll(from.sendTo(bytes(text), to.localAddress())).value())
        .isEqualTo(text.length());
  }

  /** Lets the driver look until {@code harness} is woken. */
  private void awaitWake(PollHarness harness) {
    long limit = System.nanoTime() + LIMIT_NANOS;
    while (!harness.woken()) {
      assertThat(System.nanoTime()).as("never woken").isLessThan(limit);
      driver.park(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private <T> T await(Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = harness.poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      awaitWake(harness);
    }
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    InetSocketAddress taken = left.localAddress();
    assertThatThrownBy(() -> UdpSocket.bind(taken))
        .isInstanceOf(BindException.class)
        .hasMessageStartingWith("can't receive at " + taken + ": ");
  }

  @Test
  void aDatagramIsReceivedWithItsSender() throws Exception {
    ByteBuffer into = ByteBuffer.allocate(10).put((byte) '>');
    Future<Datagram> receive = right.receiveFrom(into);
    assertThat(harness.poll(receive).isPending()).isTrue();
    assertThat(Description.of(receive).waitsFor()).isEqualTo("a datagram at " + right);
    send(left, "hello", right);
    awaitWake(harness);
    Datagram datagram = harness.poll(receive).value();
    assertThat(datagram.sender()).isEqualTo(left.localAddress());
    assertThat(datagram.length()).isEqualTo(5);
    assertThat(datagram.isTruncated()).isFalse();
    assertThat(text(datagram.data())).isEqualTo("hello");
    assertThat(text(into.flip())).isEqualTo(">hello");
    assertThatThrownBy(() -> harness.poll(receive)).isInstanceOf(IllegalStateException.class);
    assertThat(Description.of(receive).attributes()).containsEntry("state", "over");
  }

  @Test
  void theBufferThatIsSentIsUsedUp() throws Exception {
    ByteBuffer all = bytes("abc");
    assertThat(await(left.sendTo(all, right.localAddress()))).isEqualTo(3);
    assertThat(all.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDatagramWithoutRoomSaysHowLongItWas(boolean direct) throws Exception {
    send(left, "0123456789", right);
    ByteBuffer into = direct ? ByteBuffer.allocateDirect(4) : ByteBuffer.allocate(4);
    Datagram datagram = await(right.receiveFrom(into));
    assertThat(datagram.isTruncated()).isTrue();
    assertThat(datagram.length()).isEqualTo(10);
    assertThat(text(datagram.data())).isEqualTo("0123");
    assertThat(into.hasRemaining()).isFalse();
    send(left, "next", right);
    assertThat(text(await(right.receiveFrom(into.clear())).data())).isEqualTo("next");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLongDatagramFits(boolean direct) throws Exception {
    String longest = "x".repeat(60_000);
    send(left, longest, right);
    ByteBuffer into = direct ? ByteBuffer.allocateDirect(70_000) : ByteBuffer.allocate(70_000);
    Datagram datagram = await(right.receiveFrom(into));
    assertThat(datagram.isTruncated()).isFalse();
    assertThat(text(datagram.data())).isEqualTo(longest);
    left.connect(right.localAddress());
    right.connect(left.localAddress());
    assertThat(await(left.send(bytes(longest)))).isEqualTo(60_000);
    assertThat(await(right.receive(into.clear()))).isEqualTo(60_000);
  }

  @Test
  void anEmptyDatagramIsOne() throws Exception {
    send(left, "", right);
    Datagram datagram = await(right.receiveFrom(ByteBuffer.allocate(0)));
    assertThat(datagram.length()).isZero();
    assertThat(datagram.isTruncated()).isFalse();
    right.connect(left.localAddress());
    send(left, "", right);
    assertThat(await(right.receive(ByteBuffer.allocate(3)))).isZero();
  }

  @Test
  void aDatagramThatIsTooLongIsRefusedAndTheSocketGoesOn() throws Exception {
    ByteBuffer tooLong = ByteBuffer.allocate(70_000);
    assertThatThrownBy(() -> harness.poll(left.sendTo(tooLong, right.localAddress())))
        .isInstanceOf(IOException.class);
    assertThat(tooLong.remaining()).isEqualTo(70_000);
    send(left, "shorter", right);
    assertThat(await(right.receiveFrom(ByteBuffer.allocate(10))).length()).isEqualTo(7);
  }

  @Test
  void whoIsConnectedHearsTheOtherSideOnly() throws Exception {
    UdpSocket stranger = bind();
    left.connect(right.localAddress());
    right.connect(left.localAddress());
    assertThat(right.remoteAddress()).isEqualTo(left.localAddress());
    send(stranger, "not for you", right);
    assertThat(await(left.send(bytes("ping")))).isEqualTo(4);
    ByteBuffer into = ByteBuffer.allocate(20);
    assertThat(await(right.receive(into))).isEqualTo(4);
    assertThat(text(into.flip())).isEqualTo("ping");
    assertThatThrownBy(() -> harness.poll(left.sendTo(bytes("no"), stranger.localAddress())))
        .isInstanceOf(AlreadyConnectedException.class);
    right.disconnect();
    assertThat(right.remoteAddress()).isNull();
    send(stranger, "now", right);
    assertThat(await(right.receiveFrom(into.clear())).sender()).isEqualTo(stranger.localAddress());
  }

  @Test
  void receiveSaysTheLengthOfWhatHadNoRoom() throws Exception {
    right.connect(left.localAddress());
    send(left, "0123456789", right);
    ByteBuffer into = ByteBuffer.allocate(4);
    assertThat(await(right.receive(into))).isEqualTo(10);
    assertThat(text(into.flip())).isEqualTo("0123");
  }

  @Test
  void whoIsNotConnectedMustNameTheOtherSide() {
    assertThatThrownBy(() -> harness.poll(left.send(bytes("no"))))
        .isInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(() -> harness.poll(left.receive(ByteBuffer.allocate(1))))
        .isInstanceOf(NotYetConnectedException.class);
  }

  @Test
  void whoIsConnectedHearsThatNobodyListensAndGoesOn() throws Exception {
    UdpSocket gone = bind();
    InetSocketAddress address = gone.localAddress();
    left.connect(address);
    gone.close();
    Future<Integer> receive = left.receive(ByteBuffer.allocate(10));
    assertThat(harness.poll(receive).isPending()).isTrue();
    assertThat(second.poll(left.send(bytes("anybody?"))).isReady()).isTrue();
    awaitWake(harness);
    assertThatThrownBy(() -> harness.poll(receive)).isInstanceOf(PortUnreachableException.class);
    UdpSocket back = UdpSocket.bind(address);
    opened.add(back);
    send(back, "here", left);
    assertThat(await(left.receive(ByteBuffer.allocate(10)))).isEqualTo(4);
  }

  @Test
  void severalReceiveAndEachDatagramGoesToOne() throws Exception {
    Future<Datagram> first = right.receiveFrom(ByteBuffer.allocate(10));
    Future<Datagram> other = right.receiveFrom(ByteBuffer.allocate(10));
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(second.poll(other).isPending()).isTrue();
    send(left, "one", right);
    awaitWake(second);
    assertThat(harness.woken()).isTrue();
    assertThat(text(second.poll(other).value().data())).isEqualTo("one");
    assertThat(harness.poll(first).isPending()).isTrue();
    send(left, "two", right);
    awaitWake(harness);
    assertThat(text(harness.poll(first).value().data())).isEqualTo("two");
  }

  @Test
  void whoIsCancelledLosesNothing() throws Exception {
    Future<Datagram> first = right.receiveFrom(ByteBuffer.allocate(10));
    assertThat(harness.poll(first).isPending()).isTrue();
    send(left, "kept", right);
    awaitWake(harness);
    first.cancel();
    assertThat(text(await(right.receiveFrom(ByteBuffer.allocate(10))).data())).isEqualTo("kept");
  }

  @Test
  void whoPollsByHandNeedsNoFuture() throws Exception {
    right.connect(left.localAddress());
    left.connect(right.localAddress());
    ByteBuffer into = ByteBuffer.allocate(10);
    Future<Integer> receive =
        cx -> {
          int length = right.pollReceive(cx, into);
          return length == UdpSocket.NOT_READY ? Poll.pending() : Poll.ready(length);
        };
    assertThat(harness.poll(receive).isPending()).isTrue();
    Future<Integer> send = cx -> Poll.ready(left.pollSend(cx, bytes("by hand")));
    assertThat(second.poll(send).value()).isEqualTo(7);
    awaitWake(harness);
    assertThat(harness.poll(receive).value()).isEqualTo(7);
    right.disconnect();
    Future<Datagram> receiveFrom =
        cx -> {
          Datagram datagram = right.pollReceiveFrom(cx, into.clear());
          return datagram == null ? Poll.pending() : Poll.ready(datagram);
        };
    assertThat(harness.poll(receiveFrom).isPending()).isTrue();
    Future<Integer> sendTo =
        cx -> Poll.ready(left.pollSendTo(cx, bytes("again"), right.localAddress()));
    assertThat(second.poll(sendTo).value()).isEqualTo(5);
    awaitWake(harness);
    assertThat(text(harness.poll(receiveFrom).value().data())).isEqualTo("again");
  }

  @Test
  void datagramsAreGivenUntilTheClose() throws Exception {
    AsyncIterator<Datagram> datagrams = right.datagrams(5);
    assertThat(harness.pollNext(datagrams).isPending()).isTrue();
    send(left, "one", right);
    send(left, "longer", right);
    awaitWake(harness);
    Datagram first = harness.pollNext(datagrams).value();
    Datagram other = harness.pollNext(datagrams).value();
    assertThat(text(first.data())).isEqualTo("one");
    assertThat(first.sender()).isEqualTo(left.localAddress());
    assertThat(first.isTruncated()).isFalse();
    assertThat(text(other.data())).isEqualTo("longe");
    assertThat(other.isTruncated()).isTrue();
    assertThat(other.length()).isEqualTo(6);
    assertThat(harness.pollNext(datagrams).isPending()).isTrue();
    right.close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(datagrams).isEnd()).isTrue();
  }

  @Test
  void datagramsThatAreCancelledLeaveTheRest() throws Exception {
    AsyncIterator<Datagram> datagrams = right.datagrams(10);
    assertThat(harness.pollNext(datagrams).isPending()).isTrue();
    send(left, "one", right);
    datagrams.cancel();
    assertThat(text(await(right.receiveFrom(ByteBuffer.allocate(10))).data())).isEqualTo("one");
  }

  @Test
  void closeFailsThoseWhoWait() throws Exception {
    Future<Datagram> receive = right.receiveFrom(ByteBuffer.allocate(10));
    assertThat(harness.poll(receive).isPending()).isTrue();
    right.close();
    right.close();
    assertThat(right.isOpen()).isFalse();
    assertThat(right).hasToString("UdpSocket[closed]");
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(receive)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(right.receiveFrom(ByteBuffer.allocate(1))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(right.sendTo(bytes("x"), left.localAddress())))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void badInputIsRefused() {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
    assertThatThrownBy(() -> UdpSocket.bind(unresolved))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("local must be resolved");
    assertThatThrownBy(() -> left.connect(unresolved)).hasMessageContaining("remote must be");
    assertThatThrownBy(() -> left.sendTo(bytes(""), unresolved).cancel())
        .hasMessageContaining("target must be");
    assertThatThrownBy(() -> left.datagrams(0).cancel())
        .hasMessage("mostBytes must be at least 1, was 0");
    ByteBuffer readOnly = ByteBuffer.allocate(1).asReadOnlyBuffer();
    assertThatThrownBy(() -> left.receiveFrom(readOnly).cancel())
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> left.receive(readOnly).cancel())
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void aChannelThatIsTakenOverIsBound() throws Exception {
    UdpSocket socket = UdpSocket.of(DatagramChannel.open());
    opened.add(socket);
    assertThat(socket.localAddress().getPort()).isPositive();
    try (DatagramChannel bound = DatagramChannel.open().bind(anyPort())) {
      UdpSocket same = UdpSocket.of(bound);
      opened.add(same);
      assertThat(same.localAddress()).isEqualTo(bound.getLocalAddress());
      assertThat(bound.isBlocking()).isFalse();
    }
  }

  @Test
  void optionsAreThoseOfTheChannel() throws Exception {
    assertThat(left.supportedOptions()).contains(StandardSocketOptions.SO_BROADCAST);
    left.setOption(StandardSocketOptions.SO_BROADCAST, true);
    assertThat(left.option(StandardSocketOptions.SO_BROADCAST)).isTrue();
    assertThatThrownBy(() -> left.setOption(StandardSocketOptions.TCP_NODELAY, true))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void socketsOfTheNewerProtocol() throws Exception {
    InetAddress loopback = InetAddress.getAllByName("::1")[0];
    UdpSocket one;
    try {
      one = UdpSocket.bind(new InetSocketAddress(loopback, 0));
    } catch (IOException | UnsupportedOperationException none) {
      assumeTrue(false, "there is no IPv6 here: " + none);
      return;
    }
    opened.add(one);
    UdpSocket other = UdpSocket.bind(new InetSocketAddress(loopback, 0));
    opened.add(other);
    send(one, "six", other);
    Datagram datagram = await(other.receiveFrom(ByteBuffer.allocate(10)));
    assertThat(text(datagram.data())).isEqualTo("six");
    assertThat(datagram.sender()).isEqualTo(one.localAddress());
  }

  @Test
  void aGroupIsJoinedAndLeft() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    InetAddress group = InetAddress.getByName("239.1.2.3");
    UdpSocket member = UdpSocket.of(DatagramChannel.open(StandardProtocolFamily.INET));
    opened.add(member);
    UdpSocket sender = UdpSocket.of(DatagramChannel.open(StandardProtocolFamily.INET));
    opened.add(sender);
    MembershipKey membership;
    int port;
    try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
      port =
          ((InetSocketAddress) probe.bind(new InetSocketAddress("0.0.0.0", 0)).getLocalAddress())
              .getPort();
    }
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    channel.bind(new InetSocketAddress("0.0.0.0", port));
    UdpSocket bound = UdpSocket.of(channel);
    opened.add(bound);
    try {
      membership = bound.join(group, loopback);
      sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
      sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
    } catch (IOException none) {
      assumeTrue(false, "there is no multicast here: " + none);
      return;
    }
    assertThat(membership.isValid()).isTrue();
    Future<Datagram> receive = bound.receiveFrom(ByteBuffer.allocate(10));
    assertThat(harness.poll(receive).isPending()).isTrue();
    assertThat(second.poll(sender.sendTo(bytes("all"), new InetSocketAddress(group, port))).value())
        .isEqualTo(3);
    awaitWake(harness);
    assertThat(text(harness.poll(receive).value().data())).isEqualTo("all");
    membership.drop();
    assertThat(membership.isValid()).isFalse();
  }

  // ---- in a runtime

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void anEchoRunsInEveryRuntime(int workers) throws Exception {
    int rounds = 200;
    try (PolluxRuntime runtime =
        workers == 0
            ? PolluxRuntime.currentThread()
            : PolluxRuntime.builder().workers(workers).multiThread()) {
      UdpSocket server = bind();
      InetSocketAddress address = server.localAddress();
      JoinHandle<Void> echo =
          runtime.spawn(
              server
                  .datagrams(100)
                  .forEachAsync(
                      datagram ->
                          server.sendTo(datagram.data(), datagram.sender()).map(sent -> null)));
      List<JoinHandle<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        UdpSocket client = bind();
        client.connect(address);
        clients.add(runtime.spawn(new PingPong(client, rounds)));
      }
      for (JoinHandle<Integer> client : clients) {
        assertThat(runtime.blockOn(client)).isEqualTo(rounds);
      }
      server.close();
      runtime.blockOn(echo);
    }
  }

  /** Sends, and waits for the answer, so many times. */
  private static final class PingPong implements Future<Integer> {
    private final UdpSocket socket;
    private final int rounds;
    private final ByteBuffer bytes = ByteBuffer.allocate(8);
    private int done;
    private boolean sent;

    PingPong(UdpSocket socket, int rounds) {
      this.socket = socket;
      this.rounds = rounds;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws IOException {
      while (done < rounds) {
        if (!sent) {
          if (socket.pollSend(cx, bytes.clear().putInt(done).flip()) < 0) {
            return Poll.pending();
          }
          sent = true;
        }
        int length = socket.pollReceive(cx, bytes.clear());
        if (length < 0) {
          return Poll.pending();
        }
        assertThat(length).isEqualTo(4);
        assertThat(bytes.flip().getInt()).isEqualTo(done);
        sent = false;
        done++;
      }
      return Poll.ready(done);
    }
  }

  @Test
  void theEndOfTheRuntimeClosesTheSocket() throws Exception {
    UdpSocket socket = bind();
    PolluxRuntime runtime = PolluxRuntime.currentThread();
    try {
      runtime.spawn(socket.receiveFrom(ByteBuffer.allocate(1))).detach();
      for (int i = 0; i < 3; i++) {
        runtime.blockOn(Futures.yieldNow());
      }
    } finally {
      runtime.close();
    }
    assertThat(socket.isOpen()).isFalse();
  }

  // ---- conformance

  @TestFactory
  Stream<DynamicTest> receiveFromConforms() {
    return named(
        FutureConformance.of(
                "receiveFrom", subject((kit, from, to) -> to.receiveFrom(ByteBuffer.allocate(10))))
            .expectValue("be five bytes long", datagram -> datagram.length() == 5)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> receiveConforms() {
    return named(
        FutureConformance.of(
                "receive",
                subject(
                    (kit, from, to) -> {
                      to.connect(from.localAddress());
                      return to.receive(ByteBuffer.allocate(10));
                    }))
            .expectValue(5)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> sendToConforms() {
    return named(
        FutureConformance.of(
                "sendTo",
                subject((kit, from, to) -> from.sendTo(bytes("12345"), to.localAddress())))
            .expectValue(5)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> datagramsConform() {
    return named(
        AsyncIteratorConformance.of(
                "datagrams",
                subject((kit, from, to) -> to.datagrams(10).map(datagram -> text(datagram.data()))))
            .expectBeginning("hello")
            .checks());
  }

  private static Stream<DynamicTest> named(List<LawCheck> checks) {
    return checks.stream().map(check -> dynamicTest(check.law().toString(), check::run));
  }

  private interface Maker<F> {
    F of(ConformanceKit kit, UdpSocket from, UdpSocket to) throws IOException;
  }

  /** What is made of two sockets, between which a datagram will go. */
  private <F> Function<ConformanceKit, F> subject(Maker<F> maker) {
    return kit -> {
      try {
        UdpSocket from = bind();
        UdpSocket to = bind();
        InetSocketAddress target = to.localAddress();
        kit.offer(NioDriver.class, driver);
        kit.event(
            "a datagram comes",
            () -> {
              try {
                second.poll(from.sendTo(bytes("hello"), target));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              driver.park(TimeUnit.SECONDS.toNanos(1));
            });
        return maker.of(kit, from, to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
