package dev.pollux.io.tls;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.Keep;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.buffer.Scratch;
import java.io.IOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
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
 * <p>As a waker, this wakes both of them.
 */
final class TlsOutbound implements Waker {
  /*
   * The word `turn`
   *  FREE    nobody makes records or sends them.
   *  HELD    somebody does, for a part of one poll.
   *  ASKED   so, and the other one wants to as well.
   *
   * Invariants
   *  I1  Who holds the turn, and nobody else, calls `wrap` and polls the way out of the transport. So records are sent in the
   *      order in which they were made.
   *  I2  Whoever is refused, by the turn or by the transport, has left its waker in its slot before it was.
   *  I3  The transport is polled with this as the waker. So the one place that it has for a waker never holds that of one of the
   *      two in place of the other's: an event wakes both.
   *
   * Transitions
   *  FREE   --enter-->  HELD
   *  HELD   --enter-->  ASKED    refused
   *  ASKED  --enter-->  ASKED    refused
   *  HELD   --leave-->  FREE
   *  ASKED  --leave-->  FREE     both are woken
   *
   * No wake-up is lost. Who is refused stores its waker and then finds the word HELD and makes it ASKED, or finds it ASKED. The
   * leave that ends that turn is an exchange which comes later in the order of the word: it reads ASKED, and what was stored
   * before is seen by it. If ASKED was found, then somebody else has made it, and the same leave ends it.
   *
   * The turn is never held between two polls. So nobody waits long for it, a task that is cancelled never holds it, and the
   * owner of the turn is always a running thread.
   *
   * Progress: who is refused by the turn gives up its thread; there is no lock.
   */
  private static final int FREE = 0;
  private static final int HELD = 1;
  private static final int ASKED = 2;

