package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts one connection: see {@link SocketListener#accept()}.
 *
 * @param <S> the kind of connection
 * @cancellation no connection is lost
 * @threading confined to the polling task, as every future is
 */
final class Accept<S extends SocketStream> implements Future<S> {

  /** Null once over. */
  private @Nullable Acceptor<S> acceptor;

  Accept(Acceptor<S> acceptor) {
    this.acceptor = acceptor;
  }

  @Override
  public Poll<S> poll(Context cx) throws IOException {
    Acceptor<S> acceptor = this.acceptor;
    if (acceptor == null) {
      throw new PollAfterEndException("accept");
    }
    Unpolled.used(this);
    S stream;
    try {
      stream = acceptor.poll(cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (stream == null) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(stream);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Acceptor<S> acceptor = this.acceptor;
    this.acceptor = null;
    if (acceptor != null) {
      acceptor.end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("accept");
    if (acceptor == null) {
      description.with("state", "over");
    } else {
      acceptor.describe(description);
    }
  }
}
