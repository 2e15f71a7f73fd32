package dev.pollux.io.tls;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.buffer.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The way into a TLS connection: takes records from the transport, and opens them.
 *
 * <p>Nothing is held while no record is there in part.
 *
 * @threading confined to whoever reads
 */
final class TlsInbound {

  /** How many records are read at once at most. */
  private static final int RECORDS_AT_ONCE = 4;

  /**
   * So many answers may wait in the engine for room in the transport. A peer that asks for more of
   * them, and takes none, has failed. Not to read it until it takes one would be no way out: if it
   * thought the same of us, each would wait for the other for ever.
   */
  private static final int MOST_UNANSWERED = 100;

  private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final AsyncByteStream transport;
  private final TlsOutbound outbound;

  /** Of records that are not opened yet, between two polls; null if there is nothing. */
  private @Nullable ByteBuffer cipher;

  /** Opened, and not given out yet; null if there is nothing. */
  private @Nullable ByteBuffer plain;

  /** Whether TLS may want something to be sent. */
  private boolean owes;

  /** How often the peer has asked for an answer since the engine had none to give. */
  private int unanswered;

  /** Whether the peer has said the end. */
  private boolean ended;

  /** Written by who reads, read by who writes too. */
  private volatile @Nullable TlsException failure;

  TlsInbound(SSLEngine engine, AsyncByteStream transport, TlsOutbound outbound) {
    this.engine = engine;
    this.transport = transport;
    this.outbound = outbound;
  }

  /** How many bytes are held here; for tests. */
  int heldBytes() {
    return (cipher == null ? 0 : cipher.capacity()) + (plain == null ? 0 : plain.capacity());
  }

  /** Throws the failure of reading, unless it is that the bytes were cut off. Any thread. */
  void requireSound() throws TlsException {
    TlsException failure = this.failure;
    if (failure != null && !(failure instanceof TlsTruncatedException)) {
      throw failure;
    }
  }

