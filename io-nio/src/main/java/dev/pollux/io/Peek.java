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
 * Waits for so many bytes: see {@link BufReader#peek}.
 *
 * @cancellation nothing was taken
 * @threading confined to the polling task
 */
final class Peek implements Future<ByteBuffer> {

  /** Null once over. */
  private @Nullable AsyncBufRead source;

  private final int count;

  Peek(AsyncBufRead source, int count) {
    this.source = source;
    this.count = count;
  }

  @Override
  public Poll<ByteBuffer> poll(Context cx) throws IOException {
    AsyncBufRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("peek");
    }
    Unpolled.used(this);
    try {
      ByteBuffer bytes = source.pollFill(cx, count);
      if (bytes == null) {
        return Poll.pending();
      }
      if (bytes.remaining() < count) {
        throw new EarlyEndException(count - bytes.remaining(), "what was to be looked at");
      }
      this.source = null;
      return Poll.ready(bytes);
    } catch (Throwable failure) {
      this.source = null;
      throw failure;
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    source = null;
  }

  @Override
  public void describe(Description description) {
    description.name("peek");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(count + " bytes of " + source);
    }
  }
}
