package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Unpolled;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Writes all of a buffer to a place of a file: {@link AsyncFile#writeAll}.
 *
 * @cancellation what was written is before the position of the buffer; what is being written still
 *     may be
 * @threading confined to the polling task, as every future is
 */
final class FileWriting implements Future<Void> {

  /** Negative: at the end of the file. */
  private long position;

  // Null once over.
  private @Nullable AsyncFile file;
  private @Nullable ByteBuffer src;

  /** Null if nothing is on its way. */
  private @Nullable BlockingCall<Integer> call;

  FileWriting(AsyncFile file, ByteBuffer src, long position) {
    this.file = file;
    this.src = src;
    this.position = position;
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    AsyncFile file = this.file;
    ByteBuffer src = this.src;
    if (file == null || src == null) {
      throw new PollAfterEndException("writeAll to a file");
    }
    Unpolled.used(this);
    try {
      while (src.hasRemaining()) {
        BlockingCall<Integer> call = this.call;
        if (call == null) {
          call = file.writeCall(FileChunk.copyOf(src), position);
          this.call = call;
        }
        Poll<Integer> answer = call.poll(cx);
        if (answer.isPending()) {
          return Poll.pending();
        }
        this.call = null;
        int written = answer.value();
        if (written == AsyncFile.CLOSED) {
          throw new ClosedChannelException();
        }
        src.position(src.position() + written);
        if (position >= 0) {
          position += written;
        }
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    BlockingCall<Integer> call = this.call;
    this.call = null;
    file = null;
    src = null;
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("writeAll to a file");
    AsyncFile file = this.file;
    if (file == null) {
      description.with("state", "over");
    } else {
      description.with("file", file).with("position", position).child("call", call);
    }
  }
}
