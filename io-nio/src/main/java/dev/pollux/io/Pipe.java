package dev.pollux.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from one task to another, in memory.
 *
 * @threading one reader and one writer, each one task at a time, and both at once; the methods that
 *     close: any thread
 */
final class Pipe {
  /*
   * A ring of bytes behind a lock, which is held for the time of a copy. Who finds nothing, or no room, leaves its waker there
   * under the lock; who changes that takes it out under the lock, and wakes it after. So no wake-up is lost.
   */
  private static final int LEAST_RING = 256;

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();

  /** Grows to the capacity. */
  @GuardedBy("lock")
  private byte[] ring = {};

  /** Where in the ring the first byte is. */
  @GuardedBy("lock")
  private int head;

  @GuardedBy("lock")
  private int count;

  @GuardedBy("lock")
  private @Nullable Waker reader;

  @GuardedBy("lock")
  private @Nullable Waker writer;

  /** Nothing will be written any more. */
  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private boolean readerClosed;

  @GuardedBy("lock")
  private boolean writerClosed;

  Pipe(int capacity) {
    this.capacity = capacity;
  }

  int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    if (!cx.tryProceed()) {
      return AsyncRead.NOT_READY;
    }
    int taken;
    Waker woken;
    lock.lock();
    try {
      if (readerClosed) {
        throw new ClosedChannelException();
      }
      if (count == 0) {
        if (ended) {
          return AsyncRead.EOF;
        }
        reader = cx.waker();
        cx.budget().giveBack();
        return AsyncRead.NOT_READY;
      }
      taken = Math.min(count, dst.remaining());
      int straight = Math.min(taken, ring.length - head);
      dst.put(ring, head, straight).put(ring, 0, taken - straight);
      count -= taken;
      head = count == 0 ? 0 : (head + taken) % ring.length;
      woken = writer;
      writer = null;
    } finally {
      lock.unlock();
    }
    wake(woken);
    return taken;
  }

  int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    if (!cx.tryProceed()) {
      return AsyncWrite.NOT_READY;
    }
    int taken;
    Waker woken;
    lock.lock();
    try {
      if (ended) {
        throw new ClosedChannelException();
      }
      if (readerClosed) {
        throw new IOException("the other end is closed");
      }
      if (count == capacity) {
        writer = cx.waker();
        cx.budget().giveBack();
        return AsyncWrite.NOT_READY;
      }
      taken = Math.min(capacity - count, src.remaining());
      makeRoom(taken);
      int tail = (head + count) % ring.length;
      int straight = Math.min(taken, ring.length - tail);
      src.get(ring, tail, straight).get(ring, 0, taken - straight);
      count += taken;
      woken = reader;
      reader = null;
    } finally {
      lock.unlock();
    }
    wake(woken);
    return taken;
  }

  @GuardedBy("lock")
  private void makeRoom(int more) {
    int needed = count + more;
    if (needed <= ring.length) {
      return;
    }
    long roomy = Math.max(LEAST_RING, Integer.highestOneBit(needed) * 2L);
    byte[] larger = new byte[(int) Math.min(capacity, roomy)];
    int straight = Math.min(count, ring.length - head);
    System.arraycopy(ring, head, larger, 0, straight);
    System.arraycopy(ring, 0, larger, straight, count - straight);
    ring = larger;
    head = 0;
  }

  /** Refuses a writer that was closed. */
  void checkWriter() throws ClosedChannelException {
    lock.lock();
    try {
      if (writerClosed) {
        throw new ClosedChannelException();
      }
    } finally {
      lock.unlock();
    }
  }

  /** After what was written comes the end. */
  void endWriting() throws ClosedChannelException {
    Waker woken;
    lock.lock();
    try {
      if (writerClosed) {
        throw new ClosedChannelException();
      }
      ended = true;
      woken = reader;
      reader = null;
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  void closeWriter() {
    Waker wokenReader;
    Waker wokenWriter;
    lock.lock();
    try {
      writerClosed = true;
      ended = true;
      wokenReader = reader;
      reader = null;
      wokenWriter = writer;
      writer = null;
    } finally {
      lock.unlock();
    }
    wake(wokenReader);
    wake(wokenWriter);
  }

  void closeReader() {
    Waker wokenReader;
    Waker wokenWriter;
    lock.lock();
    try {
      readerClosed = true;
      ring = new byte[0];
      head = 0;
      count = 0;
      wokenReader = reader;
      reader = null;
      wokenWriter = writer;
      writer = null;
    } finally {
      lock.unlock();
    }
    wake(wokenReader);
    wake(wokenWriter);
  }

  private static void wake(@Nullable Waker waker) {
    if (waker != null) {
      waker.wake();
    }
  }

  @Override
  public String toString() {
    lock.lock();
    try {
      return count + " of " + capacity + " bytes";
    } finally {
      lock.unlock();
    }
  }
}
