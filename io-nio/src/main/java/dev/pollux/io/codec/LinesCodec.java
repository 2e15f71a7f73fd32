package dev.pollux.io.codec;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of text in UTF-8.
 *
 * <p>A line ends with {@code "\n"} or {@code "\r\n"}, which are not part of it; the last one may do
 * without. It is written with {@code "\n"}.
 *
 * <p>A line over the limit is a {@link FrameTooLongException}, and one that is not UTF-8 a {@link
 * MalformedFrameException}. Both are {@linkplain FrameException#isResumable() resumable}: the rest
 * of the line is skipped, and the next one is read. Of a line over the limit no more than the limit
 * is ever kept.
 *
 * <p>This remembers how far it has looked: each stream has one of its own.
 *
 * <p>Source: {@code LinesCodec} of Tokio, which has no limit unless it is asked for one.
 *
 * @threading reading is confined to one task; writing is free for all
 */
public final class LinesCodec implements Codec<String, String> {

  private static final byte[] NEWLINE = {'\n'};
  private static final byte[] CARRIAGE_RETURN_NEWLINE = {'\r', '\n'};

  /** What takes the place of bytes that are not UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private final int limitBytes;
  private final DelimitedBytes lines;

  private LinesCodec(int limitBytes) {
    this.limitBytes = limitBytes;
    this.lines = new DelimitedBytes(limitBytes, NEWLINE, CARRIAGE_RETURN_NEWLINE);
  }

  /**
   * A codec for one stream.
   *
   * @param limit the most bytes that a line may have without its end, from 1 to 2^30
   * @throws IllegalArgumentException if {@code limit} is anything else
   */
  public static LinesCodec of(int limit) {
    return new LinesCodec(Limits.ofFrame(limit));
  }

  @Override
  public int limitBytes() {
    return lines.limitBytes();
  }

  @Override
  public @Nullable String decode(ByteBuffer bytes) throws FrameException {
    int length = lines.find(bytes);
    return length < 0 ? null : line(bytes, length, lines.delimiterLength());
  }

  /**
   * {@inheritDoc}
   *
   * <p>What comes after the last end of a line is a line as well, if it is not empty.
   */
  @Override
  public @Nullable String decodeEnd(ByteBuffer bytes) throws FrameException {
    int length = lines.findLast(bytes);
    if (length >= 0) {
      return line(bytes, length, lines.delimiterLength());
    }
    return bytes.hasRemaining() ? line(bytes, bytes.remaining(), 0) : null;
  }

  private static String line(ByteBuffer bytes, int length, int delimiterLength)
      throws MalformedFrameException {
    byte[] line = new byte[length];
    bytes.get(line);
    bytes.position(bytes.position() + delimiterLength);
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) { // which may have been written so
      checkWellFormed(line);
    }
    return text;
  }

  private static void checkWellFormed(byte[] line) throws MalformedFrameException {
    try {
      CharBuffer unused =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(line));
    } catch (CharacterCodingException malformed) {
      throw new MalformedFrameException(
          "a line of " + line.length + " bytes is not UTF-8: it is skipped", true, malformed);
    }
  }

  /**
   * Appends a line and its end.
   *
   * @throws IllegalArgumentException if {@code line} has a {@code "\n"} in it or a {@code "\r"} at
   *     its end, and would be read as something else, or if it has half of a surrogate pair
   * @throws FrameTooLongException if {@code line} has more bytes than the limit
   */
  @Override
  public void encode(String line, FrameOutput out) throws FrameTooLongException {
    checkIsLine(line);
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > limitBytes) {
      throw new FrameTooLongException(
          "line must have at most " + limitBytes + " bytes, was of " + bytes.length,
          limitBytes,
          true);
    }
    out.room(bytes.length + 1).put(bytes).put((byte) '\n');
  }

  private static void checkIsLine(String line) {
    int newline = line.indexOf('\n');
    if (newline >= 0) {
      throw new IllegalArgumentException(
          "line must have no newline in it, has one at index " + newline);
    }
    if (line.endsWith("\r")) {
      throw new IllegalArgumentException(
          "line must not end with a carriage return, for that is read as part of the line's end");
    }
    for (int i = 0; i < line.length(); i++) {
      if (Character.isSurrogate(line.charAt(i))) {
        if (!Character.isSurrogatePair(
            line.charAt(i), i + 1 < line.length() ? line.charAt(i + 1) : 0)) {
          throw new IllegalArgumentException(
              "line must be well-formed, has half of a surrogate pair at index " + i);
        }
        i++;
      }
    }
  }

  @Override
  public String toString() {
    return "LinesCodec[at most " + limitBytes + " bytes]";
  }
}
