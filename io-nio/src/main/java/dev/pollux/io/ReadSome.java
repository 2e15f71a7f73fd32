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
 * Reads what is there: see {@link AsyncRead#read}.
 *
 * @cancellation nothing was read: bytes are taken in the poll that completes
 * @threading confined to the polling task
 */
final class ReadSome implements Future<Integer> {

  /** Both null once over. */
  private @Nullable AsyncRead source;

  private @Nullable ByteBuffer dst;

  ReadSome(AsyncRead source, ByteBuffer dst) {
    this.source = source;
    this.dst = dst;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws IOException {
    AsyncRead source = this.source;
    ByteBuffer dst = this.dst;
    if (source == null || dst == null) {
      throw new PollAfterEndException("read");
    }
    Unpolled.used(this);
    int count;
    try {
      count = source.pollRead(cx, dst);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (count == AsyncRead.NOT_READY) {
      return Poll.pending();
    }
    end();
    return CountAnswers.ready(count);
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
    description.name("read");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("bytes of " + source);
    }
  }
}
