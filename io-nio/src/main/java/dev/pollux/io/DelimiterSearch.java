package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a byte, and takes nothing. What has been looked at is not looked at again.
 *
 * @threading confined to the polling task
 */
final class DelimiterSearch {

  private final byte delimiter;
  private final int limit;

  /** What may come between the limit and the delimiter: the first byte of a longer delimiter. */
  private final int slack;

  private final String what;

  /** So many of the first buffered bytes are no delimiter. */
  private int searched;

  /**
   * Makes a search.
   *
   * @param what what is read, for messages
   */
  DelimiterSearch(byte delimiter, int limit, int slack, String what) {
    if (limit < 0 || limit > Integer.MAX_VALUE - 1 - slack) {
      throw new IllegalArgumentException(
          "limit must be from 0 to " + (Integer.MAX_VALUE - 1 - slack) + ", was " + limit);
    }
    this.delimiter = delimiter;
    this.limit = limit;
    this.slack = slack;
    this.what = what;
  }

  /**
   * Looks on.
   *
   * @return a view of the bytes up to and with the delimiter, or of those that are left at the end;
   *     null if neither is there yet, and the waker is stored
   * @throws LimitExceededException if the delimiter is further away than the limit
   */
  @Nullable ByteBuffer poll(Context cx, AsyncBufRead source) throws IOException {
    while (true) {
      ByteBuffer bytes = source.pollFill(cx, searched + 1);
      if (bytes == null) {
        return null;
      }
      int start = bytes.position();
      int there = bytes.remaining();
      int end = start + Math.min(there, limit + slack + 1);
      for (int i = start + searched; i < end; i++) {
        if (bytes.get(i) == delimiter) {
          searched = 0;
          return bytes.limit(i + 1);
        }
      }
      if (there <= searched) { // fewer than were asked for: the end
        searched = 0;
        return bytes;
      }
      searched = end - start;
      if (searched > limit + slack) {
        throw tooLong();
      }
    }
  }

  LimitExceededException tooLong() {
    return new LimitExceededException(limit, what);
  }

  int limit() {
    return limit;
  }

  byte delimiter() {
    return delimiter;
  }
}