  /** As {@link AsyncRead#pollRead}. */
  int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if ((plain != null || cipher != null) && !cx.tryProceed()) {
      return AsyncRead.NOT_READY; // what the transport gives it charges for itself
    }
    ByteBuffer opened = plain;
    if (opened != null) {
      int count = give(opened, dst);
      if (!opened.hasRemaining()) {
        plain = null;
      }
      return count;
    }
    TlsException failure = this.failure;
    if (failure != null) {
      throw failure;
    }
    try {
      if (ended) {
        sendOwed(cx);
        return AsyncRead.EOF;
      }
      sendOwed(cx);
      int count = pollOpen(cx, dst);
      if (owes) {
        sendOwed(cx);
      }
      return count;
    } catch (TlsException refused) {
      giveUp(cx, refused);
      throw refused;
    }
  }

  /**
   * Sends what TLS has to say and what a writer has left behind, if that can be done now. A failure
   * is none of who reads: what the peer had sent before it went away is there all the same, and
   * whoever writes fails as well.
   */
  private void sendOwed(Context cx) {
    if (!owes && !outbound.hasUnsent()) {
      return;
    }
    try {
      if (!outbound.pollFlush(cx, outbound.reader())) {
        return;
      }
    } catch (IOException unsent) {
      // As above.
    }
    owes = false;
  }

  /** Fails if the peer asks for answers on and on, and takes none. */
  private void requireAnswered(Context cx) throws TlsException {
    if (unanswered > MOST_UNANSWERED) {
      sendOwed(cx);
      if (!outbound.owes()) {
        unanswered = 0;
      } else if (outbound.hasUnsent()) {
        throw new TlsException(
            "the peer has asked for new keys "
                + unanswered
                + " times, and takes none of the answers; at most "
                + MOST_UNANSWERED
                + " may wait",
            null);
      }
    }
  }

  /**
   * Opens nothing any more, and tells the peer why, if that can be done now. One that was only cut
   * off is told nothing: it would take that for the end of what it reads, in the midst of what is
   * written to it.
   */
  private void giveUp(Context cx, TlsException refused) {
    failure = refused;
    cipher = null;
    if (!(refused instanceof TlsTruncatedException)) {
      engine.closeOutbound();
      owes = true;
      sendOwed(cx);
    }
  }

  /** Opens as many records as have come, or the first that comes. */
  private int pollOpen(Context cx, ByteBuffer dst) throws IOException {
    int record = engine.getSession().getPacketBufferSize();
    // As much as there is room for: what is read and not opened has to be kept.
    int wanted = Math.min(RECORDS_AT_ONCE * record, Math.max(record, dst.remaining()));
    int begin = dst.position();
    Scratch scratch = Scratch.ofThread();
    ByteBuffer net = load(scratch.borrow((RECORDS_AT_ONCE + 1) * record));
    try {
      while (true) {
        SSLEngineResult result = open(net, dst);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          if (dst.position() > begin) {
            break;
          }
          result = openAside(net, dst);
        }
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
          if (dst.position() > begin) {
            break;
          }
          int count = read(cx, net, wanted);
          if (count == AsyncRead.NOT_READY) {
            return AsyncRead.NOT_READY;
          }
        } else {
          note(result);
          requireAnswered(cx);
          if (ended || !dst.hasRemaining()) {
            break;
          }
          if (dst.position() == begin && !cx.tryProceed()) {
            return AsyncRead.NOT_READY; // records without bytes for the caller cost as well
          }
          if (result.bytesConsumed() == 0) {
            throw new TlsException("TLS makes no progress: " + result, null);
          }
        }
      }
    } catch (TlsException refused) {
      if (dst.position() == begin) {
        throw refused;
      }
      giveUp(cx, refused); // the next read fails: what was opened before is good
    } finally {
      keep(net);
      scratch.giveBack();
    }
    int count = dst.position() - begin;
    return count > 0 ? count : AsyncRead.EOF;
  }

  /**
   * Opens the next record of the handshake, and nothing after it.
   *
   * @return whether there was one; else the waker is stored
   */
  boolean pollHandshake(Context cx) throws IOException {
    int record = engine.getSession().getPacketBufferSize();
    Scratch scratch = Scratch.ofThread();
    ByteBuffer net = load(scratch.borrow((RECORDS_AT_ONCE + 1) * record));
    try {
      while (true) {
        SSLEngineResult result = openHandshake(net);
        switch (result.getStatus()) {
          case BUFFER_UNDERFLOW -> {
            if (read(cx, net, record) == AsyncRead.NOT_READY) {
              return false;
            }
          }
          case BUFFER_OVERFLOW ->
              throw new TlsException("bytes came that belong behind the handshake", null);
          case CLOSED ->
              throw new TlsException("the peer has ended the connection in the handshake", null);
          case OK -> {
            return true;
          }
        }
      }
    } finally {
      keep(net);
      scratch.giveBack();
    }
  }

  /**
   * As {@link #open}; an alert that is not encrypted is a refusal. Nobody vouches for it, but who
   * could have forged it could have ended the connection as well.
   */
  private SSLEngineResult openHandshake(ByteBuffer net) throws TlsException {
    ByteBuffer record = net.duplicate();
    try {
      return open(net, NO_ROOM);
    } catch (TlsAlertException told) {
      throw told;
    } catch (TlsException unread) {
      TlsAlertException told = TlsFailures.plainAlert(record, unread);
      throw told == null ? unread : told;
    }
  }

  private SSLEngineResult open(ByteBuffer net, ByteBuffer dst) throws TlsException {
    try {
      return engine.unwrap(net, dst);
    } catch (SSLException refused) {
      throw TlsFailures.of(refused);
    }
  }

  /**
   * Opens a record that is larger than the room for it, and keeps what there was no room for. The
   * engine says that there is no room before it has seen all of the record, so that may not be
   * here.
   */
  private SSLEngineResult openAside(ByteBuffer net, ByteBuffer dst) throws TlsException {
    Scratch scratch = Scratch.ofThread();
    ByteBuffer opened = scratch.borrow(engine.getSession().getApplicationBufferSize());
    try {
      SSLEngineResult result = open(net, opened);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        throw new TlsException("a record is larger than TLS allows: " + result, null);
      }
      give(opened.flip(), dst);
      if (opened.hasRemaining()) {
        plain = ByteBuffer.allocate(opened.remaining()).put(opened).flip();
      }
      return result;
    } finally {
      scratch.giveBack();
    }
  }

  /** Gives out as much as there is room for. */
  @CanIgnoreReturnValue
  private static int give(ByteBuffer opened, ByteBuffer dst) {
    int count = Math.min(opened.remaining(), dst.remaining());
    dst.put(dst.position(), opened, opened.position(), count);
    dst.position(dst.position() + count);
    opened.position(opened.position() + count);
    return count;
  }

  /** Looks at what a record has changed. */
  private void note(SSLEngineResult result) throws TlsException {
    HandshakeStatus status = result.getHandshakeStatus();
    if (result.getStatus() == Status.CLOSED || engine.isInboundDone()) {
      ended = true;
      if (status == HandshakeStatus.NEED_WRAP) {
        owes = true; // in TLS 1.2 an end is answered by another
      }
      return;
    }
    if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
      unanswered = 0;
      return;
    }
    if (status == HandshakeStatus.NEED_TASK || !isNewest()) {
      throw new TlsException("the peer wants to negotiate again, which is refused", null);
    }
    if (status == HandshakeStatus.NEED_WRAP) {
      owes = true;
      if (result.bytesProduced() == 0) { // while one waits, the engine says so of every record
        unanswered++;
      }
    }
  }

  /** Whether a handshake after the first is a matter of new keys and tickets only. */
  private boolean isNewest() {
    return engine.getSession().getProtocol().equals("TLSv1.3");
  }

  /** Reads from the transport, behind what is there. */
  private int read(Context cx, ByteBuffer net, int wanted) throws IOException {
    net.compact();
    int count;
    try {
      net.limit(Math.min(net.capacity(), net.position() + wanted));
      count = transport.pollRead(cx, net);
    } finally {
      net.flip();
    }
    if (count == AsyncRead.EOF) {
      throw new TlsTruncatedException(
          "the connection was cut off: its bytes ended without the peer's saying so");
    }
    return count;
  }

  /** Puts what was kept into {@code net}. */
  private ByteBuffer load(ByteBuffer net) {
    ByteBuffer kept = cipher;
    if (kept != null) {
      cipher = null;
      net.put(kept);
    }
    return net.flip();
  }

  /** Keeps what is not opened yet, unless nothing will be. */
  private void keep(ByteBuffer net) {
    if (net.hasRemaining() && !ended && failure == null) {
      cipher = ByteBuffer.allocate(net.remaining()).put(net).flip();
    }
  }
}
