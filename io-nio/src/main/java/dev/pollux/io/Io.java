package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.Unpolled;

/**
 * Sources and sinks of bytes, and the ways from one to the other.
 *
 * <p>An echo server copies a connection to itself:
 *
 * <pre>{@code
 * Future<Long> echo(AsyncByteStream stream) {
 *   return Io.copy(stream, stream);
 * }
 * }</pre>
 *
 * @threading any thread
 */
public final class Io {

  private Io() {}

  /**
   * Copies all bytes of {@code from} to {@code to}, and flushes. Neither is closed, or shut down.
   *
   * <p>No memory is held while it waits for {@code from}. What {@code to} does not take at once,
   * 256 KiB at most and as a rule much less, is held until it does, and nothing more is read
   * before.
   *
   * @param from read to its end
   * @param to written; flushed whenever {@code from} has nothing, and at the end. It may be the
   *     same object
   * @return a future of the number of bytes, which can be asked how far it has come
   * @cancellation what was read and not yet written is lost: see {@link Copy}
   */
  public static Copy copy(AsyncRead from, AsyncWrite to) {
    return copy(from, to, Long.MAX_VALUE);
  }

  /**
   * As {@link #copy(AsyncRead, AsyncWrite)}, up to a number of bytes. What comes after them is not
   * read.
   *
   * @param from read
   * @param to written
   * @param limit how many bytes are copied at most, at least 0; there are fewer if {@code from}
   *     ends before
   * @return a future of the number of bytes
   * @throws IllegalArgumentException if {@code limit} is negative
   * @cancellation what was read and not yet written is lost: see {@link Copy}
   */
  public static Copy copy(AsyncRead from, AsyncWrite to, long limit) {
    return Unpolled.made(
        new Copy(
            new Transfer(
                requireNonNull(from, "from"),
                requireNonNull(to, "to"),
                Checks.notNegative("limit", limit))));
  }

  /**
   * Copies between two connections, each to the other, until both have ended. When one has ended,
   * the other is shut down: it reads the end, and may go on writing. If either direction fails,
   * both are over. Neither connection is closed.
   *
   * @param first one of the two
   * @param second the other one
   * @return a future of the numbers of bytes, which can be asked how far it has come, also after a
   *     failure
   * @cancellation what was read and not yet written is lost: see {@link CopyBidirectional}
   */
  public static CopyBidirectional copyBidirectional(AsyncByteStream first, AsyncByteStream second) {
    return Unpolled.made(
        new CopyBidirectional(requireNonNull(first, "first"), requireNonNull(second, "second")));
  }

  /** No bytes: a source that is at its end. */
  public static AsyncBufRead empty() {
    return new Nothing();
  }
}
