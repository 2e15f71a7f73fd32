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
 * Reads up to a delimiter: see {@link AsyncBufRead#readUntil}.
 *
 * @cancellation nothing was taken: bytes are taken in the poll that completes
 * @threading confined to the polling task
 */
final class ReadUntil implements Future<byte[]> {

  private final DelimiterSearch search;

  /** Null once over. */
  private @Nullable AsyncBufRead source;

  ReadUntil(AsyncBufRead source, byte delimiter, int limit) {
    this.search = new DelimiterSearch(delimiter, limit, 0, "what comes before byte " + delimiter);
    this.source = source;
  }

  @Override
  public Poll<byte[]> poll(Context cx) throws IOException {
    AsyncBufRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("readUntil");
    }
    Unpolled.used(this);
    try {
      ByteBuffer found = search.poll(cx, source);
      if (found == null) {
        return Poll.pending();
      }
      byte[] bytes = new byte[found.remaining()];
      found.get(bytes);
      source.consume(bytes.length);
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
    description.name("readUntil");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("byte " + search.delimiter() + " of " + source);
    }
  }
}
