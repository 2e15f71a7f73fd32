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
 * Fills a buffer: see {@link AsyncRead#readExact}.
 *
 * @cancellation what was read is in the buffer, up to its position
 * @threading confined to the polling task
 */
final class ReadExact implements Future<Void> {

  /** Both null once over. */
  private @Nullable AsyncRead source;

  private @Nullable ByteBuffer dst;

  ReadExact(AsyncRead source, ByteBuffer dst) {
    this.source = source;
    this.dst = dst;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    AsyncRead source = this.source;
    ByteBuffer dst = this.dst;
    if (source == null || dst == null) {
      throw new PollAfterEndException("readExact");
    }
    Unpolled.used(this);
    try {
      while (dst.hasRemaining()) {
        int count = source.pollRead(cx, dst);
        if (count == AsyncRead.NOT_READY) {
          return Poll.pending();
        }
        if (count == AsyncRead.EOF) {
          throw new EarlyEndException(dst.remaining(), "what was to fill a buffer");
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
    source = null;
    dst = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    end();
  }

  @Override
  public void describe(Description description) {
    description.name("readExact");
    ByteBuffer dst = this.dst;
    if (dst == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(dst.remaining() + " more bytes of " + source);
    }
  }
}
