package dev.pollux.samples.echo;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Connects, sends a request, awaits its echo, and goes on so while the window is open. It never
 * fails: what goes wrong is told to its owner.
 *
 * @param <S> what it is connected by
 * @cancellation resets the connection
 * @threading as every future; {@link #goOn()} and {@link #giveUp()} from any thread
 */
final class LoadConnection<S extends AsyncByteStream> implements Future<Void> {

  /**
   * Who it is told what happens, and has what all of its connections share.
   *
   * @param <S> what they are connected by
   */
  interface Owner<S extends AsyncByteStream> {

    Payload payload();

    Window window();

    void sent(int bytes);

    void received(int bytes);

    /**
     * A request was answered.
     *
     * @param isFirst whether it is the first of its connection
     * @param askedNanos when it began to be sent, by the clock of the window
     */
    void answered(boolean isFirst, long askedNanos);

    /** The connection is over; {@code wasUp} if a request of it was answered. */
    void failed(LoadConnection<S> connection, boolean wasUp, Throwable failure);

    /** Ends the connection without a word. */
    void reset(S stream) throws IOException;
  }

  private final Owner<S> owner;
  private final long number;
  private final AtomicWaker waiting = new AtomicWaker();

  /** Null once it is connected. */
  private @Nullable Future<? extends S> connect;

  /** Null until it is connected, and once it is over. */
  private @Nullable S stream;

  /** That of the first poll. */
  private @Nullable Discard discard;

  private boolean over;

  private volatile boolean givenUp;

  /** How many requests were answered. */
  private long answered;

  // The request under way, if there is one.

  private boolean isAsking;
  private int offset;
  private int sentBytes;
  private int receivedBytes;
  private long askedNanos;

  LoadConnection(Owner<S> owner, long number, Future<? extends S> connect) {
    this.owner = owner;
    this.number = number;
    this.connect = connect;
  }

  /** Looks at the window again: it is open now. */
  void goOn() {
    waiting.wake();
  }

  /** Fails, if an answer is still awaited. */
  void giveUp() {
    givenUp = true;
    waiting.wake();
  }

  /** Whether a connection, or an echo, is awaited. For the thread that polls. */
  boolean isAsking() {
    return isAsking || answered == 0;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (over) {
      throw new PollAfterEndException("load connection");
    }
    try {
      if (discard == null) {
        discard = cx.discard();
      }
      waiting.register(cx.waker()); // once: the waker of a task stays the same
      S connected = stream;
      if (connected == null) {
        connected = pollConnect(cx);
        stream = connected;
      }
      while (connected != null && advance(cx, connected)) {
        // the next request
      }
      if (givenUp && isAsking()) {
        throw new UnansweredException();
      }
      return Poll.pending();
    } catch (Exception failure) {
      end(failure instanceof UnansweredException); // the only one that is not of what connects
      owner.failed(this, answered > 0, failure);
      return Poll.done();
    } catch (Error failure) {
      end(false);
      owner.failed(this, answered > 0, failure);
      throw failure;
    }
  }

  private @Nullable S pollConnect(Context cx) throws Exception {
    Poll<? extends S> poll = requireNonNull(connect, "connect").poll(cx);
    if (!poll.isReady()) {
      return null;
    }
    connect = null;
    return poll.value();
  }

  /** Whether a request was answered; else the waker is stored. */
  private boolean advance(Context cx, S stream) throws IOException {
    Payload payload = owner.payload();
    if (!isAsking && answered > 0 && !owner.window().isOpen()) {
      return awaitEnd(cx, stream);
    }
    if (!isAsking) {
      isAsking = true;
      offset = payload.offset(number, answered);
      sentBytes = 0;
      receivedBytes = 0;
      askedNanos = owner.window().nanos();
    }
    send(cx, stream, payload);
    return receive(cx, stream, payload);
  }

  /** Nothing should come now but the end of a server that goes away. */
  private boolean awaitEnd(Context cx, S stream) throws IOException {
    int count = stream.pollRead(cx, owner.payload().room(0));
    if (count == AsyncRead.NOT_READY) {
      return false;
    }
    if (count == AsyncRead.EOF) {
      throw new ClosedByServerException();
    }
    throw new WrongEchoException(count + " bytes came back that were not sent");
  }

  private void send(Context cx, S stream, Payload payload) throws IOException {
    while (sentBytes < payload.size()) {
      int count = stream.pollWrite(cx, payload.unsent(offset, sentBytes));
      if (count == AsyncWrite.NOT_READY) {
        return;
      }
      sentBytes += count;
      owner.sent(count);
    }
  }

  private boolean receive(Context cx, S stream, Payload payload) throws IOException {
    while (receivedBytes < payload.size()) {
      ByteBuffer room = payload.room(receivedBytes);
      int count = stream.pollRead(cx, room);
      if (count == AsyncRead.NOT_READY) {
        return false;
      }
      if (count == AsyncRead.EOF) {
        throw new ClosedByServerException();
      }
      if (receivedBytes + count > sentBytes || !payload.isExpected(offset, receivedBytes, count)) {
        throw new WrongEchoException(
            "wrong echo of request " + answered + " of connection " + number);
      }
      receivedBytes += count;
      owner.received(count);
    }
    isAsking = false;
    owner.answered(answered == 0, askedNanos);
    answered++;
    return true;
  }

  @Override
  public void cancel() {
    if (!over) {
      end(true);
    }
  }

  /** Lets go of everything; cancels what connects if that {@code isUnderWay}. */
  private void end(boolean isUnderWay) {
    over = true;
    waiting.clear();
    Future<? extends S> connecting = connect;
    connect = null;
    S connected = stream;
    stream = null;
    try {
      if (isUnderWay && connecting != null) {
        connecting.cancel();
      }
      if (connected != null) {
        owner.reset(connected);
      }
    } catch (IOException ignored) {
      // it is closed all the same
    } catch (Throwable failure) {
      Discard reporter = discard == null ? Discard.closing() : discard;
      reporter.uncaught(failure, "the end of a load connection");
    }
  }

  @Override
  public void describe(Description d) {
    d.name("load connection").with("number", number).with("answered", answered);
    if (connect != null) {
      d.child("connect", connect);
    } else {
      d.waitsFor(isAsking ? "the echo" : "the window");
    }
  }
}
