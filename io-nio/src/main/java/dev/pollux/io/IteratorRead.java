package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the buffers that an iterator gives: see {@link Io#from}.
 *
 * @threading as {@link AsyncRead}
 */
final class IteratorRead implements AsyncRead {
  /*
   * An iterator is cancelled by who owns it, and not while it is polled; this is closed by anybody at any time.
   *
   * Invariant: the iterator belongs to who has made the state BUSY, and after CLOSED to who has found it IDLE or made it so.
   *
   *  IDLE    --read--------> BUSY
   *  BUSY    --read ends---> IDLE     or, if it is not BUSY any more: the reader cancels the iterator
   *  IDLE    --close-------> CLOSED   who closes cancels the iterator
   *  BUSY    --close-------> CLOSED   the reader will find it
   *
   * A reader that waits has left its waker before it looks at the state for the last time, so it is woken, or finds it closed.
   */
  private static final int IDLE = 0;
  private static final int BUSY = 1;
  private static final int CLOSED = 2;

  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final AtomicWaker waiter = new AtomicWaker();

  // Of who has made the state BUSY.

  /** Null once over. */
  private @Nullable AsyncIterator<ByteBuffer> iterator;

  /** What was given and is not yet read. */
  private @Nullable ByteBuffer current;

  private Discard discard = Discard.closing();

  IteratorRead(AsyncIterator<ByteBuffer> iterator) {
    this.iterator = iterator;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    waiter.register(cx.waker());
    if (!state.compareAndSet(IDLE, BUSY)) {
      throw refused();
    }
    int count;
    try {
      count = read(cx, dst);
    } catch (Throwable failure) {
      leave();
      throw failure;
    }
    if (!leave() && count == NOT_READY) {
      throw new ClosedChannelException();
    }
    return count;
  }

  private IOException refused() {
    if (state.get() == CLOSED) {
      return new ClosedChannelException();
    }
    throw new IllegalStateException("two tasks read at once");
  }

  private int read(Context cx, ByteBuffer dst) throws IOException {
    ByteBuffer from = current;
    if (from == null) {
      AsyncIterator<ByteBuffer> iterator = this.iterator;
      if (iterator == null) {
        return EOF;
      }
      discard = cx.discard();
      do {
        Next<ByteBuffer> next = next(cx, iterator);
        if (next.isPending()) {
          return NOT_READY;
        }
        if (next.isEnd()) {
          this.iterator = null;
          return EOF;
        }
        from = next.value();
      } while (!from.hasRemaining());
      current = from;
    } else if (!cx.tryProceed()) {
      return NOT_READY;
    }
    int count = Math.min(dst.remaining(), from.remaining());
    dst.put(dst.position(), from, from.position(), count);
    dst.position(dst.position() + count);
    from.position(from.position() + count);
    if (!from.hasRemaining()) {
      current = null;
    }
    return count;
  }

  private Next<ByteBuffer> next(Context cx, AsyncIterator<ByteBuffer> iterator) throws IOException {
    try {
      return iterator.pollNext(cx);
    } catch (IOException | RuntimeException | Error failure) {
      this.iterator = null; // it is over
      throw failure;
    } catch (Exception failure) {
      this.iterator = null;
      throw new IOException("the iterator of the bytes has failed", failure);
    }
  }

  /** Gives the iterator back; whether this is still open. */
  @CanIgnoreReturnValue
  private boolean leave() {
    if (state.compareAndSet(BUSY, IDLE)) {
      return true;
    }
    release();
    return false;
  }

  private void release() {
    AsyncIterator<ByteBuffer> iterator = this.iterator;
    this.iterator = null;
    current = null;
    if (iterator != null) {
      try {
        iterator.cancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "cancelling an iterator of bytes");
      }
    }
  }

  @Override
  public void close() {
    if (state.getAndSet(CLOSED) == IDLE) {
      release();
    }
    waiter.wake();
  }

  @Override
  public String toString() {
    return "IteratorRead[" + (state.get() == CLOSED ? "closed" : "open") + "]";
  }
}
