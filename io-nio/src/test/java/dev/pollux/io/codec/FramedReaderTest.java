package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Turn;
import dev.pollux.io.limit.LimitCounts;
import dev.pollux.io.limit.Refusal;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FramedReaderTest {

  private final PollHarness harness = PollHarness.create();
  private final ScriptedRead source = new ScriptedRead();

  private FramedReader<String> lines() {
    return FramedReader.of(source, LinesCodec.of(100));
  }

  private <T> T next(FramedReader<T> reader) throws Exception {
    return harness.poll(reader.next()).value().orElseThrow();
  }

  @Test
  void nothingOfAFrameIsLostWhenWaitingIsGivenUp() throws Exception {
    source.text("he").pause().text("ll").pause().text("o\n");
    FramedReader<String> reader = lines();
    for (int i = 0; i < 2; i++) {
      Future<Optional<String>> next = reader.next();
      assertThat(harness.poll(next).isPending()).isTrue();
      next.cancel();
      source.arrive();
    }
    assertThat(next(reader)).isEqualTo("hello");
  }

  @Test
  void whatWasReadIsGivenBeforeTheSourceIsAskedAgain() throws Exception {
    source.text("one\ntwo\nthree\n").pause();
    FramedReader<String> reader = lines();
    assertThat(next(reader)).isEqualTo("one");
    assertThat(next(reader)).isEqualTo("two");
    assertThat(next(reader)).isEqualTo("three");
    assertThat(source.reads()).isEqualTo(1);
  }

  @Test
  void endIsAnsweredEverAfter() throws Exception {
    FramedReader<String> reader = lines();
    assertThat(harness.poll(reader.next()).value()).isEmpty();
    assertThat(harness.poll(reader.next()).value()).isEmpty();
    assertThat(harness.pollNext(reader.frames()).isEnd()).isTrue();
  }

  @Test
  void aReaderThatHoldsNoBytesHoldsNoBuffer() throws Exception {
    source.pause().text("one\n").pause();
    FramedReader<String> reader = lines();
    assertThat(harness.poll(reader.next()).isPending()).isTrue();
    assertThat(reader.bufferCapacity()).isZero();
    source.arrive();
    assertThat(next(reader)).isEqualTo("one");
    assertThat(reader.bufferCapacity()).isZero();
  }

  @Test
  void aReaderThatWaitsForTheRestOfAFrameHoldsLittleMoreThanItsBeginning() throws Exception {
    source.text("beginning").pause().text(" and end\n");
    FramedReader<String> reader = lines();
    assertThat(harness.poll(reader.next()).isPending()).isTrue();
    assertThat(reader.bufferCapacity()).isEqualTo("beginning".length());
    source.arrive();
    assertThat(next(reader)).isEqualTo("beginning and end");
  }

  @Test
  void bufferGrowsWithAFrameAndNotWithWhatItsLengthSays() throws Exception {
    int limit = 1 << 20;
    byte[] head = {0, 0x10, 0, 0}; // of a MiB
    source.bytes(head).bytes(new byte[100]).pause();
    FramedReader<ByteBuffer> reader = FramedReader.of(source, LengthDelimitedCodec.of(limit), 64);
    assertThat(harness.poll(reader.next()).isPending()).isTrue();
    assertThat(reader.bufferedBytes()).isEqualTo(104);
    assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(2 * 104);
    source.bytes(new byte[limit - 100]).arrive();
    assertThat(next(reader).remaining()).isEqualTo(limit);
    assertThat(source.largestRoom()).isLessThanOrEqualTo(BufferCache.LARGEST);
    assertThat(reader.bufferCapacity()).isZero();
  }

  @Test
  void aDecoderIsNotAskedBeforeWhatItLacksIsThere() throws Exception {
    byte[] head = {0, 0, 0, 20};
    source.bytes(head);
    for (int i = 0; i < 20; i++) {
      source.bytes(new byte[1]);
    }
    LengthDelimitedCodec codec = LengthDelimitedCodec.of(100);
    int[] calls = {0};
    Decoder<ByteBuffer> counting =
        new Decoder<>() {
          @Override
          public int limitBytes() {
            return codec.limitBytes();
          }

          @Override
          public @Nullable ByteBuffer decode(ByteBuffer bytes) throws IOException {
            calls[0]++;
            return codec.decode(bytes);
          }

          @Override
          public int missingBytes(ByteBuffer bytes) {
            return codec.missingBytes(bytes);
          }
        };
    assertThat(next(FramedReader.of(source, counting)).remaining()).isEqualTo(20);
    assertThat(calls[0]).isEqualTo(2);
  }

  @Test
  void afterAResumableFailureTheNextFrameIsRead() throws Exception {
    source.text("one\n").text("longer than four\n").text("two\n");
    FramedReader<String> reader = FramedReader.of(source, LinesCodec.of(4));
    List<String> read = new ArrayList<>();
    assertThatThrownBy(() -> harness.runToCompletion(reader.frames().forEach(read::add), 10))
        .isInstanceOf(FrameTooLongException.class);
    assertThat(harness.runToCompletion(reader.frames().toList(), 10)).containsExactly("two");
    assertThat(read).containsExactly("one");
  }

  @Test
  void afterAnyOtherFailureItIsOver() throws Exception {
    source.bytes(new byte[] {0, 0, 1, 0, 1, 2, 3});
    FramedReader<ByteBuffer> reader = FramedReader.of(source, LengthDelimitedCodec.of(4));
    assertThatThrownBy(() -> next(reader))
        .isInstanceOfSatisfying(
            FrameTooLongException.class,
            failure -> {
              assertThat(failure.isResumable()).isFalse();
              assertThat(failure.limitBytes()).isEqualTo(4);
            })
        .hasMessage("a frame of length 256 is over the limit of 4 bytes");
    assertThat(reader.bufferedBytes()).isZero();
    assertThat(reader.bufferCapacity()).isZero();
    assertThatThrownBy(() -> next(reader))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its decoder had failed");
    assertThatThrownBy(() -> reader.withDecoder(LinesCodec.of(4)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void framesAreGivenBeforeTheFailureBehindThem() throws Exception {
    source.bytes(new byte[] {0, 0, 0, 1, 7, 0, 0, 0, 2, 8});
    FramedReader<ByteBuffer> reader = FramedReader.of(source, LengthDelimitedCodec.of(4));
    assertThat(next(reader).get()).isEqualTo((byte) 7);
    assertThatThrownBy(() -> next(reader))
        .isInstanceOfSatisfying(
            TruncatedFrameException.class,
            failure -> {
              assertThat(failure.presentBytes()).isEqualTo(5);
              assertThat(failure.missingBytes()).isEqualTo(1);
            });
  }

  @Test
  void aFailureOfTheSourceLosesNothing() throws Exception {
    source.text("he").failure(new IOException("a hiccup")).text("llo\n");
    FramedReader<String> reader = lines();
    assertThatThrownBy(() -> next(reader)).hasMessage("a hiccup");
    assertThat(next(reader)).isEqualTo("hello");
  }

  @Test
  void closeFailsWhoWaitsAndDropsWhatIsBuffered() throws Exception {
    source.text("no end").neverEnds();
    FramedReader<String> reader = lines();
    Future<Optional<String>> next = reader.next();
    assertThat(harness.poll(next).isPending()).isTrue();
    reader.close();
    reader.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(next)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> next(reader)).isInstanceOf(ClosedChannelException.class);
    assertThat(source.isClosed()).isTrue();
    assertThat(reader.bufferCapacity()).isZero();
  }

  @Test
  void anotherDecoderGoesOnWithWhatIsBuffered() throws Exception {
    source.text("UPGRADE\n\0\0\0\2ab");
    FramedReader<String> reader = lines();
    assertThat(next(reader)).isEqualTo("UPGRADE");
    assertThat(reader.bufferedBytes()).isEqualTo(6);
    FramedReader<ByteBuffer> upgraded = reader.withDecoder(LengthDelimitedCodec.of(100));
    assertThat(Outcomes.text(next(upgraded))).isEqualTo("ab");
    assertThat(harness.poll(upgraded.next()).value()).isEmpty();
    assertThat(reader.bufferedBytes()).isZero();
    assertThatThrownBy(() -> next(reader))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another had taken its bytes over");
    upgraded.close();
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void anotherDecoderHearsOfAnEndThatHasCome() throws Exception {
    source.text("one\nrest");
    FramedReader<String> reader = lines();
    assertThat(harness.runToCompletion(reader.frames().toList(), 10))
        .containsExactly("one", "rest");
    FramedReader<ByteBuffer> another = reader.withDecoder(BytesCodec.of(8));
    assertThat(harness.poll(another.next()).value()).isEmpty();
  }

  @Test
  void framesOfABufferYieldToOthers() throws Exception {
    source.text("x\n".repeat(300)).neverEnds();
    AsyncIterator<String> frames = lines().frames();
    List<String> read = new ArrayList<>();
    assertThat(harness.pollEach(frames, read::add)).isEqualTo(Turn.PENDING);
    assertThat(read).hasSize(127); // and a unit for the read
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollEach(frames, read::add)).isEqualTo(Turn.PENDING);
    assertThat(harness.pollEach(frames, read::add)).isEqualTo(Turn.PENDING);
    assertThat(read).hasSize(300);
    assertThat(harness.woken()).isFalse();
  }

  @Test
  void whatIsNotYetAFrameCostsNothingButItsReads() throws Exception {
    for (int i = 0; i < 120; i++) {
      source.text("x");
    }
    source.text("\n");
    assertThat(next(FramedReader.of(source, LinesCodec.of(200)))).hasSize(120);
  }

  @Test
  void failuresInARowYieldToOthers() throws Exception {
    source.text("much too long\n".repeat(300));
    FramedReader<String> reader = FramedReader.of(source, LinesCodec.of(4), 8000);
    int[] failures = {0};
    Future<Integer> loop =
        cx -> {
          while (true) {
            try {
              if (reader.pollFrame(cx).isPending()) {
                throw new IllegalStateException("yields");
              }
            } catch (FrameTooLongException wrong) {
              failures[0]++;
            }
          }
        };
    assertThatThrownBy(() -> harness.poll(loop)).hasMessage("yields");
    assertThat(failures[0]).isEqualTo(127);
  }

  @Test
  void describeSaysWhatIsWaitedFor() throws Exception {
    source.text("be").neverEnds();
    AsyncIterator<String> frames = lines().frames();
    assertThat(harness.pollNext(frames).isPending()).isTrue();
    assertThat(Description.ofIterator(frames).toString())
        .contains("FramedReader.frames", "LinesCodec", "2 bytes", "bytes of ScriptedRead");
  }

  @Test
  void wrongSizesAreRefused() {
    assertThatThrownBy(() -> FramedReader.of(source, LinesCodec.of(4), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bufferBytes must be at least 1, was 0");
    assertThatThrownBy(() -> FramedReader.of(source, decoder(0, bytes -> null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("decoder.limitBytes() must be at least 1, was 0");
  }

  // ---- decoders that misbehave

  private interface Step {
    @Nullable String apply(ByteBuffer bytes) throws IOException;
  }

  private static Decoder<String> decoder(int limit, Step step) {
    return new Decoder<>() {
      @Override
      public int limitBytes() {
        return limit;
      }

      @Override
      public @Nullable String decode(ByteBuffer bytes) throws IOException {
        return step.apply(bytes);
      }
    };
  }

  @Test
  void aDecoderThatWantsMoreThanItsLimitIsStopped() {
    source.bytes(new byte[100]);
    FramedReader<String> reader = FramedReader.of(source, decoder(16, bytes -> null), 4);
    assertThatThrownBy(() -> next(reader))
        .isInstanceOf(FrameTooLongException.class)
        .hasMessage("the decoder wants more bytes than its limit of 16");
    assertThat(reader.bufferCapacity()).isZero();
    assertThatThrownBy(() -> next(reader)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFrameOfNoBytesIsAMistakeOfTheDecoder() {
    source.bytes(new byte[100]);
    FramedReader<String> reader = FramedReader.of(source, decoder(16, bytes -> "frame"));
    assertThatThrownBy(() -> next(reader))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must take at least one byte");
  }

  @Test
  void aResumableFailureThatTakesNothingIsNotResumed() {
    source.bytes(new byte[100]);
    Step failing =
        bytes -> {
          throw new MalformedFrameException("wrong", true);
        };
    FramedReader<String> reader = FramedReader.of(source, decoder(16, failing));
    assertThatThrownBy(() -> next(reader)).isInstanceOf(MalformedFrameException.class);
    assertThatThrownBy(() -> next(reader)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDecoderThatThrowsAnythingElseIsNotUsedAgain() {
    source.bytes(new byte[100]);
    Step failing =
        bytes -> {
          throw new ArithmeticException("by zero");
        };
    FramedReader<String> reader = FramedReader.of(source, decoder(16, failing));
    assertThatThrownBy(() -> next(reader)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> next(reader)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDecoderMayLimitAndReorderTheBytesForItself() throws Exception {
    source.bytes(new byte[] {1, 0, 2, 0, 3, 0});
    List<ByteOrder> orders = new ArrayList<>();
    Step limiting =
        bytes -> {
          orders.add(bytes.order());
          bytes.order(ByteOrder.LITTLE_ENDIAN).limit(bytes.position() + 2);
          return "" + bytes.getShort();
        };
    FramedReader<String> reader = FramedReader.of(source, decoder(2, limiting));
    assertThat(harness.runToCompletion(reader.frames().toList(), 10))
        .containsExactly("1", "2", "3");
    assertThat(orders).containsOnly(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void bytesThatSayNothingMayBeTakenWithoutAFrame() throws Exception {
    source.text("   ").text(" ").pause().text("  x  ");
    Step skipping =
        bytes -> {
          while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next != ' ') {
              return "" + (char) next;
            }
          }
          return null;
        };
    FramedReader<String> reader = FramedReader.of(source, decoder(1, skipping), 2);
    Future<Optional<String>> next = reader.next();
    assertThat(harness.poll(next).isPending()).isTrue();
    assertThat(reader.bufferCapacity()).isZero();
    source.arrive();
    assertThat(harness.poll(next).value()).contains("x");
    assertThat(harness.poll(reader.next()).value()).isEmpty();
  }

  @Test
  void bytesThatADecoderLeavesAtTheEndAreNotSwallowed() {
    source.text("rest");
    Decoder<String> leaving =
        new Decoder<>() {
          @Override
          public int limitBytes() {
            return 16;
          }

          @Override
          public @Nullable String decode(ByteBuffer bytes) {
            return null;
          }

          @Override
          public @Nullable String decodeEnd(ByteBuffer bytes) {
            return null;
          }
        };
    assertThatThrownBy(() -> next(FramedReader.of(source, leaving)))
        .isInstanceOf(TruncatedFrameException.class);
  }

  private void passes(Duration time) {
    harness.clock().advance(time);
  }

  @Test
  void frameThatWasBegunMustBeCompleteInTime() throws Exception {
    LimitCounts counts = new LimitCounts();
    source.pause().text("x").pause().text("y").pause().text("z\n");
    FramedReader<String> reader = lines().withFrameTimeout(Duration.ofSeconds(1), counts);
    Future<Optional<String>> next = reader.next();
    assertThat(harness.poll(next).isPending()).isTrue();
    passes(Duration.ofHours(1));
    assertThat(harness.woken()).as("nothing was begun").isFalse();
    source.arrive();
    assertThat(harness.poll(next).isPending()).isTrue();
    passes(Duration.ofMillis(900));
    source.arrive();
    assertThat(harness.poll(next).isPending()).as("a byte gives no more time").isTrue();
    passes(Duration.ofMillis(100));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(next).isPending()).as("the grace").isTrue();
    passes(Duration.ofMillis(10));
    assertThatThrownBy(() -> harness.poll(next))
        .isInstanceOf(FrameTimeoutException.class)
        .hasMessage("a frame, of which 2 bytes came, was not complete within PT1S");
    assertThat(counts.count(Refusal.FRAME)).isEqualTo(1);
    assertThat(harness.clock().armed()).isZero();
    assertThatThrownBy(() -> next(reader)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void eachFrameHasItsOwnTime() throws Exception {
    source.text("a").pause().text("\nb").pause().text("\n");
    FramedReader<String> reader = lines().withFrameTimeout(Duration.ofSeconds(1));
    for (String line : List.of("a", "b")) {
      Future<Optional<String>> next = reader.next();
      assertThat(harness.poll(next).isPending()).isTrue();
      passes(Duration.ofMillis(900));
      assertThat(harness.poll(next).isPending()).isTrue();
      passes(Duration.ofMillis(50));
      assertThat(harness.poll(next).isPending()).as("the time of this frame is not over").isTrue();
      source.arrive();
      assertThat(harness.poll(next).value()).contains(line);
    }
    assertThat(harness.poll(reader.next()).value()).isEmpty();
  }

  /** The end of a frame that was skipped leaves nothing, and so it leaves no time either. */
  @Test
  void frameBehindASkippedOneHasItsOwnTime() throws Exception {
    source.text("too long").pause().text("\n").pause().text("b").pause().text("\n");
    FramedReader<String> reader =
        FramedReader.of(source, LinesCodec.of(4)).withFrameTimeout(Duration.ofSeconds(1));
    assertThatThrownBy(() -> next(reader)).isInstanceOf(FrameTooLongException.class);
    Future<Optional<String>> next = reader.next();
    assertThat(harness.poll(next).isPending()).isTrue();
    source.arrive();
    assertThat(harness.poll(next).isPending()).isTrue();
    passes(Duration.ofHours(1));
    source.arrive();
    assertThat(harness.poll(next).isPending()).isTrue();
    passes(Duration.ofMillis(900));
    assertThat(harness.poll(next).isPending()).as("the time of this frame is not over").isTrue();
    source.arrive();
    assertThat(harness.poll(next).value()).contains("b");
  }

  @Test
  void frameThatIsSkippedMustHaveItsEndInTimeToo() throws Exception {
    source.text("too long").pause();
    FramedReader<ByteBuffer> reader =
        FramedReader.of(source, DelimiterCodec.of(4, ";")).withFrameTimeout(Duration.ofSeconds(1));
    assertThatThrownBy(() -> harness.poll(reader.next())).isInstanceOf(FrameTooLongException.class);
    Future<Optional<ByteBuffer>> next = reader.next();
    assertThat(harness.poll(next).isPending()).isTrue();
    for (int i = 0; i < 9; i++) {
      passes(Duration.ofMillis(100));
      source.text("x").pause().arrive();
      assertThat(harness.poll(next).isPending()).isTrue();
    }
    passes(Duration.ofMillis(100));
    assertThat(harness.poll(next).isPending()).as("the grace").isTrue();
    passes(Duration.ofMillis(10));
    assertThatThrownBy(() -> harness.poll(next)).isInstanceOf(FrameTimeoutException.class);
  }

  @Test
  void endLeavesNothingArmed() throws Exception {
    source.text("a").pause();
    FramedReader<String> reader = lines().withFrameTimeout(Duration.ofSeconds(1));
    assertThat(harness.poll(reader.next()).isPending()).isTrue();
    source.text("\n").arrive();
    assertThat(next(reader)).isEqualTo("a");
    assertThat(harness.poll(reader.next()).value()).isEmpty();
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void closeOfAReaderWithATimeLimitLeavesNothingArmed() throws Exception {
    source.text("a").pause();
    FramedReader<String> reader = lines().withFrameTimeout(Duration.ofSeconds(1));
    assertThat(harness.poll(reader.next()).isPending()).isTrue();
    assertThat(harness.clock().armed()).isEqualTo(1);
    reader.close();
    assertThat(harness.clock().armed()).isZero();
  }

  @Test
  void readerWithATimeLimitTakesTheOtherOver() throws Exception {
    source.text("one\ntwo\n");
    FramedReader<String> before = lines();
    assertThat(next(before)).isEqualTo("one");
    FramedReader<String> after = before.withFrameTimeout(Duration.ofSeconds(1));
    assertThat(next(after)).isEqualTo("two");
    assertThatThrownBy(() -> next(before)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> after.withFrameTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be more than zero and at most 292 years, was PT0S");
  }
}
