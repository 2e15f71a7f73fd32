package dev.pollux.io;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source of bytes that has a buffer, and lets its reader look into it. What looks for something,
 * such as the end of a line, takes nothing until it has found it: so whoever gives up has lost
 * nothing.
 *
 * <p>Source: {@code AsyncBufRead} of Tokio and futures-rs. What is asked for by {@link
 * #pollFill(Context, int)} is kept in the buffer here, not in the future that asks.
 *
 * @threading as {@link AsyncRead}
 */
public interface AsyncBufRead extends AsyncRead {

  /**
   * The bytes that are buffered; reads some first if there are none.
   *
   * @param cx whose waker is stored if there are no bytes
   * @return a read-only view of the bytes, valid until this is used again; empty at the end of the
   *     bytes; null if there is nothing yet, and the waker is stored
   * @throws java.nio.channels.ClosedChannelException if this was closed, also while a reader waits
   * @throws IOException if reading fails; what was buffered before is still there
   */
  default @Nullable ByteBuffer pollFill(Context cx) throws IOException {
    return pollFill(cx, 1);
  }

  /**
   * The bytes that are buffered; reads more first if they are fewer than {@code atLeast}.
   *
   * @param cx whose waker is stored if there are too few bytes
   * @param atLeast how many are wanted, at least 1; so many are held, whatever the size of the
   *     buffer, in one that may be twice as large
   * @return a read-only view of the bytes, valid until this is used again; with fewer than {@code
   *     atLeast} only if no more will come; null if there are not so many yet, and the waker is
   *     stored
   * @throws IllegalArgumentException if {@code atLeast} is less than 1
   * @throws java.nio.channels.ClosedChannelException if this was closed, also while a reader waits
   * @throws IOException if reading fails; what was buffered before is still there
   */
  @Nullable ByteBuffer pollFill(Context cx, int atLeast) throws IOException;

  /**
   * Takes the first {@code count} of the buffered bytes away.
   *
   * @param count how many
   * @throws IllegalArgumentException if so many are not buffered
   */
  void consume(int count);

  /**
   * Reads up to the next {@code delimiter}, or up to the end of the bytes. It fails with a {@link
   * LimitExceededException}, and nothing taken, if that is too far.
   *
   * @param delimiter the last byte that is wanted
   * @param limit how many bytes come before it at most, at least 0; so many are buffered
   * @return a future of the bytes with the delimiter; without it at the end of the bytes; of none
   *     after that
   * @throws IllegalArgumentException if {@code limit} is negative or the greatest integer
   * @cancellation nothing was taken: what was read on the way is still in the buffer
   */
  default Future<byte[]> readUntil(byte delimiter, int limit) {
    return Unpolled.made(new ReadUntil(this, delimiter, limit));
  }

  /**
   * Reads the next line: UTF-8 up to {@code \n} or {@code \r\n}, which are left out, or up to the
   * end of the bytes. It fails with a {@link LimitExceededException}, and nothing taken, if the
   * line is too long; with a {@link java.nio.charset.MalformedInputException}, and the line taken,
   * if it is not UTF-8.
   *
   * @param limit how many bytes a line has at most, at least 0; so many are buffered
   * @return a future of the line, or of nothing if the bytes are over
   * @throws IllegalArgumentException if {@code limit} is negative or greater than {@code
   *     Integer.MAX_VALUE - 2}
   * @cancellation nothing was taken: what was read on the way is still in the buffer
   */
  default Future<Optional<String>> readLine(int limit) {
    return Unpolled.made(new ReadLine(this, limit));
  }

  /**
   * The lines of this, as {@link #readLine} reads them, up to its end or the first failure. The
   * iterator does not own this: its {@code cancel} leaves this open, behind the last line that was
   * given.
   *
   * @param limit how many bytes a line has at most, at least 0; so many are buffered
   * @throws IllegalArgumentException as {@link #readLine}
   * @cancellation nothing is lost: what was read of a line is still in the buffer
   */
  default AsyncIterator<String> lines(int limit) {
    return Unpolled.made(new Lines(this, limit));
  }
}
