package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.buffer.Scratch;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads until the end: see {@link AsyncRead#readToEnd}.
 *
 * @cancellation what was read is lost
 * @threading confined to the polling task
 */
final class ReadToEnd implements Future<byte[]> {

  /** How many bytes are read at once. */
  private static final int STEP = 64 << 10;

  private static final byte[] NONE = {};

  private final int limit;

  /** Null once over. */
  private @Nullable AsyncRead source;

  private byte[] bytes = NONE;
  private int count;

  ReadToEnd(AsyncRead source, int limit) {
    this.source = source;
    this.limit = limit;
  }

  @Override
  public Poll<byte[]> poll(Context cx) throws IOException {
    AsyncRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("readToEnd");
    }
    Unpolled.used(this);
    try {
      return poll(cx, source);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
  }

  private Poll<byte[]> poll(Context cx, AsyncRead source) throws IOException {
    Scratch scratch = Scratch.ofThread();
    ByteBuffer step = scratch.borrow(STEP);
    try {
      while (true) {
        int room = limit - count;
        step.clear().limit(room < STEP ? room + 1 : STEP); // one more, to see if that is the end
        int answer = source.pollRead(cx, step);
        if (answer == AsyncRead.NOT_READY) {
          return Poll.pending();
        }
        if (answer == AsyncRead.EOF) {
          byte[] all = count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
          end();
          return Poll.ready(all);
        }
        if (answer > room) {
          throw new LimitExceededException(limit, "what was to be read to its end");
        }
        keep(step.flip());
      }
    } finally {
      scratch.giveBack();
    }
  }

  private void keep(ByteBuffer step) {
    int needed = count + step.remaining();
    if (needed > bytes.length) {
      long doubled = 2L * bytes.length;
      bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(needed, doubled)));
    }
    step.get(bytes, count, step.remaining());
    count = needed;
  }

  private void end() {
    source = null;
    bytes = NONE;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    end();
  }

  @Override
  public void describe(Description description) {
    description.name("readToEnd").with("read", count);
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the end of " + source);
    }
  }
}
