package dev.pollux.io.limit;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.net.TcpStream;
import dev.pollux.sync.AsyncSemaphore.Permit;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Gets a place and then a connection for it, again and again.
 *
 * @param <S> the kind of connection
 * @cancellation the place is given back; no connection is lost
 * @threading confined to the polling task
 */
final class Admission<S extends AsyncByteStream> {

  private final ConnectionLimit limit;
  private final AsyncIterator<S> incoming;
  private final Future<Void> closed;

  /** What waits for a place; null while there is one. */
  private @Nullable Future<Permit> acquire;

  /** The place for the next connection; null if there is none. */
  private @Nullable Permit place;

  /** That of the last poll. */
  private Discard discard = Discard.closing();

  /** Whether it was counted that there was none. */
  private boolean hasWaited;

  /**
   * @param incoming connections
   * @param closed completes when there will be no more; it is asked while there is no place
   */
  Admission(ConnectionLimit limit, AsyncIterator<S> incoming, Future<Void> closed) {
    this.limit = limit;
    this.incoming = incoming;
    this.closed = closed;
  }

  /**
   * The next connection.
   *
   * @return null if there is none, and a waker is stored
   * @throws ClosedChannelException if there will be no more
   */
  @Nullable Admitted<S> poll(Context cx) throws Exception {
    discard = cx.discard();
    while (true) {
      Permit place = this.place;
      if (place == null) {
        place = pollPlace(cx);
        if (place == null) {
          return null;
        }
        this.place = place;
      }
      Next<S> next = incoming.pollNext(cx);
      if (next.isPending()) {
        return null;
      }
      if (next.isEnd()) {
        throw new ClosedChannelException();
      }
      S stream = next.value();
      Object peer = limit.peer(stream);
      if (peer == null || limit.enter(peer)) {
        this.place = null;
        return new Admitted<>(stream, limit, place, peer);
      }
      limit.counts().refused(Refusal.PEER);
      refuse(cx, stream);
    }
  }

  private @Nullable Permit pollPlace(Context cx) throws Exception {
    boolean canLook = !cx.budget().isExhausted();
    Future<Permit> acquire = this.acquire;
    if (acquire == null) {
      acquire = limit.places().acquire();
      this.acquire = acquire;
    }
    Poll<Permit> poll = acquire.poll(cx);
    if (poll.isReady()) {
      this.acquire = null;
      hasWaited = false;
      return poll.value();
    }
    if (canLook) {
      if (!hasWaited) {
        hasWaited = true;
        limit.counts().refused(Refusal.FULL);
      }
      if (closed.poll(cx).isReady()) {
        throw new ClosedChannelException();
      }
    }
    return null;
  }

  /** A reset: a port of the peer is no reason to keep anything here. */
  private static void refuse(Context cx, AsyncByteStream stream) {
    try {
      if (stream instanceof TcpStream tcp) {
        tcp.reset();
      } else {
        stream.close();
      }
    } catch (IOException failure) {
      cx.discard().uncaught(failure, "refusing " + stream);
    }
  }

  /** Gives everything back. Not to be polled any more. */
  void end() {
    Future<Permit> acquire = this.acquire;
    this.acquire = null;
    Permit place = this.place;
    this.place = null;
    if (acquire != null) {
      acquire.cancel();
    }
    if (place != null) {
      place.close();
    }
    cancel(closed::cancel, "the wait for the close of a listener");
    cancel(incoming::cancel, "the connections of a listener");
  }

  private void cancel(Runnable cancel, String what) {
    try {
      cancel.run();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancelling " + what);
    }
  }

  void describe(Description description) {
    description.with("limit", limit).child("place", acquire).stream("incoming", incoming)
        .child("closed", closed);
  }
}
