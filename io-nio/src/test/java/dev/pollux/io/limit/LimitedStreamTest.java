package dev.pollux.io.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.Duplex;
import dev.pollux.io.FedRead;
import dev.pollux.io.Io;
import dev.pollux.io.RoomWrite;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LimitedStreamTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration GRACE = Duration.ofMillis(10);

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);
  private final FedRead source = new FedRead();
  private final RoomWrite sink = new RoomWrite();
  private final LimitCounts counts = new LimitCounts();
  private final StreamLimits limits = StreamLimits.none().countedBy(counts);
  private final PolluxRuntime currentThread = PolluxRuntime.currentThread();
  private final PolluxRuntime twoWorkers = PolluxRuntime.builder().workers(2).multiThread();

  @AfterEach
  void close() {
    currentThread.close();
    twoWorkers.close();
  }

  private LimitedStream stream(StreamLimits limits) {
    return limits.limit(Io.join(source, sink));
  }

  private static Future<Integer> read(LimitedStream stream) {
    return stream.read(ByteBuffer.allocate(100));
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count);
  }

  private void pending(Future<?> future) throws Exception {
    assertThat(harness.poll(future).isPending()).isTrue();
  }

  /** Lets the time pass, and the grace behind it, as who waits sees it. */
  private void refused(Future<?> future, Duration rest, Refusal refusal) throws Exception {
    clock.advance(rest);
    assertThat(harness.woken()).isTrue();
    pending(future);
    clock.advance(GRACE);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(future))
        .asInstanceOf(type(TimeLimitException.class))
        .extracting(TimeLimitException::refusal)
        .isEqualTo(refusal);
  }

  @Test
  void readerThatWaitsTooLongIsToldThatThePeerIsIdle() throws Exception {
    Future<Integer> read = read(stream(limits.withIdle(SECOND)));
    pending(read);
    refused(read, SECOND, Refusal.IDLE);
    assertThat(counts.count(Refusal.IDLE)).isEqualTo(1);
  }

  @Test
  void bytesBeginTheTimeAnewAndTheTimerIsNotToldOfThem() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND));
    Future<Integer> read = read(stream);
    pending(read);
    for (int i = 0; i < 9; i++) {
      clock.advance(Duration.ofMillis(100));
      source.feed("x");
      assertThat(harness.poll(read).value()).isEqualTo(1);
      read = read(stream);
      pending(read);
      assertThat(clock.nextDeadlineNanos()).hasValue(SECOND.toNanos());
    }
    clock.advance(Duration.ofMillis(100));
    assertThat(harness.woken()).isTrue();
    pending(read);
    assertThat(clock.nextDeadlineNanos()).hasValue(SECOND.toNanos() + 900_000_000);
    refused(read, Duration.ofMillis(900), Refusal.IDLE);
  }

  @Test
  void readerIsNotIdleWhileTheWriterGetsOn() throws Exception {
    sink.room(1000);
    LimitedStream stream = stream(limits.withIdle(SECOND));
    Future<Integer> read = read(stream);
    pending(read);
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofMillis(900));
      assertThat(harness.poll(stream.write(bytes(1))).value()).isEqualTo(1);
      pending(read);
    }
    assertThat(counts.count(Refusal.IDLE)).isZero();
    // The last byte was seen by the reader when it was written.
    refused(read, SECOND, Refusal.IDLE);
  }

  @Test
  void serverThatIsBusyMakesNoPeerIdle() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND));
    source.feed("x");
    assertThat(harness.poll(read(stream)).value()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(100));
    Future<Integer> read = read(stream);
    pending(read);
    refused(read, SECOND, Refusal.IDLE);
  }

  @Test
  void bytesThatComeWithinTheGraceAreRead() throws Exception {
    Future<Integer> read = read(stream(limits.withIdle(SECOND)));
    pending(read);
    clock.advance(SECOND);
    pending(read);
    source.feed("late");
    clock.advance(GRACE);
    assertThat(harness.poll(read).value()).isEqualTo(4);
    assertThat(counts.count(Refusal.IDLE)).isZero();
  }

  @Test
  void whoIsToldIsGivenTheTimeAgainAndIsCountedOnce() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND));
    for (int i = 0; i < 3; i++) {
      Future<Integer> read = read(stream);
      pending(read);
      refused(read, SECOND, Refusal.IDLE);
    }
    source.feed("x");
    assertThat(harness.poll(read(stream)).value()).isEqualTo(1);
    assertThat(counts.count(Refusal.IDLE)).isEqualTo(1);
  }

  @Test
  void peerThatTakesNothingStallsThoughItSends() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND).withStall(Duration.ofSeconds(3)));
    Future<Integer> write = stream.write(bytes(10));
    pending(write);
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofMillis(500));
      source.feed("x");
      assertThat(harness.poll(read(stream)).value()).isEqualTo(1);
      pending(write);
    }
    refused(write, Duration.ofMillis(500), Refusal.STALLED);
  }

  @Test
  void peerThatTakesALittleDoesNotStall() throws Exception {
    LimitedStream stream = stream(limits.withStall(SECOND));
    Future<Void> write = stream.writeAll(bytes(10));
    for (int i = 0; i < 9; i++) {
      pending(write);
      clock.advance(Duration.ofMillis(900));
      sink.room(1);
    }
    pending(write);
    refused(write, SECOND, Refusal.STALLED);
    assertThat(sink.takenBytes()).hasSize(9);
  }

  @Test
  void flushThatGetsNowhereStalls() throws Exception {
    sink.slowFlush(true);
    Future<Void> flush = stream(limits.withStall(SECOND)).flush();
    pending(flush);
    refused(flush, SECOND, Refusal.STALLED);
  }

  @Test
  void flushBeginsItsTimeWhenItBegins() throws Exception {
    LimitedStream stream = stream(limits.withStall(SECOND));
    sink.slowFlush(true);
    Future<Void> flush = stream.flush();
    pending(flush);
    sink.slowFlush(false);
    assertThat(harness.poll(flush).isReady()).isTrue();
    clock.advance(Duration.ofSeconds(100));
    sink.slowFlush(true);
    Future<Void> shutdown = stream.shutdown();
    pending(shutdown);
    refused(shutdown, SECOND, Refusal.STALLED);
  }

  /** For it says nothing of the peer: whoever flushes before each read would never find it idle. */
  @Test
  void flushOfNothingIsNoProgress() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND));
    Future<Integer> write = stream.write(bytes(1));
    pending(write);
    sink.room(1);
    assertThat(harness.poll(write).value()).isEqualTo(1);
    Future<Integer> read =
        Futures.pollFn(
            cx -> stream.pollFlush(cx) ? read(stream).poll(cx) : Poll.<Integer>pending());
    pending(read);
    refused(read, SECOND, Refusal.IDLE);
  }

  @Test
  void peerThatTricklesIsTooSlow() throws Exception {
    LimitedStream stream = stream(limits.withTrickle(5, SECOND));
    Future<Integer> read = read(stream);
    pending(read);
    // A byte each 400 ms: windows of three bytes begin at 0, 1200, 2400 and 3600.
    for (int i = 0; i < 9; i++) {
      source.feed("x");
      assertThat(harness.poll(read).value()).isEqualTo(1);
      read = read(stream);
      pending(read);
      clock.advance(Duration.ofMillis(400));
    }
    source.feed("x");
    assertThat(harness.poll(read).value()).isEqualTo(1);
    Future<Integer> last = read(stream);
    assertThatThrownBy(() -> harness.poll(last))
        .isInstanceOf(TimeLimitException.class)
        .hasMessageContaining("fewer than 5 bytes");
    assertThat(counts.count(Refusal.TRICKLE)).isEqualTo(1);
  }

  @Test
  void peerThatSendsEnoughOrRestsDoesNotTrickle() throws Exception {
    LimitedStream stream = stream(limits.withTrickle(5, SECOND));
    Future<Integer> read = read(stream);
    pending(read);
    for (int i = 0; i < 20; i++) {
      // Two slow windows, and then one that is not, or a rest.
      source.feed(i % 6 == 5 ? "enough" : "x");
      assertThat(harness.poll(read).value()).isPositive();
      read = read(stream);
      pending(read);
      clock.advance(Duration.ofMillis(i % 6 == 2 ? 2100 : 1000));
    }
    assertThat(counts.count(Refusal.TRICKLE)).isZero();
  }

  @Test
  void lifetimeEndsAConnectionThatNeverWaits() throws Exception {
    LimitedStream stream = stream(limits.withLifetime(SECOND));
    for (int i = 0; i < 3; i++) {
      source.feed("x");
    }
    assertThat(harness.poll(read(stream)).value()).isEqualTo(1);
    clock.advance(Duration.ofMillis(999));
    assertThat(harness.poll(read(stream)).value()).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> harness.poll(read(stream))).isInstanceOf(TimeLimitException.class);
    assertThat(source.left()).isEqualTo("x");
    assertThat(counts.count(Refusal.LIFETIME)).isEqualTo(1);
  }

  /** As TLS says the end by it in a close, which may be outside of a runtime. */
  @Test
  void whatCanBeWrittenAtOnceIsWrittenWhereThereIsNoClock() throws Exception {
    LimitedStream stream = stream(limits.withLifetime(SECOND));
    sink.room(5);
    assertThat(stream.write(bytes(5)).pollNow().value()).isEqualTo(5);
  }

  @Test
  void lifetimeWakesWhoWaits() throws Exception {
    Future<Integer> read =
        read(stream(limits.withIdle(Duration.ofSeconds(9)).withLifetime(SECOND)));
    pending(read);
    clock.advance(SECOND);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(read)).isInstanceOf(TimeLimitException.class);
  }

  @Test
  void withoutLimitsNothingIsArmed() throws Exception {
    LimitedStream stream = stream(limits);
    pending(read(stream));
    pending(stream.write(bytes(1)));
    assertThat(clock.armed()).isZero();
  }

  @Test
  void closeLeavesNothingArmed() throws Exception {
    LimitedStream stream = stream(limits.withIdle(SECOND));
    pending(read(stream));
    pending(stream.write(bytes(1)));
    assertThat(clock.armed()).isEqualTo(2);
    stream.close();
    assertThat(clock.armed()).isZero();
    assertThatThrownBy(() -> harness.poll(read(stream))).isInstanceOf(IOException.class);
    assertThat(clock.armed()).isZero();
  }

  /** Without budget it answers NOT_READY, whatever is there to be read. */
  @Test
  void whoHasNoBudgetLeftIsNotTakenForIdle() throws Exception {
    boolean[] greedy = {false};
    Future<Integer> read = read(stream(limits.withIdle(SECOND)));
    Future<Integer> reader =
        Futures.pollFn(
            cx -> {
              while (greedy[0] && cx.tryProceed()) {
                // on and on
              }
              return read.poll(cx);
            },
            read::cancel);
    pending(reader);
    clock.advance(SECOND);
    pending(reader);
    clock.advance(GRACE);
    source.feed("x");
    greedy[0] = true;
    pending(reader);
    greedy[0] = false;
    assertThat(harness.poll(reader).value()).isEqualTo(1);
  }

  /** A close by another thread, which falls between the look of the sink and the wait for it. */
  @Test
  void closeInTheMidstOfTheFirstWriteThatWaitsLeavesNothingArmed() throws Exception {
    Closeable[] limited = new Closeable[1];
    AsyncWrite full =
        new AsyncWrite() {
          @Override
          public int pollWrite(Context cx, ByteBuffer src) throws IOException {
            limited[0].close();
            return NOT_READY;
          }

          @Override
          public boolean pollFlush(Context cx) {
            return true;
          }

          @Override
          public boolean pollShutdown(Context cx) {
            return true;
          }

          @Override
          public void close() {}
        };
    LimitedStream stream = limits.withStall(SECOND).limit(Io.join(source, full));
    limited[0] = stream;
    pending(stream.write(bytes(1)));
    assertThat(clock.armed()).isZero();
  }

  @Test
  void badLimitsAreRefused() {
    assertThatThrownBy(() -> limits.withIdle(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("idle must not be negative, was PT-1S");
    assertThatThrownBy(() -> limits.withTrickle(-1, SECOND))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes must be at least 0, was -1");
    assertThatThrownBy(() -> limits.withTrickle(1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window must be more than zero, was PT0S");
  }

  @TestFactory
  Stream<DynamicTest> conforms() {
    StreamLimits all =
        limits
            .withIdle(Duration.ofMinutes(1))
            .withStall(Duration.ofMinutes(1))
            .withTrickle(1, SECOND)
            .withLifetime(Duration.ofMinutes(1));
    AsyncByteStreamConformance.Ends ends =
        () -> {
          Duplex duplex = Io.duplex(100);
          return new Duplex(all.limit(duplex.first()), all.limit(duplex.second()));
        };
    return Stream.concat(
        AsyncByteStreamConformance.of("limited on one thread", currentThread, ends).tests(),
        AsyncByteStreamConformance.of("limited on two workers", twoWorkers, ends).tests());
  }
}