  private static final VarHandle TURN =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "turn", VarHandle.class, TlsOutbound.class, int.class);

  /** How many records are made before they are sent. */
  private static final int RECORDS_AT_ONCE = 4;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final AsyncByteStream transport;

  /** The slots of I2. */
  final AtomicWaker reader = new AtomicWaker();

  final AtomicWaker writer = new AtomicWaker();

  @Keep private volatile int turn;

  // Written by the holder of the turn only.

  /** Records that the transport has not taken yet; null if there are none. */
  private volatile @Nullable ByteBuffer unsent;

  /** Whether nothing but the end is to be sent. */
  private boolean ended;

  TlsOutbound(SSLEngine engine, AsyncByteStream transport) {
    this.engine = engine;
    this.transport = transport;
  }

  @Override
  public void wake() {
    reader.wake();
    writer.wake();
  }

  /** Takes the turn, or leaves a waker in {@code slot}. */
  private boolean enter(Context cx, AtomicWaker slot) {
    slot.register(cx.waker());
    while (true) {
      int seen = turn;
      if (seen == FREE) {
        if (TURN.compareAndSet(this, FREE, HELD)) {
          return true;
        }
      } else if (seen == ASKED || TURN.compareAndSet(this, HELD, ASKED)) {
        return false;
      }
    }
  }

  private void leave() {
    if ((int) TURN.getAndSet(this, FREE) == ASKED) {
      wake();
    }
  }

  /** Whether there are records that the transport has not taken yet. Any thread. */
  boolean hasUnsent() {
    return unsent != null;
  }

  /** How many bytes are held here; for tests. */
  int heldBytes() {
    ByteBuffer held = unsent;
    return held == null ? 0 : held.capacity();
  }

  /** As {@link AsyncWrite#pollWrite(Context, ByteBuffer[], int, int)}, for bytes to be hidden. */
  long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    if (!enter(cx, writer)) {
      return AsyncWrite.NOT_READY;
    }
    try {
      if (ended) {
        throw new ClosedChannelException();
      }
      Context out = cx.withWaker(this);
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
          SSLEngineResult result = wrap(srcs, offset, length, net);
          taken += result.bytesConsumed();
          if (result.getStatus() == Status.CLOSED) {
            throw new TlsException(
                "the peer has ended the connection, which in TLS 1.2 ends both directions", null);
          }
          if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
            if (taken > 0 && result.getStatus() == Status.BUFFER_OVERFLOW) {
              break; // records have grown
            }
            throw stuck(result);
          }
        }
        send(out, net.flip());
        return taken;
      } finally {
        scratch.giveBack();
      }
    } finally {
      leave();
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

  private SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer net)
      throws TlsException {
    try {
      return engine.wrap(srcs, offset, length, net);
    } catch (SSLException failure) {
      throw TlsFailures.of(failure);
    }
  }

  private static TlsException stuck(SSLEngineResult result) {
    return new TlsException(
        "the peer wants to negotiate again, which is refused (" + result + ")", null);
  }

  /** Sends what is unsent. */
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
    try {
      while (net.hasRemaining()) {
        if (transport.pollWrite(out, net) == AsyncWrite.NOT_READY) {
          return false;
        }
      }
      return true;
    } finally {
      if (net.hasRemaining()) {
        unsent = ByteBuffer.allocate(net.remaining()).put(net).flip();
      }
    }
  }

  /**
   * Sends all that is due: what is unsent, and what TLS itself has to say.
   *
   * @param slot of the caller
   * @return whether that is done; else the waker is stored
   */
  boolean pollFlush(Context cx, AtomicWaker slot) throws IOException {
    if (!enter(cx, slot)) {
      return false;
    }
    try {
      Context out = cx.withWaker(this);
      return drain(out)
          && (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP || sendOwn(out, false))
          && transport.pollFlush(out);
    } finally {
      leave();
    }
  }

  /**
   * Has new keys made, of which the next flush tells the peer.
   *
   * @return whether that is done; else the waker is stored
   */
  boolean pollNewKeys(Context cx) throws IOException {
    if (!enter(cx, writer)) {
      return false;
    }
    try {
      if (ended) {
        throw new ClosedChannelException();
      }
      engine.beginHandshake();
      return true;
    } catch (SSLException failure) {
      throw TlsFailures.of(failure);
    } finally {
      leave();
    }
  }

  /** Makes and sends what TLS itself has to say: as much as there is, or up to its end. */
  private boolean sendOwn(Context out, boolean toTheEnd) throws IOException {
    Scratch scratch = Scratch.ofThread();
    ByteBuffer net = scratch.borrow(RECORDS_AT_ONCE * engine.getSession().getPacketBufferSize());
    try {
      while (toTheEnd
          ? !engine.isOutboundDone()
          : engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        SSLEngineResult result = wrap(new ByteBuffer[] {NOTHING}, 0, 1, net.clear());
        if (!send(out, net.flip())) {
          return false;
        }
        if (result.bytesProduced() == 0) {
          return true;
        }
      }
      return true;
    } finally {
      scratch.giveBack();
    }
  }

  /**
   * Says the end to the peer, and shuts the transport down for writing.
   *
   * @return whether that is done; else the waker is stored
   */
  boolean pollShutdown(Context cx) throws IOException {
    if (!enter(cx, writer)) {
      return false;
    }
    try {
      Context out = cx.withWaker(this);
      if (!drain(out)) {
        return false;
      }
      end();
      return sendOwn(out, true) && transport.pollFlush(out) && transport.pollShutdown(out);
    } finally {
      leave();
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
    if (unsent != null || !TURN.compareAndSet(this, FREE, HELD)) {
      return;
    }
    try {
      if (unsent == null && !ended) {
        end();
        // Outside of a poll, perhaps, so nothing can be waited for.
        Poll<Boolean> whether = Futures.pollFn(cx -> Poll.ready(sendOwn(cx, true))).pollNow();
        assert whether.isReady();
      }
    } catch (Throwable unsaid) {
      // The peer will find that out: it is closed all the same.
    } finally {
      leave();
    }
  }
}
