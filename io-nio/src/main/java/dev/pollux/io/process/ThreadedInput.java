package dev.pollux.io.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of its own reads, for tasks to poll.
 *
 * @threading any number of readers, each of which is polled by one task at a time
 */
final class ThreadedInput {
  /*
   * Invariants
   *  I1  The thread reads only when somebody has found nothing and waits: `wanted`. It is set by a reader when there is nothing
   *      here, and cleared by the thread when there is something. So at most one buffer is held, a child that is not read
   *      stands still when the pipe of the system is full, and what others read of the standard input is left to them.
   *  I2  While `wanted`, and only then, `bytes` belongs to the thread; else to whoever has the lock.
   *  I3  The thread alone touches the stream once it has started, and so it alone closes it. A close on another thread would
   *      free the number of a file in which a read blocks, for the next socket to get; and it would not end the read.
   *
   * Who finds nothing leaves its waker and says `wanted` in one section of the lock. The thread puts what it has got and takes
   * the wakers in another, and wakes after it. So no wake-up is lost. What comes for a reader that has gone is here for the
   * next.
   *
   * A close tells the thread, and does not wait for it: a thread that blocks in a read ends when something comes, or the pipe
   * ends, which it does when the last process has gone that holds its other end.
   *
   * The monitor of a child's stream is held as long as the thread runs, since the JDK takes it when a child has ended, to move
   * what is in the pipe then to memory and to close it. Without the monitor that cuts off what a grandchild writes later, or,
   * with one that writes without end, takes all memory. With it the JDK's thread of that child waits for the end of the pipe.
   */
  private static final int LEAST_BYTES = 4 << 10;
  private static final int MOST_BYTES = 64 << 10;
  private static final byte[] NONE = {};

  private final String name;
  private final InputStream in;

  /** Whether the stream is closed at its end, and its monitor held before. */
  private final boolean owned;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();

  @GuardedBy("lock")
  private final PipeWaiters waiters = new PipeWaiters();

  /** What was read and not taken yet is from {@code position} to {@code limit}. */
  @GuardedBy("lock")
  private byte[] bytes = NONE;

  @GuardedBy("lock")
  private int position;

  @GuardedBy("lock")
  private int limit;

  @GuardedBy("lock")
  private boolean wanted;

  @GuardedBy("lock")
  private boolean started;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  @GuardedBy("lock")
  private boolean closed;

  private ThreadedInput(String name, InputStream in, boolean owned) {
    this.name = name;
    this.in = in;
    this.owned = owned;
  }

  /** One that closes {@code in} when it has ended or is closed, and holds its monitor before. */
  static ThreadedInput owning(String name, InputStream in) {
    return new ThreadedInput(name, in, true);
  }

  /** One that reads of what others may read as well. */
  static ThreadedInput sharing(String name, InputStream in) {
    return new ThreadedInput(name, in, false);
  }

  int pollRead(PipeWaiters.Waiter reader, Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, was " + dst);
    }
    if (!cx.tryProceed()) {
      return AsyncRead.NOT_READY;
    }
    lock.lock();
    try {
      if (closed || reader.closed) {
        throw new ClosedChannelException();
      }
      int taken = Math.min(limit - position, dst.remaining());
      if (taken > 0) {
        dst.put(bytes, position, taken);
        position += taken;
        return taken;
      }
      if (failure != null) {
        throw new IOException("reading " + name + " failed: " + failure.getMessage(), failure);
      }
      if (ended) {
        return AsyncRead.EOF;
      }
      if (!started) {
        PipeThread.start(name, this::run);
        started = true;
      }
      waiters.add(reader, cx.waker());
      cx.budget().giveBack();
      if (!wanted) {
        wanted = true;
        asked.signal();
      }
      return AsyncRead.NOT_READY;
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread

  private void run() {
    if (!owned) {
      readWhileWanted();
      return;
    }
    synchronized (in) {
      readWhileWanted();
      closeStream();
    }
  }

  private void readWhileWanted() {
    byte[] room = NONE;
    int count = 0;
    while (true) {
      room = awaitWanted(room, count);
      if (room == null) {
        return;
      }
      Throwable thrown = null;
      try {
        count = in.read(room, 0, room.length);
      } catch (Throwable failed) {
        thrown = failed;
        count = 0;
      }
      Waker[] woken;
      lock.lock();
      try {
        if (closed) {
          return;
        }
        wanted = thrown == null && count == 0; // a stream that gives nothing is asked again
        ended = count < 0;
        failure = thrown;
        bytes = count > 0 ? room : NONE;
        position = 0;
        limit = Math.max(count, 0);
        woken = wanted ? PipeWaiters.NOBODY : waiters.takeAll();
      } finally {
        lock.unlock();
      }
      PipeWaiters.wake(woken);
    }
  }

  /**
   * Waits until somebody wants something.
   *
   * @param room the buffer before
   * @param count how much of it was filled
   * @return the buffer to fill, larger if that was full; null if nothing will be wanted any more
   */
  private byte @Nullable [] awaitWanted(byte[] room, int count) {
    lock.lock();
    try {
      while (!wanted && !closed && !ended && failure == null) {
        asked.awaitUninterruptibly();
      }
      if (!wanted || closed) {
        return null;
      }
      bytes = NONE;
      if (count < room.length) {
        return room;
      }
      return room.length == MOST_BYTES ? room : new byte[Math.max(LEAST_BYTES, room.length * 4)];
    } finally {
      lock.unlock();
    }
  }

  private void closeStream() {
    try {
      in.close();
    } catch (Throwable failed) {
      Discard.closing().uncaught(failed, "closing " + name);
    }
  }

  // ---- ends

  /** Ends {@code reader}; others read on. */
  void close(PipeWaiters.Waiter reader) {
    Waker[] woken;
    lock.lock();
    try {
      reader.closed = true;
      woken = waiters.take(reader);
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
  }

  /** Ends all readers, and lets go of the stream. */
  void close() {
    Waker[] woken;
    boolean toClose;
    lock.lock();
    try {
      toClose = owned && !closed && !started;
      closed = true;
      bytes = NONE;
      position = 0;
      limit = 0;
      woken = waiters.takeAll();
      asked.signal();
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
    if (toClose) {
      closeStream();
    }
  }

  /** How large the buffer is that what was read is in; 0 while the thread has it. */
  int heldBytes() {
    lock.lock();
    try {
      return bytes.length;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
