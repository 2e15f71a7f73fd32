package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the end of a line, and takes it when it is there.
 *
 * @threading confined to the polling task
 */
final class LineSearch {

  /** What a decoder that was not told to report puts where it can't decode. */
  private static final char REPLACEMENT = '\uFFFD';

  private final DelimiterSearch search;

  LineSearch(int limit) {
    search = new DelimiterSearch((byte) '\n', limit, 1, "a line");
  }

  /**
   * Takes the next line, if all of it is there.
   *
   * @param over what is answered at the end of the bytes
   * @return the line; {@code over}; or null if neither is there yet, and the waker is stored
   */
  @Nullable String poll(Context cx, AsyncBufRead source, String over) throws IOException {
    ByteBuffer found = search.poll(cx, source);
    if (found == null) {
      return null;
    }
    int length = found.remaining();
    if (length == 0) {
      return over;
    }
    byte[] bytes = new byte[length];
    found.get(bytes);
    int end = length;
    if (bytes[end - 1] == '\n') {
      end--;
      if (end > 0 && bytes[end - 1] == '\r') {
        end--;
      }
    }
    if (end > search.limit()) {
      throw search.tooLong();
    }
    source.consume(length);
    return decoded(bytes, end);
  }

  private static String decoded(byte[] bytes, int end) throws CharacterCodingException {
    String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    // Either such a character was sent, or something else was that is none.
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
  }
}
