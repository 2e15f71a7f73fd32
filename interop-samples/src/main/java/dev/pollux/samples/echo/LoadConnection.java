package dev.pollux.samples.echo;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Connects, sends a request, awaits its echo, and goes on so while the window is open. It never
 * fails: what goes wrong is told to its thread.
 *
 * @cancellation resets the connection
 * @threading as every future; {@link #goOn()} and {@link #giveUp()} from any thread
 */
final class LoadConnection implements Future<Void> {

  private final LoadThread thread;
  private final long number;
  private final AtomicWaker waiting = new AtomicWaker();

  /** Null once it is connected. */
  private @Nullable Future<TcpStream> connect;

  /** Null until it is connected, and once it is over. */
  private @Nullable TcpStream stream;

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

  LoadConnection(LoadThread thread, long number, Future<TcpStream> connect) {
    this.thread = thread;
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
      waiting.register(cx.waker()); // once: the waker of a task stays the same
      TcpStream connected = stream;
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
    } catch (Throwable failure) {
      Future<TcpStream> connecting = connect;
      if (connecting != null && failure instanceof UnansweredException) {
        connecting.cancel();
      }
      end();
      thread.failed(this, answered > 0, failure);
      return Poll.done();
    }
  }

  private @Nullable TcpStream pollConnect(Context cx) throws Exception {
    Future<TcpStream> connecting = connect;
    assert connecting != null;
    Poll<TcpStream> poll = connecting.poll(cx);
    if (!poll.isReady()) {
      return null;
    }
    connect = null;
    return poll.value();
  }

  /** Whether a request was answered; else the waker is stored. */
  private boolean advance(Context cx, TcpStream stream) throws IOException {
    Payload payload = thread.payload();
    if (!isAsking && answered > 0 && !thread.window().isOpen()) {
      return awaitEnd(cx, stream);
    }
    if (!isAsking) {
      isAsking = true;
      offset = payload.offset(number, answered);
      sentBytes = 0;
      receivedBytes = 0;
      askedNanos = thread.window().nanos();
    }
    send(cx, stream, payload);
    return receive(cx, stream, payload);
  }

  /** Nothing should come now but the end of a server that goes away. */
  private boolean awaitEnd(Context cx, TcpStream stream) throws IOException {
    int count = stream.pollRead(cx, thread.payload().room(0));
    if (count == AsyncRead.NOT_READY) {
      return false;
    }
    if (count == AsyncRead.EOF) {
      throw new ClosedByServerException();
    }
    throw new WrongEchoException(count + " bytes came back that were not sent");
  }

  private void send(Context cx, TcpStream stream, Payload payload) throws IOException {
    while (sentBytes < payload.size()) {
      int count = stream.pollWrite(cx, payload.unsent(offset, sentBytes));
      if (count == AsyncWrite.NOT_READY) {
        return;
      }
      sentBytes += count;
      thread.sent(count);
    }
  }

  private boolean receive(Context cx, TcpStream stream, Payload payload) throws IOException {
    while (receivedBytes < payload.size()) {
      ByteBuffer room = payload.room(receivedBytes);
      int count = stream.pollRead(cx, room);
      if (count == AsyncRead.NOT_READY) {
        return false;
      }
      if (count == AsyncRead.EOF) {
        throw new ClosedByServerException();
      }
      if (receivedBytes + count > sentBytes
          || !payload.isExpected(offset, receivedBytes, count)) {
        throw new WrongEchoException(
            "wrong echo of request " + answered + " of connection " + number);
      }
      receivedBytes += count;
      thread.received(count);
    }
    isAsking = false;
    thread.answered(answered == 0, askedNanos);
    answered++;
    return true;
  }

  @Override
  public void cancel() {
    if (!over) {
      Future<TcpStream> connecting = connect;
      end();
      if (connecting != null) {
        connecting.cancel();
      }
    }
  }

  /** A reset, not a close: that would keep the local port for a minute. */
  private void end() {
    over = true;
    waiting.clear();
    TcpStream connected = stream;
    stream = null;
    if (connected != null) {
      try {
        connected.reset();
      } catch (IOException ignored) {
        // it is closed all the same
      }
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
