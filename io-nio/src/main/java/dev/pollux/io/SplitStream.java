package dev.pollux.io;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection whose two directions are closed one by one: see {@link AsyncByteStream#split}.
 *
 * @threading as {@link AsyncByteStream}
 */
final class SplitStream {

  private final AsyncByteStream stream;

  /** How many of the two halves are open. */
  private final AtomicInteger open = new AtomicInteger(2);

  SplitStream(AsyncByteStream stream) {
    this.stream = stream;
  }

  Halves halves() {
    return new Halves(new ReadHalf(), new WriteHalf());
  }

  /** What the two halves have in common. */
  private abstract class Half {
    /*
     * Who waits has stored its waker in the stream, and here first. Closing sets `closed`, and then takes the waker from here:
     * either the waiter sees that it is closed, or it is woken, and sees it in its next poll.
     */
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicWaker waiter = new AtomicWaker();

    /** To be called before the stream is polled. */
    final void register(Context cx) throws ClosedChannelException {
      waiter.register(cx.waker());
      if (closed.get()) {
        throw new ClosedChannelException();
      }
    }

    final void closeHalf() throws IOException {
      if (closed.compareAndSet(false, true)) {
        waiter.wake();
        if (open.decrementAndGet() == 0) {
          stream.close();
        }
      }
    }
  }

  private final class ReadHalf extends Half implements AsyncRead {

    @Override
    public int pollRead(Context cx, ByteBuffer dst) throws IOException {
      register(cx);
      return stream.pollRead(cx, dst);
    }

    @Override
    public void close() throws IOException {
      closeHalf();
    }

    @Override
    public String toString() {
      return "the reader of " + stream;
    }
  }

  private final class WriteHalf extends Half implements AsyncWrite {

    @Override
    public int pollWrite(Context cx, ByteBuffer src) throws IOException {
      register(cx);
      return stream.pollWrite(cx, src);
    }

    @Override
    public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length)
        throws IOException {
      register(cx);
      return stream.pollWrite(cx, srcs, offset, length);
    }

    @Override
    public boolean pollFlush(Context cx) throws IOException {
      register(cx);
      return stream.pollFlush(cx);
    }

    @Override
    public boolean pollShutdown(Context cx) throws IOException {
      register(cx);
      return stream.pollShutdown(cx);
    }

    @Override
    public void close() throws IOException {
      closeHalf();
    }

    @Override
    public String toString() {
      return "the writer of " + stream;
    }
  }
}
