package dev.pollux.io.tls;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Agrees with the peer. What is long in it, such as the check of a certificate, is computed on the
 * blocking pool.
 *
 * @cancellation closes the transport
 * @threading confined to the polling task, as every future is
 */
final class TlsHandshake implements Future<TlsStream> {

  /** Who is at work until both have agreed. */
  private record Parts(
      AsyncByteStream transport, SSLEngine engine, TlsInbound inbound, TlsOutbound outbound) {}

  private final Duration limit;

  /** Null once over. */
  private @Nullable Parts parts;

  /** Null before the first poll, and once over. */
  private @Nullable Sleep timeout;

  /** What the engine has given away to be computed. */
  private @Nullable JoinHandle<Void> computation;

  /** Why there is no agreement: the peer is told of it before the caller is. */
  private @Nullable TlsException refused;

  private boolean begun;
  private Discard discard = Discard.closing();

  TlsHandshake(AsyncByteStream transport, SSLEngine engine, Duration limit) {
    requireNonNull(transport, "stream");
    this.limit = limit;
    TlsOutbound outbound = new TlsOutbound(engine, transport);
    this.parts =
        new Parts(transport, engine, new TlsInbound(engine, transport, outbound), outbound);
  }

  @Override
  public Poll<TlsStream> poll(Context cx) throws Exception {
    Unpolled.used(this);
    Parts parts = this.parts;
    if (parts == null) {
      throw new PollAfterEndException("TLS handshake");
    }
    discard = cx.discard();
    try {
      requireTime(cx);
      if (refused == null) {
        try {
          if (!advance(cx, parts)) {
            return Poll.pending();
          }
          end();
          return Poll.ready(
              new TlsStream(parts.transport, parts.engine, parts.inbound, parts.outbound));
        } catch (TlsTruncatedException cutOff) {
          // Nothing is said of it. The peer may have agreed already, and would take what is said
          // here for the end of what it reads, though it was not sent anything.
          throw cutOff;
        } catch (TlsException refusal) {
          refused = refusal;
        }
      }
      if (!tellWhy(cx, parts)) {
        return Poll.pending();
      }
      throw requireNonNull(refused);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private void requireTime(Context cx) throws Exception {
    Sleep sleep = timeout;
    if (sleep == null) {
      sleep = Time.sleep(limit);
      timeout = sleep;
    }
    if (sleep.poll(cx).isReady()) {
      // A peer that was refused did not take the time to hear of it.
      throw refused != null ? refused : new TlsHandshakeTimeoutException(limit);
    }
  }

  /** Goes on until both have agreed; false if the waker is stored. */
  private boolean advance(Context cx, Parts parts) throws Exception {
    SSLEngine engine = parts.engine;
    TlsOutbound outbound = parts.outbound;
    if (!begun) {
      begun = true;
      begin(engine);
    }
    while (true) {
      JoinHandle<Void> computed = computation;
      if (computed != null) {
        if (!isComputed(cx, computed)) {
          return false;
        }
        computation = null;
      }
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> computation = compute(cx, engine);
        case NEED_WRAP -> outbound.pollHandshake(cx);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          outbound.pollHandshake(cx);
          if (!parts.inbound.pollHandshake(cx)) {
            return false;
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return outbound.pollHandshake(cx) || owesOnlyTickets(engine);
        }
      }
    }
  }

  /**
   * Whether the peer has agreed already, and what it is sent is for the next connection: who polls
   * the stream sends it. The peer reads when it likes, perhaps not before it is read.
   */
  private static boolean owesOnlyTickets(SSLEngine engine) {
    return !engine.getUseClientMode() && engine.getSession().getProtocol().equals("TLSv1.3");
  }

  private static void begin(SSLEngine engine) throws TlsException {
    try {
      engine.beginHandshake();
    } catch (SSLException failure) {
      throw TlsFailures.of(failure);
    }
  }

  /** Has all computed that the engine gives away. */
  private static JoinHandle<Void> compute(Context cx, SSLEngine engine) {
    return cx.blocking()
        .spawnBlocking(
            "TLS handshake",
            () -> {
              Runnable task;
              while ((task = engine.getDelegatedTask()) != null) {
                task.run();
              }
              return null;
            });
  }

  private static boolean isComputed(Context cx, JoinHandle<Void> computation) throws Exception {
    try {
      return computation.poll(cx).isReady();
    } catch (TaskFailedException failed) {
      throw TlsFailures.of(failed);
    }
  }

  /** Sends the alert that the engine has for the peer, and ends the way out. */
  private static boolean tellWhy(Context cx, Parts parts) {
    try {
      return parts.outbound.pollShutdown(cx);
    } catch (IOException untold) {
      return true; // then the peer finds out by the close
    }
  }

  private void end() {
    parts = null;
    Sleep sleep = timeout;
    timeout = null;
    if (sleep != null) {
      sleep.cancel();
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Parts parts = this.parts;
    if (parts == null) {
      return;
    }
    end();
    JoinHandle<Void> computed = computation;
    computation = null;
    try {
      if (computed != null) {
        computed.cancel();
      }
      parts.transport.close();
    } catch (Throwable failure) {
      discard.uncaught(failure, "closing the transport of a TLS handshake that was given up");
    }
  }

  @Override
  public void describe(Description description) {
    description.name("TLS handshake");
    Parts parts = this.parts;
    if (parts == null) {
      description.with("state", "over");
      return;
    }
    description
        .with("side", parts.engine.getUseClientMode() ? "client" : "server")
        .with("over", parts.transport);
    if (computation != null) {
      description.child("computation", computation);
    } else if (begun) {
      description.waitsFor("the peer");
    }
  }
}
