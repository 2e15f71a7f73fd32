package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.blocking.BlockingCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, one after the other: {@link AsyncFile#reader}.
 *
 * @threading polled by one task at a time; {@link #close()}: any thread
 */
final class FileSource implements AsyncRead {
  /*
   * What was asked for stays here until somebody takes it: a reader that goes away, and one that comes after it with another
   * buffer, lose nothing. It is asked for only when all of the chunk before was taken, so the place in the file is known.
   */
  private final AsyncFile file;

  private long position;
  private boolean ended;

  /** What was read and not taken yet; null if nothing. */
  private @Nullable FileChunk chunk;

  /** What is being read; null if nothing. */
  private @Nullable BlockingCall<@Nullable FileChunk> call;

  FileSource(AsyncFile file, long position) {
    this.file = file;
    this.position = position;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, had none: " + dst);
    }
    if (!file.isOpen()) {
      throw new ClosedChannelException();
    }
    if (ended) {
      return EOF;
    }
    FileChunk read = chunk;
    if (read == null) {
      read = pollCall(cx, dst.remaining()); // which pays
      if (read == null) {
        return NOT_READY;
      }
    } else if (!cx.tryProceed()) {
      return NOT_READY;
    }
    if (!read.bytes().hasRemaining()) {
      ended = true;
      read.close();
      return EOF;
    }
    int count = read.moveTo(dst);
    if (read.bytes().hasRemaining()) {
      chunk = read;
    } else {
      chunk = null;
      read.close();
    }
    return count;
  }

  private @Nullable FileChunk pollCall(Context cx, int room) throws IOException {
    BlockingCall<@Nullable FileChunk> call = this.call;
    if (call == null) {
      call = file.readCall(position, room);
      this.call = call;
    }
    FileChunk read;
    try {
      Poll<@Nullable FileChunk> answer = call.poll(cx);
      if (answer.isPending()) {
        return null;
      }
      read = answer.value();
    } catch (Throwable failure) {
      this.call = null;
      throw AsyncFile.failureOf(failure);
    }
    this.call = null;
    if (read == null) {
      throw new ClosedChannelException();
    }
    position += read.bytes().remaining();
    return read;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return "reader of " + file;
  }
}
