package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
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

class ReadinessTest {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final NioDriver driver = new NioDriver();
  private final PollHarness harness = PollHarness.create().offer(NioDriver.class, driver);
  private final PollHarness second = PollHarness.create().offer(NioDriver.class, driver);
  private Pipe pipe;
  private Readiness source;

  @BeforeEach
  void openPipe() throws IOException {
    pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    pipe.sink().configureBlocking(false);
    source = Readiness.of(pipe.source());
  }

  @Test
  void whatAChannelNeverIsIsRefused() throws Exception {
    assertThatThrownBy(() -> source.writable().cancel())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("is never writable: ");
    assertThatThrownBy(() -> source.whenWritable(() -> null).cancel())
        .isInstanceOf(UnsupportedOperationException.class);
    Readiness sink = Readiness.of(pipe.sink());
    assertThatThrownBy(() -> sink.readable().cancel())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("is never readable: ");
    Future<Integer> polled = cx -> Poll.ready(sink.pollReadable(cx, () -> 1));
    assertThatThrownBy(() -> harness.poll(polled))
        .isInstanceOf(UnsupportedOperationException.class);
    sink.close();
  }

  @AfterEach
  void closeAll() throws IOException {
    source.close();
    pipe.source().close();
    pipe.sink().close();
    driver.close();
    assertThat(harness.uncaught()).isEmpty();
  }

  private static ByteBuffer bytes(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    for (int b : bytes) {
      buffer.put((byte) b);
    }
    return buffer.flip();
  }

  private void put(int... bytes) throws IOException {
    assertThat(pipe.sink().write(bytes(bytes))).isEqualTo(bytes.length);
  }

