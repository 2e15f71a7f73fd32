package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection over a {@link SocketChannel}: what TCP and Unix domain sockets have in common.
 *
 * <p>What is read and written goes straight between the kernel and the caller's buffer, if that is
 * direct. For a heap buffer the JDK copies through a direct one that it keeps for the thread and
 * makes as large as it is asked to; so only a part of a large heap buffer is read or written at
 * once.
 *
 * @threading each direction is polled by one task at a time, and both at once; the rest: any thread
 */
public abstract sealed class SocketStream implements AsyncByteStream permits TcpStream, UnixStream {

  /** How much of heap buffers is read or written by one call. */
  static final int MOST_HEAP_BYTES = 256 << 10;

  /** How many buffers that are not empty are written by one call: the system takes no more. */
  static final int MOST_BUFFERS = 1024;

  final SocketChannel channel;
  final Registration registration;

  // Owned by whoever reads.

  /** What was peeked at and not read yet, between position and limit; null if nothing. */
  private @Nullable ByteBuffer pushedBack;

  /** Whose waker waits for bytes, if it is a peek that waits. */
  private @Nullable Peek peeking;

  /**
   * @param channel connected and non-blocking
   * @param registration of the channel, which it owns
   */
  SocketStream(SocketChannel channel, Registration registration) {
    this.channel = channel;
    this.registration = registration;
  }

