package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.blocking.BlockingCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes and puts them into a file, one after the other: {@link AsyncFile#writer}.
 *
 * @threading polled by one task at a time; {@link #close()}: any thread
 */
final class FileSink implements AsyncWrite {
  /*
   * Bytes are taken by copying them into a chunk, which is on its way to the file when `pollWrite` answers: a writer that goes
   * away has written what it was told, and no more. One chunk is on its way at a time, so bytes arrive in their order. What
   * comes of it is learnt by the next call.
   */
  private final AsyncFile file;

  /** Negative: at the end of the file. */
  private long position;

  /** What is being written; null if nothing. */
  private @Nullable BlockingCall<Integer> call;

  private boolean shutDown;

  /** What became of bytes that were taken, if it was bad; then nothing more is. */
  private @Nullable Throwable failure;

  FileSink(AsyncFile file, long position) {
    this.file = file;
    this.position = position;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      throw new IllegalArgumentException("src must not be empty: " + src);
    }
    if (shutDown) {
      throw new ClosedChannelException();
    }
    if (!pollCall(cx) || !cx.tryProceed()) {
      return NOT_READY;
    }
    FileChunk chunk = FileChunk.copyOf(src);
    int count = chunk.bytes().remaining();
    write(cx, chunk, count);
    src.position(src.position() + count);
    return count;
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, srcs.length);
    long offered = 0;
    for (int i = offset; i < offset + length; i++) {
      offered += srcs[i].remaining();
    }
    if (offered == 0) {
      throw new IllegalArgumentException("srcs must not be empty, all of the " + length + " were");
    }
    if (shutDown) {
      throw new ClosedChannelException();
    }
    if (!pollCall(cx) || !cx.tryProceed()) {
      return NOT_READY;
    }
    FileChunk chunk = FileChunk.take((int) Math.min(offered, FileChunk.SIZE));
    int[] taken = new int[length];
    for (int i = 0; i < length && chunk.bytes().hasRemaining(); i++) {
      ByteBuffer src = srcs[offset + i];
      taken[i] = Math.min(src.remaining(), chunk.bytes().remaining());
      chunk.bytes().put(chunk.bytes().position(), src, src.position(), taken[i]);
      chunk.bytes().position(chunk.bytes().position() + taken[i]);
    }
    chunk.bytes().flip();
    int count = chunk.bytes().remaining();
    write(cx, chunk, count);
    for (int i = 0; i < length; i++) {
      ByteBuffer src = srcs[offset + i];
      src.position(src.position() + taken[i]);
    }
    return count;
  }

  /** Has the bytes written, which it takes over. */
  private void write(Context cx, FileChunk chunk, int count) {
    BlockingCall<Integer> writing = file.writeCall(chunk, position);
    try {
      writing.spawn(cx);
    } catch (Throwable refused) {
      chunk.close();
      throw refused;
    }
    call = writing;
    if (position >= 0) {
      position += count;
    }
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return pollCall(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    if (!pollCall(cx)) {
      return false;
    }
    shutDown = true;
    return true;
  }

  /** Whether nothing is on its way; else the waker is stored. */
  private boolean pollCall(Context cx) throws IOException {
    if (!file.isOpen()) {
      throw new ClosedChannelException();
    }
    Throwable failure = this.failure;
    if (failure != null) {
      throw AsyncFile.failureOf(failure);
    }
    BlockingCall<Integer> call = this.call;
    if (call == null) {
      return true;
    }
    try {
      Poll<Integer> answer = call.poll(cx);
      if (answer.isPending()) {
        return false;
      }
      this.call = null;
      if (answer.value() == AsyncFile.CLOSED) {
        throw new ClosedChannelException();
      }
      return true;
    } catch (Throwable bad) {
      this.call = null;
      this.failure = bad; // whatever it is: the bytes are not in the file
      throw AsyncFile.failureOf(bad);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return "writer of " + file;
  }
}
