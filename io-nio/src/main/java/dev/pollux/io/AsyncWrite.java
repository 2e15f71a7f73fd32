package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A sink of bytes that is written by polling.
 *
 * <p>Whoever writes one by hand gives {@code pollWrite}, {@code pollFlush}, {@code pollShutdown}
 * and {@code close}. The rest is made of these.
 *
 * <p>One writer at a time: a second one that waits takes the place of the first.
 *
 * <p>Source: {@code AsyncWrite} of Tokio and futures-rs.
 *
 * @threading polled by one task at a time; {@link #close()} may be called from any thread
 */
public interface AsyncWrite extends Closeable {

  /** What {@link #pollWrite} answers when it has stored the waker and nothing else was done. */
  int NOT_READY = AsyncRead.NOT_READY;

  /**
   * Takes some of the bytes of {@code src}, if there is room for any.
   *
   * @param cx whose waker is stored if there is no room
   * @param src whose bytes are taken at its position, which moves on; it is not kept
   * @return the number of bytes, at least 1, or {@link #NOT_READY}. Never 0
   * @throws IllegalArgumentException if {@code src} is empty
   * @throws java.nio.channels.ClosedChannelException if this was closed, also while a writer waits,
   *     or {@linkplain #pollShutdown shut down}
   * @throws IOException if writing fails; nothing of {@code src} was taken
   */
  int pollWrite(Context cx, ByteBuffer src) throws IOException;

  /**
   * As {@link #pollWrite(Context, ByteBuffer)}, from several buffers in their order. What can't
   * write several at once takes of the first that is not empty.
   *
   * @param cx whose waker is stored if there is no room
   * @param srcs whose bytes are taken
   * @param offset the first of {@code srcs}
   * @param length how many of {@code srcs}
   * @return the number of bytes, at least 1, or {@link #NOT_READY}. Never 0
   * @throws IndexOutOfBoundsException if {@code offset} and {@code length} are not inside {@code
   *     srcs}
   * @throws IllegalArgumentException if all of them are empty
   * @throws IOException as {@link #pollWrite(Context, ByteBuffer)}
   */
  default long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, srcs.length);
    for (int i = offset; i < offset + length; i++) {
      if (srcs[i].hasRemaining()) {
        return pollWrite(cx, srcs[i]);
      }
    }
    throw new IllegalArgumentException("srcs must not be empty, all of the " + length + " were");
  }

  /**
   * Passes on what was taken and is still held here.
   *
   * @param cx whose waker is stored if that is not done
   * @return whether all that was taken has been passed on; else the waker is stored
   * @throws IOException if writing fails
   */
  boolean pollFlush(Context cx) throws IOException;

  /**
   * Flushes, and says that nothing more will come: the other side reads the end. What is read in
   * the other direction is not touched. Once this is done, doing it again is without effect.
   *
   * @param cx whose waker is stored if that is not done
   * @return whether it is done; else the waker is stored
   * @throws IOException if writing fails
   */
  boolean pollShutdown(Context cx) throws IOException;

  /**
   * Lets go of what this holds, at once and without a flush: who waits here fails with a {@link
   * java.nio.channels.ClosedChannelException}. Idempotent; never blocks.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  void close() throws IOException;

  /**
   * Writes some of the bytes of {@code src}, as soon as there is room for any.
   *
   * @param src whose bytes are taken at its position, which moves on; not to be touched until the
   *     future is over
   * @return a future of the number of bytes, at least 1
   * @throws IllegalArgumentException if {@code src} is empty
   * @cancellation nothing was written
   */
  default Future<Integer> write(ByteBuffer src) {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    return Unpolled.made(new WriteSome(this, src));
  }

  /**
   * Writes all bytes of {@code src}. They are not flushed.
   *
   * @param src whose bytes are taken at its position, which moves on; not to be touched until the
   *     future is over
   * @return a future of null
   * @cancellation what was written is what the position of {@code src} has passed, as after a
   *     failure: a second call with the same buffer goes on from there
   */
  default Future<Void> writeAll(ByteBuffer src) {
    return Unpolled.made(new WriteAll(this, Objects.requireNonNull(src, "src")));
  }

  /**
   * Writes all bytes of several buffers, in their order, many at once where that is possible. They
   * are not flushed.
   *
   * @param srcs as the one of {@link #writeAll(ByteBuffer)}; neither they nor the array are to be
   *     touched until the future is over
   * @return a future of null
   * @cancellation as {@link #writeAll(ByteBuffer)}
   */
  default Future<Void> writeAll(ByteBuffer... srcs) {
    return Unpolled.made(new WriteAllOf(this, Objects.requireNonNull(srcs, "srcs")));
  }

  /**
   * Passes on what was taken and is still held here.
   *
   * @return a future of null
   * @cancellation what was passed on by then is; nothing is lost
   */
  default Future<Void> flush() {
    return Unpolled.made(new WriteEnd(this, false));
  }

  /**
   * Flushes, and says that nothing more will come: see {@link #pollShutdown}.
   *
   * @return a future of null
   * @cancellation nothing is lost; to ask again goes on from there
   */
  default Future<Void> shutdown() {
    return Unpolled.made(new WriteEnd(this, true));
  }

  /**
   * This with a buffer, so that many small writes become few. It owns this: its {@code close}
   * closes this, without a flush.
   *
   * @param size how many bytes are held at most, at least 1
   * @throws IllegalArgumentException if {@code size} is less than 1
   */
  default BufWriter bufferedWriter(int size) {
    return new BufWriter(this, size);
  }
}
