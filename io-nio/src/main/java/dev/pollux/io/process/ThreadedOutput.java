package dev.pollux.io.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncWrite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What tasks write, for a thread of its own to pass on.
 *
 * @threading any number of writers, each of which is polled by one task at a time
 */
final class ThreadedOutput {
  /*
   * Invariants
   *  I1  What was taken is in `filling`, up to `count`, behind what the thread is `writing`, which is in a buffer of its own.
   *      The two change places when the thread has written and there is more. So writers go on while the thread blocks, and
   *      no more than two buffers are held.
   *  I2  The thread alone touches the stream once it has started, and so it alone closes it: see ThreadedInput. Besides, a
   *      close of the JDK's streams waits for a write that blocks.
   *
   * Who finds no room, or something not yet written, leaves its waker in the same section of the lock in which it looked. The
   * thread changes that, and takes the wakers, in one section too, and wakes after it.
   *
   * What the thread could not write, and what was taken behind it, is lost: the next call of each writer says so.
   */
  private static final int LEAST_BYTES = 4 << 10;
  private static final int MOST_BYTES = 64 << 10;
  private static final byte[] NONE = {};

  private final String name;
  private final OutputStream out;

  /** Whether the stream is closed at its end. */
  private final boolean owned;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();

  @GuardedBy("lock")
  private final PipeWaiters waiters = new PipeWaiters();

  @GuardedBy("lock")
  private byte[] filling = NONE;

  @GuardedBy("lock")
  private int count;

  @GuardedBy("lock")
  private boolean writing;

  @GuardedBy("lock")
  private boolean started;

  /** Nothing more will be taken. */
  @GuardedBy("lock")
  private boolean ended;

  /** After the end the stream was closed. */
  @GuardedBy("lock")
  private boolean finished;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  @GuardedBy("lock")
  private boolean closed;

  private ThreadedOutput(String name, OutputStream out, boolean owned) {
    this.name = name;
    this.out = out;
    this.owned = owned;
  }

  /** One that closes {@code out} when it was shut down or closed, or has failed. */
  static ThreadedOutput owning(String name, OutputStream out) {
    return new ThreadedOutput(name, out, true);
  }

  /** One that writes to where others may write as well. */
  static ThreadedOutput sharing(String name, OutputStream out) {
    return new ThreadedOutput(name, out, false);
  }

  int pollWrite(PipeWaiters.Waiter writer, Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty, was " + src);
    }
    if (!cx.tryProceed()) {
      return AsyncWrite.NOT_READY;
    }
    lock.lock();
    try {
      check(writer);
      if (ended || writer.ended) {
        throw new ClosedChannelException();
      }
      if (count == MOST_BYTES) {
        waiters.add(writer, cx.waker());
        cx.budget().giveBack();
        return AsyncWrite.NOT_READY;
      }
      if (!started) {
        PipeThread.start(name, this::run);
        started = true;
      }
      int taken = Math.min(MOST_BYTES - count, src.remaining());
      makeRoom(count + taken);
      src.get(filling, count, taken);
      count += taken;
      asked.signal();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void check(PipeWaiters.Waiter writer) throws IOException {
    if (closed || writer.closed) {
      throw new ClosedChannelException();
    }
    if (failure != null) {
      throw new IOException("writing " + name + " failed: " + failure.getMessage(), failure);
    }
  }

  @GuardedBy("lock")
  private void makeRoom(int needed) {
    if (needed > filling.length) {
      int roomy = Math.max(LEAST_BYTES, Integer.highestOneBit(needed) * 2);
      filling = Arrays.copyOf(filling, Math.min(MOST_BYTES, roomy));
    }
  }

  boolean pollFlush(PipeWaiters.Waiter writer, Context cx) throws IOException {
    lock.lock();
    try {
      check(writer);
      return isWritten(writer, cx);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isWritten(PipeWaiters.Waiter writer, Context cx) {
    if (count == 0 && !writing) {
      return true;
    }
    waiters.add(writer, cx.waker());
    return false;
  }

  /** Flushes, and takes nothing more of {@code writer}; others write on. */
  boolean pollEnd(PipeWaiters.Waiter writer, Context cx) throws IOException {
    lock.lock();
    try {
      check(writer);
      writer.ended = true;
      return isWritten(writer, cx);
    } finally {
      lock.unlock();
    }
  }

  /** Flushes, takes nothing more, and closes the stream. */
  boolean pollShutdown(PipeWaiters.Waiter writer, Context cx) throws IOException {
    lock.lock();
    try {
      check(writer);
      if (finished) {
        return true;
      }
      ended = true;
      if (started) {
        waiters.add(writer, cx.waker());
        asked.signal();
        return false;
      }
      finished = true;
    } finally {
      lock.unlock();
    }
    out.close(); // nothing was written, so nothing is to be flushed
    return true;
  }

  // ---- the thread

  private void run() {
    byte[] own = NONE;
    int length;
    while (true) {
      Waker[] woken;
      lock.lock();
      try {
        while (count == 0 && !ended && !closed) {
          asked.awaitUninterruptibly();
        }
        if (closed || count == 0) {
          break;
        }
        byte[] filled = filling;
        filling = own;
        own = filled;
        length = count;
        count = 0;
        writing = true;
        woken = waiters.takeAll();
      } finally {
        lock.unlock();
      }
      PipeWaiters.wake(woken);
      Throwable thrown = null;
      try {
        out.write(own, 0, length);
        out.flush();
      } catch (Throwable failed) {
        thrown = failed;
      }
      if (!written(thrown)) {
        break;
      }
    }
    end();
  }

  /** Says that what was on its way is written, or why not; answers whether to go on. */
  private boolean written(@Nullable Throwable thrown) {
    Waker[] woken = PipeWaiters.NOBODY;
    lock.lock();
    try {
      writing = false;
      if (thrown != null) {
        failure = thrown;
        count = 0;
        filling = NONE;
      }
      if (count == 0 && !ended) { // at the end the stream is closed first
        woken = waiters.takeAll();
      }
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
    return thrown == null;
  }

  private void end() {
    Throwable thrown = null;
    if (owned) {
      try {
        out.close();
      } catch (Throwable failed) { // of no interest to who has closed this
        thrown = failed;
      }
    }
    Waker[] woken;
    lock.lock();
    try {
      if (failure == null) {
        failure = thrown;
      }
      finished = true;
      woken = waiters.takeAll();
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
  }

  // ---- ends

  /** Ends {@code writer}; what was taken is written all the same, and others write on. */
  void close(PipeWaiters.Waiter writer) {
    Waker[] woken;
    lock.lock();
    try {
      writer.closed = true;
      woken = waiters.take(writer);
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
  }

  /** Ends all writers, drops what is not on its way, and lets go of the stream. */
  void close() throws IOException {
    Waker[] woken;
    boolean toClose;
    lock.lock();
    try {
      toClose = owned && !closed && !started && !finished;
      closed = true;
      count = 0;
      filling = NONE;
      woken = waiters.takeAll();
      asked.signal();
    } finally {
      lock.unlock();
    }
    PipeWaiters.wake(woken);
    if (toClose) {
      out.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
