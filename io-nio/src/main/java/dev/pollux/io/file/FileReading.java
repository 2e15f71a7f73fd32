package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.EarlyEndException;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Unpolled;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a place of a file: {@link AsyncFile#read}, {@link AsyncFile#readExact}.
 *
 * @cancellation what was read is in the buffer, up to its position
 * @threading confined to the polling task, as every future is
 */
final class FileReading implements Future<Integer> {

  /** Whether it goes on until the buffer is full. */
  private final boolean exact;

  private long position;
  private int count;

  // Null once over.
  private @Nullable AsyncFile file;
  private @Nullable ByteBuffer dst;

  /** Null if nothing is on its way. */
  private @Nullable BlockingCall<@Nullable FileChunk> call;

  FileReading(AsyncFile file, ByteBuffer dst, long position, boolean exact) {
    this.file = file;
    this.dst = dst;
    this.position = position;
    this.exact = exact;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws Exception {
    AsyncFile file = this.file;
    ByteBuffer dst = this.dst;
    if (file == null || dst == null) {
      throw new PollAfterEndException(name());
    }
    Unpolled.used(this);
    try {
      while (true) {
        if (exact && !dst.hasRemaining()) {
          return end(count);
        }
        BlockingCall<@Nullable FileChunk> call = this.call;
        if (call == null) {
          call = file.readCall(position, dst.remaining());
          this.call = call;
        }
        Poll<@Nullable FileChunk> answer = call.poll(cx);
        if (answer.isPending()) {
          return Poll.pending();
        }
        this.call = null;
        FileChunk chunk = answer.value();
        if (chunk == null) {
          throw new ClosedChannelException();
        }
        boolean ended;
        try (chunk) {
          ended = !chunk.bytes().hasRemaining();
          int moved = chunk.moveTo(dst);
          count += moved;
          position += moved;
        }
        if (ended && exact) {
          throw new EarlyEndException(dst.remaining(), "what was to be read of " + file);
        }
        if (!exact) {
          return end(ended ? AsyncRead.EOF : count);
        }
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private Poll<Integer> end(int answer) {
    cancel();
    return Poll.ready(answer);
  }

  private String name() {
    return exact ? "readExact of a file" : "read of a file";
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    BlockingCall<@Nullable FileChunk> call = this.call;
    this.call = null;
    file = null;
    dst = null;
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name());
    AsyncFile file = this.file;
    if (file == null) {
      description.with("state", "over");
    } else {
      description.with("file", file).with("position", position).child("call", call);
    }
  }
}