  /**
   * {@inheritDoc}
   *
   * @throws java.net.SocketException if the peer has reset the connection; what it had sent before
   *     and was not read is lost
   */
  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, had none: " + dst);
    }
    if (peeking != null) {
      peeking = null; // this one takes its place
    }
    if (pushedBack != null) {
      return readPushedBack(cx, dst);
    }
    return pollReceive(cx, dst);
  }

  /** Reads from the socket. */
  private int pollReceive(Context cx, ByteBuffer dst) throws IOException {
    while (true) {
      int seen = registration.pollReady(cx, Registration.IN);
      if (seen < 0) {
        return AsyncRead.NOT_READY;
      }
      int room = dst.remaining();
      int count;
      if (room <= MOST_HEAP_BYTES || dst.isDirect()) {
        count = channel.read(dst);
      } else {
        room = MOST_HEAP_BYTES;
        int limit = dst.limit();
        dst.limit(dst.position() + room);
        try {
          count = channel.read(dst);
        } finally {
          dst.limit(limit);
        }
      }
      if (count != 0) {
        if (count > 0 && count < room) {
          registration.exhausted(Registration.IN, seen); // a short read: the kernel has no more
        }
        return count;
      }
      registration.exhausted(Registration.IN, seen);
    }
  }

  /** Reads what was peeked at before. */
  private int readPushedBack(Context cx, ByteBuffer dst) throws IOException {
    requireOpen();
    if (!cx.tryProceed()) {
      return AsyncRead.NOT_READY;
    }
    ByteBuffer from = requireNonNull(pushedBack);
    int count = copy(from, dst);
    from.position(from.position() + count);
    if (!from.hasRemaining()) {
      pushedBack = null;
    }
    return count;
  }

  /** Copies as much as there is room for, and leaves the position of {@code from}. */
  private static int copy(ByteBuffer from, ByteBuffer dst) {
    int count = Math.min(from.remaining(), dst.remaining());
    dst.put(dst.position(), from, from.position(), count);
    dst.position(dst.position() + count);
    return count;
  }

  /**
   * Looks at the bytes that come next and leaves them to be read: as {@link #peek(ByteBuffer, int)}
   * for at least one.
   *
   * @param dst as there
   */
  public Future<Integer> peek(ByteBuffer dst) {
    return peek(dst, 1);
  }

  /**
   * Looks at the bytes that come next and leaves them to be read: to tell protocols apart, say.
   *
   * <p>They are kept here until they are read, as many as the room in {@code dst}.
   *
   * @param dst takes as many bytes as have come and it has room for, at its position, which moves
   *     on; is not kept after the end of the future
   * @param atLeast for how many to wait
   * @return a future of the number of bytes, less than {@code atLeast} only if the peer has ended;
   *     {@link #EOF} if nothing comes any more. It fails as {@link #pollRead} does
   * @throws IllegalArgumentException if {@code dst} has no room, or {@code atLeast} is not from 1
   *     to the room that it has
   * @cancellation nothing is lost: what has come is kept here, {@code dst} is as it was
   */
  public Future<Integer> peek(ByteBuffer dst, int atLeast) {
    if (atLeast < 1 || atLeast > dst.remaining()) {
      throw new IllegalArgumentException(
          "atLeast must be from 1 to the room in dst, which is "
              + dst.remaining()
              + ", was "
              + atLeast);
    }
    return Unpolled.made(new Peek(this, dst, atLeast));
  }

  /**
   * Fills the push-back up to the room in {@code dst}, and copies from it once there is enough.
   *
   * @return as {@link #pollRead}
   */
  int pollPeek(Context cx, Peek peek, ByteBuffer dst, int atLeast) throws IOException {
    requireOpen();
    int enough = dst.remaining();
    ByteBuffer kept = roomToPushBack(enough);
    if (kept.remaining() >= enough && !cx.tryProceed()) { // else receiving pays
      return AsyncRead.NOT_READY;
    }
    try {
      while (kept.remaining() < enough) {
        int end = kept.limit();
        kept.limit(kept.capacity());
        int begin = kept.position();
        kept.position(end);
        int count;
        try {
          count = pollReceive(cx, kept);
          end = kept.position();
        } finally {
          kept.position(begin).limit(end);
        }
        if (count == EOF) {
          return kept.hasRemaining() ? copy(kept, dst) : EOF;
        }
        if (count == AsyncRead.NOT_READY) {
          peeking = peek;
          if (kept.remaining() < atLeast) {
            return AsyncRead.NOT_READY;
          }
          break;
        }
      }
    } finally {
      pushedBack = kept.hasRemaining() ? kept : null;
    }
    return copy(kept, dst);
  }

  /** What was pushed back, with room for at least {@code total} bytes in all. */
  private ByteBuffer roomToPushBack(int total) {
    ByteBuffer kept = pushedBack;
    if (kept == null) {
      return ByteBuffer.allocate(total).limit(0);
    }
    if (kept.remaining() >= total) {
      return kept;
    }
    return ByteBuffer.allocate(total).put(kept).flip();
  }

  /** Forgets the waker of a peek, if nobody has taken its place. */
  void stopPeeking(Peek peek) {
    if (peeking == peek) {
      peeking = null;
      registration.stopWaiting(Registration.IN);
    }
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty: " + src);
    }
    while (true) {
      int seen = registration.pollReady(cx, Registration.OUT);
      if (seen < 0) {
        return AsyncRead.NOT_READY;
      }
      int offered = src.remaining();
      int count;
      if (offered <= MOST_HEAP_BYTES || src.isDirect()) {
        count = channel.write(src);
      } else {
        offered = MOST_HEAP_BYTES;
        int limit = src.limit();
        src.limit(src.position() + offered);
        try {
          count = channel.write(src);
        } finally {
          src.limit(limit);
        }
      }
      if (count < offered) {
        registration.exhausted(Registration.OUT, seen); // the kernel has no more room
      }
      if (count > 0) {
        return count;
      }
    }
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, srcs.length);
    // As many as there are, up to where too much would have to be copied, or the system stops.
    int end = offset;
    long offered = 0;
    int ofHeap = 0;
    int buffers = 0;
    for (; end < offset + length; end++) {
      int more = srcs[end].remaining();
      if (more > 0 && ++buffers > MOST_BUFFERS) {
        break;
      }
      if (!srcs[end].isDirect()) {
        if (more > MOST_HEAP_BYTES - ofHeap) {
          break;
        }
        ofHeap += more;
      }
      offered += more;
    }
    if (offered == 0) {
      if (end < offset + length) {
        return pollWrite(cx, srcs[end]);
      }
      throw new IllegalArgumentException("srcs must not be empty, all of the " + length + " were");
    }
    while (true) {
      int seen = registration.pollReady(cx, Registration.OUT);
      if (seen < 0) {
        return AsyncRead.NOT_READY;
      }
      long count = channel.write(srcs, offset, end - offset);
      if (count < offered) {
        registration.exhausted(Registration.OUT, seen);
      }
      if (count > 0) {
        return count;
      }
    }
  }

  /** {@inheritDoc} Nothing is held here, so there is nothing to do. */
  @Override
  public boolean pollFlush(Context cx) throws IOException {
    requireOpen();
    return true;
  }

  /**
   * {@inheritDoc} The socket is shut down for writing: what was written before is sent first, and
   * this side can read on.
   */
  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    requireOpen();
    channel.shutdownOutput();
    return true;
  }

  /**
   * {@inheritDoc} What was written is still sent by the system. If something has come that was not
   * read, the peer is told by a reset in place of an orderly end, and may lose what it had not read
   * yet; so who wants to be sure that all arrives shuts down, reads to the end, and then closes.
   *
   * <p>While nobody drives the runtime that this belongs to, as between two calls of one of the
   * current thread, the system hears of it when somebody does, or when the runtime is closed.
   */
  @Override
  public void close() throws IOException {
    registration.close();
  }

  /** Whether this was closed: by {@link #close()}, or by the end of its runtime. */
  public boolean isOpen() {
    return !registration.isClosed();
  }

  private void requireOpen() throws ClosedChannelException {
    if (registration.isClosed()) {
      throw new ClosedChannelException();
    }
  }
}
