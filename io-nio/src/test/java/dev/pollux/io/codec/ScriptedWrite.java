package dev.pollux.io.codec;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncWrite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A sink of bytes that has room for as many as it is told, and remembers them. */
final class ScriptedWrite implements AsyncWrite {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private int room;
  private int mostAtOnce = Integer.MAX_VALUE;
  private boolean flushWaits;
  private boolean shutDown;
  private boolean closed;
  private int writes;
  private int flushes;
  private int largestOffer;
  private @Nullable IOException failure;
  private @Nullable Waker waiting;

  /** A sink with room for so many bytes. */
  static ScriptedWrite withRoom(int bytes) {
    ScriptedWrite write = new ScriptedWrite();
    write.room = bytes;
    return write;
  }

  static ScriptedWrite unlimited() {
    return withRoom(Integer.MAX_VALUE);
  }

  /** Has each write take no more than {@code bytes}. */
  @CanIgnoreReturnValue
  ScriptedWrite mostAtOnce(int bytes) {
    mostAtOnce = bytes;
    return this;
  }

  /** Has the next write fail. */
  @CanIgnoreReturnValue
  ScriptedWrite failure(IOException failure) {
    this.failure = failure;
    return this;
  }

  /** Has flushes wait for {@link #flushed}. */
  @CanIgnoreReturnValue
  ScriptedWrite flushWaits() {
    flushWaits = true;
    return this;
  }

  void makeRoom(int bytes) {
    room += bytes;
    wake();
  }

  void flushed() {
    flushWaits = false;
    wake();
  }

  private void wake() {
    Waker waiting = this.waiting;
    this.waiting = null;
    if (waiting != null) {
      waiting.wake();
    }
  }

  byte[] written() {
    return written.toByteArray();
  }

  String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  int writes() {
    return writes;
  }

  /** The most bytes that a write was asked to take. */
  int largestOffer() {
    return largestOffer;
  }

  int flushes() {
    return flushes;
  }

  boolean isShutDown() {
    return shutDown;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src is empty");
    }
    largestOffer = Math.max(largestOffer, src.remaining());
    checkOpen();
    IOException failure = this.failure;
    if (failure != null) {
      this.failure = null;
      throw failure;
    }
    if (room == 0) {
      waiting = cx.waker();
      return NOT_READY;
    }
    if (!cx.tryProceed()) {
      return NOT_READY;
    }
    writes++;
    int count = Math.min(src.remaining(), Math.min(room, mostAtOnce));
    for (int i = 0; i < count; i++) {
      written.write(src.get());
    }
    room -= count;
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    checkOpen();
    if (flushWaits) {
      waiting = cx.waker();
      return false;
    }
    flushes++;
    return true;
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    boolean isFlushed = pollFlush(cx);
    shutDown |= isFlushed;
    return isFlushed;
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }

  @Override
  public String toString() {
    return "ScriptedWrite";
  }
}
