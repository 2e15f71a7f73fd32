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
 * Writes a whole buffer: see {@link AsyncWrite#writeAll(ByteBuffer)}.
 *
 * @cancellation what was written is what the position of the buffer has passed
 * @threading confined to the polling task
 */
final class WriteAll implements Future<Void> {

  /** Both null once over. */
  private @Nullable AsyncWrite to;

  private @Nullable ByteBuffer src;

  WriteAll(AsyncWrite to, ByteBuffer src) {
    this.to = to;
    this.src = src;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    AsyncWrite to = this.to;
    ByteBuffer src = this.src;
    if (to == null || src == null) {
      throw new PollAfterEndException("writeAll");
    }
    Unpolled.used(this);
    try {
      while (src.hasRemaining()) {
        if (to.pollWrite(cx, src) == AsyncWrite.NOT_READY) {
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
    src = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    end();
  }

  @Override
  public void describe(Description description) {
    description.name("writeAll");
    ByteBuffer src = this.src;
    if (src == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room for " + src.remaining() + " more bytes in " + to);
    }
  }
}
