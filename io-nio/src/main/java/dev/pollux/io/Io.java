package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Unpolled;
import java.nio.ByteBuffer;

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
   * 256 KiB at most ({@link Copy#holdAtMost} for another limit) and as a rule much less, is held
   * until it does, and nothing more is read before.
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

  /**
   * The bytes of {@code bytes}, from its position to its limit. They are not copied.
   *
   * @param bytes is not moved, and not to be changed while it is read
   */
  public static AsyncBufRead of(ByteBuffer bytes) {
    return new BytesRead(requireNonNull(bytes, "bytes"));
  }

  /**
   * The bytes of {@code bytes}. They are not copied.
   *
   * @param bytes not to be changed while it is read
   */
  public static AsyncBufRead of(byte[] bytes) {
    return new BytesRead(ByteBuffer.wrap(requireNonNull(bytes, "bytes")));
  }

  /**
   * The bytes of the buffers that {@code iterator} gives, from the position to the limit of each,
   * up to its end. {@link AsyncRead#chunks} is the other way round.
   *
   * @param iterator gives buffers, which belong to the reader then; it is cancelled when that is
   *     closed. A failure of it that is no {@code IOException} and no {@code RuntimeException} is
   *     the cause of one; after a failure comes the end
   */
  public static AsyncRead from(AsyncIterator<ByteBuffer> iterator) {
    Unpolled.used(requireNonNull(iterator, "iterator"));
    return new IteratorRead(iterator);
  }

  /** Takes any number of bytes and drops them. */
  public static AsyncWrite sink() {
    return new SinkWrite();
  }

  /**
   * A source and a sink as one connection. Its {@code close} closes both.
   *
   * @param reader what is read
   * @param writer what is written
   */
  public static AsyncByteStream join(AsyncRead reader, AsyncWrite writer) {
    return new JoinedStream(requireNonNull(reader, "reader"), requireNonNull(writer, "writer"));
  }

  /**
   * Two connections in memory, each of which reads what the other writes.
   *
   * @param capacity how many bytes are held at most in each direction, at least 1
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static Duplex duplex(int capacity) {
    return Duplex.of(capacity);
  }
}
