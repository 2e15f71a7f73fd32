package dev.pollux.io.codec;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A source of bytes that answers as it is told: bytes, of which one read gets no more than one
 * piece, pauses, which last until {@link #arrive}, and failures. Behind that is the end.
 */
final class ScriptedRead implements AsyncRead {

  /** Nothing is there until something arrives. */
  private static final Object PAUSE = new Object();

  private final Deque<Object> script = new ArrayDeque<>();
  private @Nullable Waker waiting;
  private boolean neverEnds;
  private boolean closed;
  private int reads;
  private int largestRoom;

  @CanIgnoreReturnValue
  ScriptedRead bytes(byte[] piece) {
    if (piece.length > 0) {
      script.add(ByteBuffer.wrap(piece.clone()));
    }
    return this;
  }

  @CanIgnoreReturnValue
  ScriptedRead text(String piece) {
    return bytes(piece.getBytes(StandardCharsets.UTF_8));
  }

  @CanIgnoreReturnValue
  ScriptedRead pause() {
    script.add(PAUSE);
    return this;
  }

  @CanIgnoreReturnValue
  ScriptedRead failure(IOException failure) {
    script.add(failure);
    return this;
  }

  /** Has a pause at the end of the script, in the place of the end. */
  @CanIgnoreReturnValue
  ScriptedRead neverEnds() {
    neverEnds = true;
    return this;
  }

  /** Ends the pause that comes next, and wakes who waits. */
  void arrive() {
    boolean unused = script.removeFirstOccurrence(PAUSE);
    wake();
  }

  private void wake() {
    Waker waiting = this.waiting;
    this.waiting = null;
    if (waiting != null) {
      waiting.wake();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** The most bytes that a read had room for. */
  int largestRoom() {
    return largestRoom;
  }

  int reads() {
    return reads;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst has no room");
    }
    reads++;
    largestRoom = Math.max(largestRoom, dst.remaining());
    if (closed) {
      throw new ClosedChannelException();
    }
    Object next = script.peekFirst();
    if (next == PAUSE || (next == null && neverEnds)) {
      waiting = cx.waker();
      return NOT_READY;
    }
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    if (next == null) {
      return EOF;
    }
    if (next instanceof IOException failure) {
      script.removeFirst();
      throw failure;
    }
    ByteBuffer piece = (ByteBuffer) next;
    int count = Math.min(piece.remaining(), dst.remaining());
    dst.put(piece.slice(piece.position(), count));
    piece.position(piece.position() + count);
    if (!piece.hasRemaining()) {
      script.removeFirst();
    }
    return count;
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }

  @Override
  public String toString() {
    return "ScriptedRead";
  }
}
