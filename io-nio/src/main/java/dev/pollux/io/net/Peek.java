package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncRead;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what comes next: see {@link SocketStream#peek(ByteBuffer, int)}.
 *
 * @cancellation nothing is lost
 * @threading confined to the task that reads
 */
final class Peek implements Future<Integer> {

  private final int atLeast;

  /** Null once over, as is the buffer. */
  private @Nullable SocketStream stream;

  private @Nullable ByteBuffer dst;

  Peek(SocketStream stream, ByteBuffer dst, int atLeast) {
    this.stream = stream;
    this.dst = dst;
    this.atLeast = atLeast;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws IOException {
    SocketStream stream = this.stream;
    ByteBuffer dst = this.dst;
    if (stream == null || dst == null) {
      throw new PollAfterEndException("peek");
    }
    Unpolled.used(this);
    int count;
    try {
      count = stream.pollPeek(cx, this, dst, atLeast);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (count == AsyncRead.NOT_READY) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(count);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SocketStream stream = this.stream;
    this.stream = null;
    this.dst = null;
    if (stream != null) {
      stream.stopPeeking(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("peek");
    if (stream == null) {
      description.with("state", "over");
    } else {
      description.waitsFor(atLeast + " bytes of " + stream);
    }
  }
}
