package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes several buffers, in their order: see {@link AsyncWrite#writeAll(ByteBuffer...)}.
 *
 * @cancellation what was written is what the positions of the buffers have passed
 * @threading confined to the polling task
 */
final class WriteAllOf implements Future<Void> {

  /** Both null once over. */
  private @Nullable AsyncWrite to;

  private ByteBuffer @Nullable [] srcs;

  /** The first that is not known to be empty. */
  private int first;

  WriteAllOf(AsyncWrite to, ByteBuffer[] srcs) {
    this.to = to;
    this.srcs = srcs;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    AsyncWrite to = this.to;
    ByteBuffer[] srcs = this.srcs;
    if (to == null || srcs == null) {
      throw new PollAfterEndException("writeAll");
    }
    Unpolled.used(this);
    try {
      while (true) {
        while (first < srcs.length && !srcs[first].hasRemaining()) {
          first++;
        }
        if (first == srcs.length) {
          break;
        }
        if (to.pollWrite(cx, srcs, first, srcs.length - first) == AsyncWrite.NOT_READY) {
          return Poll.pending();
        }
      }
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    end();
    return Poll.done();
  }

  private void end() {
    to = null;
    srcs = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    end();
  }

  @Override
  public void describe(Description description) {
    description.name("writeAll");
    ByteBuffer[] srcs = this.srcs;
    if (srcs == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room for " + remaining(srcs) + " more bytes in " + to);
    }
  }

  private static long remaining(ByteBuffer[] srcs) {
    long remaining = 0;
    for (ByteBuffer src : srcs) {
      remaining += src.remaining();
    }
    return remaining;
  }
}
