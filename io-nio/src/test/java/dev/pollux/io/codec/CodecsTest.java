package dev.pollux.io.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each codec makes of bytes, and of frames. */
class CodecsTest {

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<String> decoded(Decoder<?> decoder, String bytes) {
    return Outcomes.of(FramedReader.of(new ScriptedRead().bytes(latin(bytes)), decoder));
  }

  private static <T> byte[] encoded(Encoder<T> encoder, T frame) throws Exception {
    FrameOutput out = new FrameOutput(1);
    encoder.encode(frame, out);
    ByteBuffer room = out.room(0);
    byte[] bytes = new byte[out.heldBytes()];
    room.get(room.position() - bytes.length, bytes);
    return bytes;
  }

  private static ByteBuffer frame(String bytes) {
    return ByteBuffer.wrap(latin(bytes));
  }

  // ---- lines

  @Test
  void linesEndWithEitherKindOfNewline() {
    assertThat(decoded(LinesCodec.of(10), "one\ntwo\r\n\n\r\nthree"))
        .containsExactly("one", "two", "", "", "three", "end");
    assertThat(decoded(LinesCodec.of(10), "")).containsExactly("end");
    assertThat(decoded(LinesCodec.of(10), "a\r\r\nb\rc\nd\r"))
        .containsExactly("a\r", "b\rc", "d\r", "end");
  }

  @Test
  void theEndOfALineIsNotInItsLimit() {
    assertThat(decoded(LinesCodec.of(3), "abc\nabc\r\nabc"))
        .containsExactly("abc", "abc", "abc", "end");
    assertThat(decoded(LinesCodec.of(3), "abcd\nok\nabcd\r\nok\nabcd"))
        .containsExactly(
            "FrameTooLongException",
            "ok",
            "FrameTooLongException",
            "ok",
            "FrameTooLongException",
            "end");
  }

