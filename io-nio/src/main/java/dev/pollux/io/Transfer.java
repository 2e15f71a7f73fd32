package dev.pollux.io;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.io.buffer.Scratch;
import java.io.IOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from a source to a sink. No memory is held while it waits for the source; what
 * the sink does not take at once is kept, and nothing more is read before it is gone.
 *
 * @threading {@link #copied()}: any thread; the rest is confined to the polling task
 */
final class Transfer {
  /*
   * How much is read at once grows while the source fills it and the sink takes it all, and shrinks when the sink does not:
   * so what is kept for a slow sink is small, and a fast pair makes few calls.
   */
  private static final int FIRST_SIZE = 16 << 10;
  private static final int LEAST_SIZE = 4 << 10;
  static final int GREATEST_SIZE = 256 << 10;

  /**
   * After so many bytes in a poll others have their turn: a unit of budget is no measure of them.
   */
  private static final int MOST_IN_A_POLL = 1 << 20;

  private static final VarHandle COPIED =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "copied", VarHandle.class, Transfer.class, long.class);

  /** Both null once over. */
  private @Nullable AsyncRead from;

  private @Nullable AsyncWrite to;

  /** What was read and not yet written, if anything. */
  private @Nullable ByteBuffer rest;

  /** The most that is read at once, and so the most that is kept. */
  private int greatest = GREATEST_SIZE;

  /** How much is read at once. */
  private int size = FIRST_SIZE;

  /** Whether the sink may hold something back. */
  private boolean unflushed;

  /** Written by the polling task only. */
  @Keep private long copied;

  /** How many bytes are still to be read. */
  private long left;

  Transfer(AsyncRead from, AsyncWrite to, long limit) {
    this.from = from;
    this.to = to;
    this.left = limit;
  }

  /** Keeps no more than that for a slow sink. */
  void holdAtMost(int bytes) {
    greatest = Math.min(GREATEST_SIZE, Checks.positive("bytes", bytes));
    size = Math.min(size, greatest);
  }

  /** The bytes that the sink has taken. */
  long copied() {
    return (long) COPIED.getOpaque(this);
  }

  boolean isOver() {
    return from == null;
  }

  /** Lets go of both. */
  void end() {
    from = null;
    to = null;
    rest = null;
  }

  /**
   * Goes on until the source has ended and all is flushed. After that, or a failure, the caller
   * says {@link #end()}.
   *
   * @return whether that is so; else a waker is stored
   */
  boolean poll(Context cx) throws IOException {
    AsyncRead from = this.from;
    AsyncWrite to = this.to;
    if (from == null || to == null) {
      throw new IllegalStateException("over");
    }
    ByteBuffer rest = this.rest;
    if (rest != null) {
      if (!write(cx, to, rest)) {
        return false;
      }
      this.rest = null;
    }
    if (left > 0 && !pump(cx, from, to)) {
      return false;
    }
    if (unflushed) {
      if (!to.pollFlush(cx)) {
        return false;
      }
      unflushed = false;
    }
    return true;
  }

  /**
   * Reads and writes.
   *
   * @return whether all that was to be read was read and written
   */
  private boolean pump(Context cx, AsyncRead from, AsyncWrite to) throws IOException {
    Scratch scratch = Scratch.ofThread();
    ByteBuffer bytes = scratch.borrow(GREATEST_SIZE);
    try {
      int turn = 0;
      while (left > 0) {
        int wanted = (int) Math.min(size, left);
        bytes.clear().limit(wanted);
        int count = from.pollRead(cx, bytes);
        if (count == AsyncRead.NOT_READY) {
          if (unflushed && to.pollFlush(cx)) {
            unflushed = false;
          }
          return false;
        }
        if (count == AsyncRead.EOF) {
          left = 0;
          return true;
        }
        left -= count;
        bytes.flip();
        if (!write(cx, to, bytes)) {
          rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
          size = Math.max(Math.min(LEAST_SIZE, greatest), size / 2);
          return false;
        }
        if (count == size) {
          size = Math.min(greatest, 2 * size);
        }
        turn += count;
        if (turn >= MOST_IN_A_POLL && left > 0) {
          cx.wakeSelf();
          return false;
        }
      }
      return true;
    } finally {
      scratch.giveBack();
    }
  }

  /**
   * Writes.
   *
   * @return whether all of it was written
   */
  private boolean write(Context cx, AsyncWrite to, ByteBuffer bytes) throws IOException {
    do {
      int count = to.pollWrite(cx, bytes);
      if (count == AsyncWrite.NOT_READY) {
        return false;
      }
      unflushed = true;
      COPIED.setOpaque(this, copied + count);
    } while (bytes.hasRemaining());
    return true;
  }

  void describe(Description description) {
    description.with("copied", copied);
    ByteBuffer rest = this.rest;
    if (from == null) {
      description.with("state", "over");
    } else if (rest != null) {
      description.waitsFor("room for " + rest.remaining() + " bytes in " + to);
    } else {
      description.waitsFor("bytes of " + from);
    }
  }
}
