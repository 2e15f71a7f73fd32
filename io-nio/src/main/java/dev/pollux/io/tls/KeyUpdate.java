package dev.pollux.io.tls;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Uses other keys, and tells the peer.
 *
 * @cancellation the peer is told by the next write or flush, if it was not told yet
 */
final class KeyUpdate implements Future<Void> {

  /** Null once over. */
  private @Nullable TlsStream stream;

  private boolean begun;

  KeyUpdate(TlsStream stream) {
    this.stream = stream;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    TlsStream stream = this.stream;
    if (stream == null) {
      throw new PollAfterEndException("key update");
    }
    Unpolled.used(this);
    try {
      if (!begun) {
        if (!stream.pollNewKeys(cx)) {
          return Poll.pending();
        }
        begun = true;
      }
      if (!stream.pollFlush(cx)) {
        return Poll.pending();
      }
    } catch (Throwable failure) {
      this.stream = null;
      throw failure;
    }
    this.stream = null;
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    stream = null;
  }

  @Override
  public void describe(Description description) {
    description.name("key update");
    if (stream == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + stream.transport());
    }
  }
}