  /** Reads one byte, if one is there. */
  private static Integer readOne(Pipe pipe) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    int count = pipe.source().read(one);
    return count == 0 ? null : Integer.valueOf(count < 0 ? -1 : one.get(0));
  }

  private Integer readOne() throws IOException {
    return readOne(pipe);
  }

  /** Lets the driver look until {@code harness} is woken. */
  private void awaitWake(PollHarness harness) {
    long limit = System.nanoTime() + LIMIT_NANOS;
    while (!harness.woken()) {
      assertThat(System.nanoTime()).as("never woken").isLessThan(limit);
      driver.park(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  @Test
  void readableWaitsForAReport() throws Exception {
    Future<Void> readable = source.readable();
    assertThat(harness.poll(readable).isPending()).isTrue();
    driver.park(0);
    assertThat(harness.woken()).isFalse();
    put(1);
    awaitWake(harness);
    assertThat(harness.poll(readable).isReady()).isTrue();
    assertThat(readOne()).isEqualTo(1);
  }

  @Test
  void readableSaysItAgainAsLongAsThereIsSomething() throws Exception {
    put(1);
    for (int i = 0; i < 3; i++) {
      Future<Void> readable = source.readable();
      assertThat(harness.poll(readable).isPending()).isTrue();
      awaitWake(harness);
      assertThat(harness.poll(readable).isReady()).isTrue();
    }
    assertThat(readOne()).isEqualTo(1);
    Future<Void> readable = source.readable();
    assertThat(harness.poll(readable).isPending()).isTrue();
    driver.park(0);
    assertThat(harness.woken()).isFalse();
  }

  @Test
  void aFirstPollWithoutBudgetDoesNotTakeHopeForAReport() throws Exception {
    Future<Void> readable = source.readable();
    Future<Void> starved =
        cx -> {
          while (cx.budget().tryConsume()) {}
          return readable.poll(cx);
        };
    assertThat(harness.poll(starved).isPending()).isTrue();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(readable).isPending()).isTrue();
    driver.park(0);
    assertThat(harness.woken()).isFalse();
  }

  @Test
  void writableIsReported() throws Exception {
    try (Readiness sink = Readiness.of(pipe.sink())) {
      Future<Void> writable = sink.writable();
      assertThat(harness.poll(writable).isPending()).isTrue();
      awaitWake(harness);
      assertThat(harness.poll(writable).isReady()).isTrue();
    }
  }

  @Test
  void allWhoWaitAreTold() throws Exception {
    Future<Void> first = source.readable();
    Future<Void> other = source.readable();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(second.poll(other).isPending()).isTrue();
    put(1);
    awaitWake(harness);
    assertThat(second.woken()).isTrue();
    assertThat(harness.poll(first).isReady()).isTrue();
    assertThat(second.poll(other).isReady()).isTrue();
  }

  @Test
  void whoComesToWaitTakesAReportFromNobody() throws Exception {
    Future<Void> first = source.readable();
    assertThat(harness.poll(first).isPending()).isTrue();
    put(1);
    awaitWake(harness);
    Future<Void> later = source.readable();
    assertThat(second.poll(later).isPending()).isTrue(); // has cleared the readiness
    assertThat(harness.poll(first).isReady()).isTrue();
    awaitWake(second);
    assertThat(second.poll(later).isReady()).isTrue();
  }

  @Test
  void anAttemptIsMadeAtOnceAndAgainWhenThereIsSomething() throws Exception {
    put(1);
    assertThat(harness.poll(source.whenReadable(this::readOne)).value()).isEqualTo(1);
    Future<Integer> next = source.whenReadable(this::readOne);
    assertThat(harness.poll(next).isPending()).isTrue();
    assertThat(Description.of(next).waitsFor()).startsWith("readable ");
    put(2);
    awaitWake(harness);
    assertThat(harness.poll(next).value()).isEqualTo(2);
    assertThat(Description.of(next).attributes()).containsEntry("state", "over");
  }

  @Test
  void severalAttemptsShareWhatComes() throws Exception {
    Future<Integer> first = source.whenReadable(this::readOne);
    Future<Integer> other = source.whenReadable(this::readOne);
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(second.poll(other).isPending()).isTrue();
    put(1);
    awaitWake(harness);
    assertThat(harness.poll(first).value()).isEqualTo(1);
    assertThat(second.poll(other).isPending()).isTrue();
    put(2);
    awaitWake(second);
    assertThat(second.poll(other).value()).isEqualTo(2);
  }

  @Test
  void whoIsCancelledIsNotWoken() throws Exception {
    Future<Integer> first = source.whenReadable(this::readOne);
    Future<Void> other = source.readable();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(second.poll(other).isPending()).isTrue();
    first.cancel();
    put(1);
    awaitWake(second);
    assertThat(harness.woken()).isFalse();
    assertThat(second.poll(other).isReady()).isTrue();
  }

  @Test
  void aFailureOfAnAttemptIsPassedOn() throws Exception {
    Future<Integer> broken =
        source.whenReadable(
            () -> {
              throw new IOException("broken");
            });
    assertThatThrownBy(() -> harness.poll(broken)).hasMessage("broken");
    assertThatThrownBy(() -> harness.poll(broken)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aHandWrittenFutureReadsWithoutAnObjectOfItsOwn() throws Exception {
    Future<Integer> mine =
        cx -> {
          Integer got = source.pollReadable(cx, this::readOne);
          return got == null ? Poll.pending() : Poll.ready(got);
        };
    assertThat(harness.poll(mine).isPending()).isTrue();
    put(7);
    awaitWake(harness);
    assertThat(harness.poll(mine).value()).isEqualTo(7);
  }

  @Test
  void aHandWrittenFutureWrites() throws Exception {
    try (Readiness sink = Readiness.of(pipe.sink())) {
      ByteBuffer block = ByteBuffer.allocate(1 << 16);
      Future<Integer> mine =
          cx -> {
            Integer got =
                sink.pollWritable(
                    cx,
                    () -> {
                      int count = pipe.sink().write(block.clear());
                      return count == 0 ? null : count;
                    });
            return got == null ? Poll.pending() : Poll.ready(got);
          };
      while (harness.poll(mine).isReady()) {} // until it is full
      assertThat(harness.woken()).isFalse();
      while (pipe.source().read(ByteBuffer.allocate(1 << 16)) > 0) {}
      awaitWake(harness);
      assertThat(harness.poll(mine).isReady()).isTrue();
    }
  }

  @Test
  void closeFailsThoseWhoWait() throws Exception {
    Future<Void> readable = source.readable();
    Future<Integer> attempt = source.whenReadable(this::readOne);
    assertThat(harness.poll(readable).isPending()).isTrue();
    assertThat(second.poll(attempt).isPending()).isTrue();
    source.close();
    source.close();
    assertThat(harness.woken()).isTrue();
    assertThat(second.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(readable)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> second.poll(attempt)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(source.readable()))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(pipe.source().isOpen()).isTrue();
    assertThat(source).asString().startsWith("Readiness[closed, ");
  }

  @Test
  void aChannelThatSomebodyElseClosesFailsThoseWhoWait() throws Exception {
    Future<Void> readable = source.readable();
    assertThat(harness.poll(readable).isPending()).isTrue();
    pipe.source().close();
    awaitWake(harness);
    assertThatThrownBy(() -> harness.poll(readable)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aChannelThatIsClosedAlreadyIsRefusedByThePoll() throws Exception {
    pipe.source().close();
    Readiness late = Readiness.of(pipe.source());
    assertThatThrownBy(() -> harness.poll(late.readable()))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aChannelCanBeAwaitedAgainAtOnce() throws Exception {
    for (int i = 1; i <= 3; i++) {
      Future<Integer> attempt = source.whenReadable(this::readOne);
      assertThat(harness.poll(attempt).isPending()).isTrue();
      while (harness.woken()) { // the key of the one before is still on its way out
        driver.park(0);
        assertThat(harness.poll(attempt).isPending()).isTrue();
      }
      put(i);
      awaitWake(harness);
      assertThat(harness.poll(attempt).value()).isEqualTo(i);
      source.close();
      source = Readiness.of(pipe.source());
    }
  }

  @Test
  void aSecondOneForAChannelIsRefusedAndTheFirstGoesOn() throws Exception {
    Future<Void> readable = source.readable();
    assertThat(harness.poll(readable).isPending()).isTrue();
    try (Readiness other = Readiness.of(pipe.source())) {
      assertThatThrownBy(() -> second.poll(other.readable()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another Readiness");
    }
    put(1);
    awaitWake(harness);
    assertThat(harness.poll(readable).isReady()).isTrue();
  }

  @Test
  void aChannelThatBlocksIsRefused() throws Exception {
    Pipe blocking = Pipe.open();
    try {
      assertThatThrownBy(() -> Readiness.of(blocking.source()))
          .isInstanceOf(IllegalBlockingModeException.class);
    } finally {
      blocking.source().close();
      blocking.sink().close();
    }
  }

  @Test
  void aDatagramChannelCanBeAwaited() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DatagramChannel receiver = DatagramChannel.open();
        DatagramChannel sender = DatagramChannel.open()) {
      receiver.bind(new InetSocketAddress(loopback, 0)).configureBlocking(false);
      ByteBuffer into = ByteBuffer.allocate(100);
      try (Readiness readiness = Readiness.of(receiver)) {
        Future<InetSocketAddress> from =
            readiness.whenReadable(() -> (InetSocketAddress) receiver.receive(into));
        assertThat(harness.poll(from).isPending()).isTrue();
        sender.bind(new InetSocketAddress(loopback, 0));
        sender.send(bytes(1, 2, 3), receiver.getLocalAddress());
        awaitWake(harness);
        assertThat(harness.poll(from).value()).isEqualTo(sender.getLocalAddress());
        assertThat(into.position()).isEqualTo(3);
      }
    }
  }

  @Test
  void withoutADriverAPollIsRefused() {
    assertThatThrownBy(() -> PollHarness.create().poll(source.readable()))
        .hasMessageContaining("I/O driver");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void aChannelIsAwaitedAgainAndAgainInEveryRuntime(int workers) throws Exception {
    try (PolluxRuntime runtime =
        workers == 0
            ? PolluxRuntime.currentThread()
            : PolluxRuntime.builder().workers(workers).multiThread()) {
      for (int i = 0; i < 100; i++) {
        Readiness again = Readiness.of(pipe.source());
        JoinHandle<Integer> read = runtime.spawn(again.whenReadable(this::readOne));
        put(i);
        assertThat(runtime.blockOn(read)).isEqualTo(i);
        JoinHandle<Void> readable = runtime.spawn(again.readable());
        put(i);
        runtime.blockOn(readable);
        assertThat(readOne()).isEqualTo(i);
        again.close();
      }
    }
  }

  // ---- conformance

  @TestFactory
  Stream<DynamicTest> theReportConforms() {
    return checks("report", (kit, pipe) -> Readiness.of(pipe.source()).readable())
        .expectValue(null)
        .checks()
        .stream()
        .map(check -> dynamicTest(check.law().toString(), check::run));
  }

  @TestFactory
  Stream<DynamicTest> theAttemptConforms() {
    return checks(
            "attempt",
            (kit, pipe) ->
                Readiness.of(pipe.source()).whenReadable(kit.mustRelease(() -> readOne(pipe))))
        .expectValue(1)
        .checks()
        .stream()
        .map(check -> dynamicTest(check.law().toString(), check::run));
  }

  private interface Subject<T> {
    Future<T> of(ConformanceKit kit, Pipe pipe) throws IOException;
  }

  private <T> FutureConformance<T> checks(String name, Subject<T> subject) {
    Function<ConformanceKit, Future<T>> make =
        kit -> {
          try {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            kit.offer(NioDriver.class, driver);
            kit.event(
                "a byte comes",
                () -> {
                  try {
                    pipe.sink().write(bytes(1));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  driver.park(TimeUnit.SECONDS.toNanos(1));
                });
            return subject.of(kit, pipe);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    return FutureConformance.of(name, make);
  }
}
