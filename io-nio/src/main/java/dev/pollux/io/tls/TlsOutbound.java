package dev.pollux.io.tls;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.buffer.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a TLS connection: makes records, and sends them over the transport.
 *
 * <p>Whoever writes comes here, and at times whoever reads too: TLS asks for answers to what is
 * read, such as new keys, and what a writer has left behind must not wait for the next write.
 *
 * @threading who reads and who writes, each in its polls; {@link #sayEnd()}: any thread
 */
final class TlsOutbound {
  /*
   * Who has the turn, and nobody else, makes records and polls the way out of the transport. So records are sent in the order in
   * which they were made.
   *
   * The transport has one place for the waker of who writes. It is polled with the turn as the waker, which wakes both: so
   * neither of the two takes the place of the other, and whoever is refused by the transport has left its waker with the turn.
   */
  /** How many records are made before they are sent. */
  private static final int RECORDS_AT_ONCE = 4;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final AsyncByteStream transport;
  private final Turn turn = new Turn();

  // Written by the holder of the turn only.

  /** Records that the transport has not taken yet; null if there are none. */
  private volatile @Nullable ByteBuffer unsent;

  /** Whether nothing but the end is to be sent. */
  private boolean ended;

  TlsOutbound(SSLEngine engine, AsyncByteStream transport) {
    this.engine = engine;
    this.transport = transport;
  }

  /** The slot of who reads. */
  AtomicWaker reader() {
    return turn.reader;
  }

  /** The slot of who writes. */
  AtomicWaker writer() {
    return turn.writer;
  }

  /** Wakes who waits for the turn. */
  void wake() {
    turn.wake();
  }

  /** Whether there are records that the transport has not taken yet. Any thread. */
  boolean hasUnsent() {
    return unsent != null;
  }

  /** Whether TLS itself has something to say that is not made yet. Any thread. */
  boolean owes() {
    return hasOwn(false);
  }

  /** How many bytes are held here; for tests. */
  int heldBytes() {
    ByteBuffer held = unsent;
    return held == null ? 0 : held.capacity();
  }

  /** As {@link AsyncWrite#pollWrite(Context, ByteBuffer[], int, int)}, for bytes to be hidden. */
  long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    if (!turn.enter(turn.writer, cx.waker())) {
      return AsyncWrite.NOT_READY;
    }
    try {
      if (ended) {
        throw new ClosedChannelException();
      }
      Context out = cx.withWaker(turn);
      if (!drain(out)) {
        return AsyncWrite.NOT_READY;
      }
      if (!cx.tryProceed()) {
        return AsyncWrite.NOT_READY;
      }
      int record = engine.getSession().getPacketBufferSize();
      Scratch scratch = Scratch.ofThread();
      ByteBuffer net = scratch.borrow(RECORDS_AT_ONCE * record);
      try {
        long taken = 0;
        while (net.remaining() >= record && hasRemaining(srcs, offset, length)) {
          SSLEngineResult result = wrap(out, srcs, offset, length, net);
          taken += result.bytesConsumed();
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
            if (taken == 0) {
              throw refused(result);
            }
            break; // the next write will say so, if it was not that records have grown
          }
        }
        send(out, net.flip());
        return taken;
      } finally {
        scratch.giveBack();
      }
    } finally {
      turn.leave();
    }
  }

  static boolean hasRemaining(ByteBuffer[] srcs, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (srcs[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  /** Makes a record, behind those in {@code net}, which are sent if that fails. */
  private SSLEngineResult wrap(
      Context out, ByteBuffer[] srcs, int offset, int length, ByteBuffer net) throws IOException {
    try {
      return engine.wrap(srcs, offset, length, net);
    } catch (SSLException failure) {
      send(out, net.flip());
      throw TlsFailures.of(failure);
    }
  }

  private static TlsException refused(SSLEngineResult result) {
    return new TlsException(
        result.getStatus() == Status.CLOSED
            ? "the peer has ended the connection, which in TLS 1.2 ends both directions"
            : "the peer wants to negotiate again, which is refused (" + result + ")",
        null);
  }

  /** Sends what is unsent. */
  @CanIgnoreReturnValue
  private boolean drain(Context out) throws IOException {
    ByteBuffer bytes = unsent;
    if (bytes == null) {
      return true;
    }
    while (bytes.hasRemaining()) {
      if (transport.pollWrite(out, bytes) == AsyncWrite.NOT_READY) {
        return false;
      }
    }
    unsent = null;
    return true;
  }

  /** Sends these after all others, and keeps what is not taken. Whether all is sent. */
  @CanIgnoreReturnValue
  private boolean send(Context out, ByteBuffer net) throws IOException {
    ByteBuffer before = unsent;
    try {
      while (before == null && net.hasRemaining()) {
        if (transport.pollWrite(out, net) == AsyncWrite.NOT_READY) {
          return false;
        }
      }
      return before == null;
    } finally {
      if (net.hasRemaining()) {
        int size = net.remaining() + (before == null ? 0 : before.remaining());
        ByteBuffer all = ByteBuffer.allocate(size);
        unsent = (before == null ? all : all.put(before)).put(net).flip();
      }
    }
  }

  /**
   * Makes all that TLS has to say in a handshake, and sends as much of it as the transport takes.
   * The rest is kept, so that the peer is read meanwhile: it may have no room itself before it is.
   *
   * @return whether all is sent; else the waker is stored
   */
  @CanIgnoreReturnValue
  boolean pollHandshake(Context cx) throws IOException {
    if (!turn.enter(turn.writer, cx.waker())) {
      return false;
    }
    try {
      Context out = cx.withWaker(turn);
      drain(out);
      return sendOwn(out, false, true, RECORDS_AT_ONCE) && transport.pollFlush(out);
    } finally {
      turn.leave();
    }
  }

  /**
   * Sends all that is due: what is unsent, and what TLS itself has to say.
   *
   * @param slot of the caller
   * @return whether that is done; else the waker is stored
   */
  boolean pollFlush(Context cx, AtomicWaker slot) throws IOException {
    if (!turn.enter(slot, cx.waker())) {
      return false;
    }
    try {
      Context out = cx.withWaker(turn);
      return drain(out)
          && (!hasOwn(false) || sendOwn(out, false, false, RECORDS_AT_ONCE))
          && transport.pollFlush(out);
    } finally {
      turn.leave();
    }
  }

  /**
   * Has new keys made, of which the next flush tells the peer. That waits for all that is due
   * before it: so no more of them are made than leave, even for a caller that gives up and comes
   * back.
   *
   * @return whether that is done; else the waker is stored
   */
  boolean pollNewKeys(Context cx) throws IOException {
    if (!turn.enter(turn.writer, cx.waker())) {
      return false;
    }
    try {
      if (ended) {
        throw new ClosedChannelException();
      }
      if (engine.isInboundDone()) {
        // The engine would take it for a handshake that can't be answered, and end the connection.
        throw new TlsException("the peer has said its end, so no new keys can be made", null);
      }
      Context out = cx.withWaker(turn);
      if (!drain(out) || (hasOwn(false) && !sendOwn(out, false, false, RECORDS_AT_ONCE))) {
        return false;
      }
      engine.beginHandshake();
      return true;
    } catch (SSLException failure) {
      throw TlsFailures.of(failure);
    } finally {
      turn.leave();
    }
  }

  /**
   * Makes and sends what TLS itself has to say.
   *
   * @param toTheEnd whether that goes on up to the end of the connection
   * @param all whether all of it is made, even if the transport has no room for it
   * @param atOnce how many records are made before they are sent
   * @return whether all is sent; else the waker is stored
   */
  private boolean sendOwn(Context out, boolean toTheEnd, boolean all, int atOnce)
      throws IOException {
    int record = engine.getSession().getPacketBufferSize();
    Scratch scratch = Scratch.ofThread();
    ByteBuffer net = scratch.borrow(atOnce * record);
    try {
      boolean more = true;
      while (more) {
        net.clear();
        while (net.remaining() >= record && (more = hasOwn(toTheEnd))) {
          if (wrap(out, new ByteBuffer[] {NOTHING}, 0, 1, net).bytesProduced() == 0) {
            more = false;
            break;
          }
        }
        if (!send(out, net.flip()) && !all) {
          return false;
        }
      }
      return unsent == null;
    } finally {
      scratch.giveBack();
    }
  }

  private boolean hasOwn(boolean toTheEnd) {
    return toTheEnd
        ? !engine.isOutboundDone()
        : engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
  }

  /**
   * Says the end to the peer, and shuts the transport down for writing.
   *
   * @return whether that is done; else the waker is stored
   */
  boolean pollShutdown(Context cx) throws IOException {
    if (!turn.enter(turn.writer, cx.waker())) {
      return false;
    }
    try {
      Context out = cx.withWaker(turn);
      if (!drain(out)) {
        return false;
      }
      end();
      return sendOwn(out, true, false, RECORDS_AT_ONCE)
          && transport.pollFlush(out)
          && transport.pollShutdown(out);
    } finally {
      turn.leave();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      engine.closeOutbound();
    }
  }

  /**
   * Says the end to the peer if that can be done at once, and no record is on its way. Any thread;
   * never throws.
   */
  void sayEnd() {
    if (unsent != null || !turn.tryEnter()) {
      return;
    }
    try {
      if (unsent == null && !ended) {
        end();
        // Outside of a poll, perhaps, so nothing can be waited for.
        Poll<Boolean> whether =
            Futures.pollFn(cx -> Poll.ready(sendOwn(cx, true, false, 1))).pollNow();
        assert whether.isReady();
      }
    } catch (Throwable unsaid) {
      // The peer will find that out: it is closed all the same.
    } finally {
      turn.leave();
    }
  }
}
