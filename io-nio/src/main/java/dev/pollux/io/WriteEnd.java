package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Flushes, and shuts down if asked to: see {@link AsyncWrite#flush} and {@link
 * AsyncWrite#shutdown}.
 *
 * @cancellation what was passed on is; asking again goes on from there
 * @threading confined to the polling task
 */
final class WriteEnd implements Future<Void> {

  /** Null once over. */
  private @Nullable AsyncWrite to;

  private final boolean shutdown;

  WriteEnd(AsyncWrite to, boolean shutdown) {
    this.to = to;
    this.shutdown = shutdown;
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    AsyncWrite to = this.to;
    if (to == null) {
      throw new PollAfterEndException(name());
    }
    Unpolled.used(this);
    boolean done;
    try {
      done = shutdown ? to.pollShutdown(cx) : to.pollFlush(cx);
    } catch (Throwable failure) {
      this.to = null;
      throw failure;
    }
    if (!done) {
      return Poll.pending();
    }
    this.to = null;
    return Poll.done();
  }

  private String name() {
    return shutdown ? "shutdown" : "flush";
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    to = null;
  }

  @Override
  public void describe(Description description) {
    description.name(name());
    if (to == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("room in " + to);
    }
  }
}