  @Test
  void aLineThatIsNotUtf8IsSkipped() {
    assertThat(decoded(LinesCodec.of(10), "ok\nb\u00e4d\nok\n"))
        .containsExactly("ok", "MalformedFrameException", "ok", "end");
    String replacement =
        new String("\ufffd".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(decoded(LinesCodec.of(10), replacement)).containsExactly("\ufffd", "end");
    assertThat(decoded(LinesCodec.of(10), "\u00e2\u0082"))
        .containsExactly("MalformedFrameException", "end");
  }

  @Test
  void aLineIsWrittenWithItsEnd() throws Exception {
    assertThat(encoded(LinesCodec.of(4), "\u20aca"))
        .isEqualTo("\u20aca\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNotALineIsNotWritten() {
    LinesCodec codec = LinesCodec.of(4);
    assertThatThrownBy(() -> encoded(codec, "a\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line must have no newline in it, has one at index 1");
    assertThatThrownBy(() -> encoded(codec, "a\r"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("carriage return");
    assertThatThrownBy(() -> encoded(codec, "a\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at index 1");
    assertThatThrownBy(() -> encoded(codec, "\ude00\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at index 0");
    assertThatThrownBy(() -> encoded(codec, "\u20ac\u20ac"))
        .isInstanceOf(FrameTooLongException.class)
        .hasMessage("line must have at most 4 bytes, was of 6");
  }

  // ---- one datagram after the other

  /** As {@link UdpFramed} does it: all bytes are the last ones, and then there are others. */
  private static List<String> datagram(Decoder<?> decoder, String text) {
    ByteBuffer bytes = frame(text);
    List<String> frames = new ArrayList<>();
    while (true) {
      try {
        Object frame = decoder.decodeEnd(bytes);
        if (frame == null) {
          return frames;
        }
        frames.add(
            frame instanceof ByteBuffer data ? ISO_8859_1.decode(data).toString() : "" + frame);
      } catch (IOException wrong) {
        frames.add(wrong.getClass().getSimpleName());
        if (!(wrong instanceof FrameException each && each.isResumable())) {
          return frames;
        }
      }
    }
  }

  @Test
  void theEndOfADatagramIsForgotten() {
    LinesCodec lines = LinesCodec.of(20);
    assertThat(datagram(lines, "hello")).containsExactly("hello");
    assertThat(datagram(lines, "a\nb\n")).containsExactly("a", "b");
    DelimiterCodec records = DelimiterCodec.of(20, ";");
    assertThat(datagram(records, "hello")).containsExactly("TruncatedFrameException");
    assertThat(datagram(records, "a;b;")).containsExactly("a", "b");
  }

  @Test
  void aFrameThatIsTooLongEndsWithItsDatagram() {
    for (String delimiter : List.of(";", "--", "::::")) {
      DelimiterCodec records = DelimiterCodec.of(3, delimiter);
      for (int length = 4; length < 12; length++) {
        assertThat(datagram(records, "x".repeat(length))).containsExactly("FrameTooLongException");
        assertThat(datagram(records, "a" + delimiter)).containsExactly("a");
      }
    }
  }

  // ---- delimiters

  @Test
  void framesEndWithAnyOfTheDelimiters() {
    assertThat(decoded(DelimiterCodec.of(10, "\0", "--"), "a\0b--c-d--"))
        .containsExactly("a", "b", "c-d", "end");
    assertThat(decoded(DelimiterCodec.of(10, "\r\n"), "a\nb\rc\r\n"))
        .containsExactly("a\nb\rc", "end");
  }

  @Test
  void bytesWithoutADelimiterAreATruncatedFrame() {
    assertThat(decoded(DelimiterCodec.of(10, "\0"), "a\0b"))
        .containsExactly("a", "TruncatedFrameException");
  }

  @Test
  void aFrameOverTheLimitIsSkippedToTheNextDelimiter() {
    assertThat(decoded(DelimiterCodec.of(3, "--"), "abcdefg-h--ok--"))
        .containsExactly("FrameTooLongException", "ok", "end");
    assertThat(decoded(DelimiterCodec.of(3, "--"), "abcdefg"))
        .containsExactly("FrameTooLongException", "end");
  }

  @Test
  void anyNumberOfFramesMayBeSkipped() {
    String many = "far too long--".repeat(1000) + "ok--";
    List<String> outcomes = decoded(DelimiterCodec.of(3, "--"), many);
    assertThat(outcomes).hasSize(1002).endsWith("ok", "end");
  }

  @Test
  void delimitersThatCanNotWorkAreRefused() {
    assertThatThrownBy(() -> DelimiterCodec.of(10, "\r", "\r\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "delimiters must not have one in them that ends before the other: 0d is in 0d 0a");
    assertThatThrownBy(() -> DelimiterCodec.of(10, new String[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delimiters must be at least one, there was none");
    assertThatThrownBy(() -> DelimiterCodec.of(10, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the length of a delimiter must be from 1 to 1024, was 0");
    assertThatThrownBy(() -> DelimiterCodec.of(0, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be from 1 to 1073741824, was 0");
  }

  @Test
  void aDelimitedFrameIsWrittenWithTheFirstDelimiter() throws Exception {
    DelimiterCodec codec = DelimiterCodec.of(3, "--", "\0");
    assertThat(encoded(codec, frame("abc"))).isEqualTo(latin("abc--"));
    assertThatThrownBy(() -> encoded(codec, frame("a\0")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoded(codec, frame("a-")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoded(codec, frame("abcd")))
        .isInstanceOf(FrameTooLongException.class);
  }

  // ---- lengths

  @Test
  void lengthsAreBigEndianAndOfFourBytes() throws Exception {
    LengthDelimitedCodec codec = LengthDelimitedCodec.of(10);
    assertThat(decoded(codec, "\0\0\0\2ab\0\0\0\0\0\0\0\1c")).containsExactly("ab", "", "c", "end");
    assertThat(encoded(codec, frame("ab"))).isEqualTo(latin("\0\0\0\2ab"));
  }

  @Test
  void lengthsAreOfAnySizeAndOrder() throws Exception {
    LengthDelimitedCodec little =
        LengthDelimitedCodec.builder()
            .limit(300)
            .lengthBytes(3)
            .order(ByteOrder.LITTLE_ENDIAN)
            .build();
    String long258 = "x".repeat(258);
    assertThat(decoded(little, "\2\1\0" + long258)).containsExactly(long258, "end");
    assertThat(encoded(little, frame(long258))).startsWith(2, 1, 0).hasSize(261);
    LengthDelimitedCodec eight = LengthDelimitedCodec.builder().limit(300).lengthBytes(8).build();
    assertThat(decoded(eight, "\0\0\0\0\0\0\0\2ab")).containsExactly("ab", "end");
  }

  @Test
  void theHeadMayBePartOfTheFrame() throws Exception {
    // A type, a length of all, and data.
    LengthDelimitedCodec codec =
        LengthDelimitedCodec.builder()
            .limit(10)
            .lengthOffset(1)
            .lengthBytes(2)
            .lengthAdjustment(-3)
            .skip(0)
            .build();
    assertThat(decoded(codec, "T\0\5abU\0\3")).containsExactly("T\0\5ab", "U\0\3", "end");
    assertThat(encoded(codec, frame("T??ab"))).isEqualTo(latin("T\0\5ab"));
    assertThat(decoded(codec, "T\0\2ab")).containsExactly("MalformedFrameException");
    assertThatThrownBy(() -> encoded(codec, frame("T?")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frame must have at least 3 bytes, has 2");
  }

  @Test
  void moreThanTheHeadMayBeSkipped() throws Exception {
    LengthDelimitedCodec codec =
        LengthDelimitedCodec.builder().limit(10).lengthBytes(1).skip(3).build();
    assertThat(decoded(codec, "\5??abc\2??")).containsExactly("abc", "", "end");
    assertThat(decoded(codec, "\1?")).containsExactly("MalformedFrameException");
    assertThat(encoded(codec, frame("abc"))).isEqualTo(latin("\5\0\0abc"));
  }

  @Test
  void aLengthIsUnsigned() {
    assertThat(
            decoded(
                LengthDelimitedCodec.builder().limit(255).lengthBytes(1).build(),
                "\u00ff" + "x".repeat(255)))
        .containsExactly("x".repeat(255), "end");
    for (int bytes = 1; bytes <= 8; bytes++) {
      for (int adjustment : new int[] {-Limits.MOST, -1, 0, 1, Limits.MOST}) {
        LengthDelimitedCodec codec =
            LengthDelimitedCodec.builder()
                .limit(200)
                .lengthBytes(bytes)
                .lengthAdjustment(adjustment)
                .build();
        List<String> outcomes = decoded(codec, "\u00ff".repeat(bytes));
        assertThat(outcomes)
            .as("%s bytes, %s more", bytes, adjustment)
            .containsExactly(
                adjustment < -1 && bytes < 4 ? "MalformedFrameException" : "FrameTooLongException");
      }
    }
  }

  @Test
  void theLargestLengthDoesNotOverflow() {
    LengthDelimitedCodec codec =
        LengthDelimitedCodec.builder().limit(200).lengthBytes(8).lengthAdjustment(1).build();
    assertThat(decoded(codec, "\u007f" + "\u00ff".repeat(7)))
        .containsExactly("FrameTooLongException");
  }

  @Test
  void aFrameWhoseLengthCanNotBeWrittenIsRefused() {
    LengthDelimitedCodec codec = LengthDelimitedCodec.builder().limit(1000).lengthBytes(1).build();
    assertThatThrownBy(() -> encoded(codec, frame("x".repeat(256))))
        .isInstanceOfSatisfying(
            FrameTooLongException.class, failure -> assertThat(failure.isResumable()).isTrue());
    assertThatThrownBy(() -> encoded(LengthDelimitedCodec.of(4), frame("abcde")))
        .isInstanceOf(FrameTooLongException.class);
  }

  @Test
  void aTruncatedFrameSaysHowMuchIsMissing() {
    ByteBuffer bytes = ByteBuffer.wrap(latin("\0\0\0\7ab"));
    assertThatThrownBy(() -> LengthDelimitedCodec.of(10).decodeEnd(bytes))
        .isInstanceOfSatisfying(
            TruncatedFrameException.class,
            failure -> {
              assertThat(failure.presentBytes()).isEqualTo(6);
              assertThat(failure.missingBytes()).isEqualTo(5);
            })
        .hasMessage("the bytes ended 5 before the end of a frame (at least), of which 6 came");
  }

  @Test
  void aBuilderChecksWhatItIsTold() {
    LengthDelimitedCodecBuilder builder = LengthDelimitedCodec.builder();
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("limit must be said before build");
    assertThatThrownBy(() -> builder.lengthBytes(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be from 1 to 8, was 9");
    assertThatThrownBy(() -> builder.lengthOffset(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.skip(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.limit(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.lengthAdjustment(Integer.MIN_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- bytes

  @Test
  void bytesComeAsTheyAreUpToTheLimit() throws Exception {
    assertThat(decoded(BytesCodec.of(4), "abcdefghij"))
        .containsExactly("abcd", "efgh", "ij", "end");
    assertThat(encoded(BytesCodec.of(4), frame("abcdefghij"))).isEqualTo(latin("abcdefghij"));
  }
}
