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
 * Writes what there is room for: see {@link AsyncWrite#write}.
 *
 * @cancellation nothing was written: bytes are taken in the poll that completes
 * @threading confined to the polling task
 */
final class WriteSome implements Future<Integer> {

  /** Both null once over. */
  private @Nullable AsyncWrite to;

  private @Nullable ByteBuffer src;

  WriteSome(AsyncWrite to, ByteBuffer src) {
    this.to = to;
    this.src = src;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws IOException {
    AsyncWrite to = this.to;
    ByteBuffer src = this.src;
    if (to == null || src == null) {
      throw new PollAfterEndException("write");
    }
    Unpolled.used(this);
    int count;
    try {
      count = to.pollWrite(cx, src);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (count == AsyncWrite.NOT_READY) {
      return Poll.pending();
    }
    end();
    return CountAnswers.ready(count);
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
    description.name("write");
    if (to == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + to);
    }
  }
}
