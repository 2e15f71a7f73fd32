package dev.pollux.io;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A source of bytes that is read by polling.
 *
 * <p>Whoever writes one by hand gives {@link #pollRead} and {@link #close()}. The rest is made of
 * these.
 *
 * <p>One reader at a time: a second one that waits takes the place of the first.
 *
 * <p>Source: {@code AsyncRead} of Tokio and futures-rs. The answer is an {@code int} and the buffer
 * is the caller's, so that a read allocates nothing.
 *
 * @threading polled by one task at a time; {@link #close()} may be called from any thread
 */
public interface AsyncRead extends Closeable {

  /** What {@link #pollRead} answers at the end of the bytes. */
  int EOF = -1;

  /** What {@link #pollRead} answers when it has stored the waker and nothing else was done. */
  int NOT_READY = -2;

  /**
   * Reads some bytes into {@code dst}, if there are any.
   *
   * @param cx whose waker is stored if there is nothing to read
   * @param dst takes the bytes at its position, which moves on; the bytes belong to the caller when
   *     this returns, and {@code dst} is not kept
   * @return the number of bytes, at least 1; {@link #EOF}, then and ever after; or {@link
   *     #NOT_READY}. Never 0
   * @throws IllegalArgumentException if {@code dst} has no room
   * @throws java.nio.channels.ClosedChannelException if this was closed, also while a reader waits
   * @throws IOException if reading fails; nothing was read
   */
  int pollRead(Context cx, ByteBuffer dst) throws IOException;

  /**
   * Lets go of what this holds, at once: who waits here fails with a {@link
   * java.nio.channels.ClosedChannelException}. Idempotent; never blocks.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  void close() throws IOException;

  /**
   * Reads some bytes into {@code dst}, as soon as there are any.
   *
   * @param dst takes the bytes at its position, which moves on; not to be touched until the future
   *     is over
   * @return a future of the number of bytes, at least 1, or of {@link #EOF}
   * @throws IllegalArgumentException if {@code dst} has no room
   * @cancellation nothing was read
   */
  default Future<Integer> read(ByteBuffer dst) {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    return Unpolled.made(new ReadSome(this, dst));
  }

  /**
   * Reads until {@code dst} is full. It fails with an {@link EarlyEndException} if the bytes end
   * before.
   *
   * @param dst takes the bytes at its position, which moves on; not to be touched until the future
   *     is over. One that has no room is full at once
   * @return a future of null
   * @cancellation what was read is in {@code dst}, up to its position, as it is after a failure: a
   *     second call with the same buffer goes on from there
   */
  default Future<Void> readExact(ByteBuffer dst) {
    return Unpolled.made(new ReadExact(this, Objects.requireNonNull(dst, "dst")));
  }

  /**
   * Reads all that comes until the end of the bytes. It fails with a {@link LimitExceededException}
   * if that is too much, with one byte more than {@code limit} taken.
   *
   * @param limit how many bytes are held at most, at least 0
   * @return a future of the bytes
   * @throws IllegalArgumentException if {@code limit} is negative
   * @cancellation what was read is lost: to give up for a while, keep the future and poll it later
   */
  default Future<byte[]> readToEnd(int limit) {
    return Unpolled.made(new ReadToEnd(this, Checks.notNegative("limit", limit)));
  }

  /**
   * The first {@code limit} bytes of this, and then the end. It owns this: its {@code close} closes
   * this. What was not read of this is still here, for who has kept it.
   *
   * @param limit how many bytes, at least 0
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  default AsyncRead take(long limit) {
    return new TakeRead(this, Checks.notNegative("limit", limit));
  }

  /**
   * The bytes of this, and then those of {@code next}. It owns both: its {@code close} closes both,
   * and neither is closed before.
   *
   * @param next read when this has ended
   */
  default AsyncRead chain(AsyncRead next) {
    return new ChainRead(this, Objects.requireNonNull(next, "next"));
  }

  /**
   * This with a buffer that its reader can look into. It owns this: its {@code close} closes this.
   *
   * @param size how many bytes are read at once, and held at most beyond what is asked for, at
   *     least 1; no buffer is held while there are no bytes in it
   * @throws IllegalArgumentException if {@code size} is less than 1
   */
  default BufReader bufferedReader(int size) {
    return new BufReader(this, size);
  }

  /**
   * The bytes of this, as they come, up to its end. The iterator does not own this: its {@code
   * cancel} leaves this open.
   *
   * @param size how many bytes an element has at most, at least 1; more than 1 MiB is as much as
   *     that
   * @return gives buffers with at least one byte each, which belong to whoever gets them
   * @throws IllegalArgumentException if {@code size} is less than 1
   * @cancellation nothing is lost: no byte is held between two elements
   */
  default AsyncIterator<ByteBuffer> chunks(int size) {
    return Unpolled.made(new Chunks(this, Checks.positive("size", size)));
  }
}
