package dev.pollux.io.net;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections: see {@link SocketListener#incoming()}.
 *
 * @param <S> the kind of connection
 * @cancellation no connection is lost, and the listener stays open
 * @threading confined to the polling task, as every iterator is
 */
final class Incoming<S extends SocketStream> implements AsyncIterator<S> {

  /** Null once over. */
  private @Nullable Acceptor<S> acceptor;

  Incoming(Acceptor<S> acceptor) {
    this.acceptor = acceptor;
  }

  @Override
  public Next<S> pollNext(Context cx) throws IOException {
    Acceptor<S> acceptor = this.acceptor;
    if (acceptor == null) {
      throw new PollAfterEndException("incoming");
    }
    Unpolled.used(this);
    S stream;
    try {
      stream = acceptor.poll(cx);
    } catch (ClosedChannelException closed) {
      cancel();
      return Next.end();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    return stream == null ? Next.pending() : Next.item(stream);
  }

  @Override
  public boolean knownEnded() {
    Acceptor<S> acceptor = this.acceptor;
    return acceptor != null && acceptor.isOver();
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
    description.name("incoming");
    if (acceptor == null) {
      description.with("state", "over");
    } else {
      acceptor.describe(description);
    }
  }
}
