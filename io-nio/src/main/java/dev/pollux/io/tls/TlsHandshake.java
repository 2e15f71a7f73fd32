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

  private final AsyncByteStream transport;
  private final SSLEngine engine;
  private final Duration limit;
  private final TlsOutbound outbound;
  private final TlsInbound inbound;

  /** Null before the first poll, and once over. */
  private @Nullable Sleep timeout;

  /** What the engine has given away to be computed. */
  private @Nullable JoinHandle<Void> computation;

  /** Why there is no agreement: the peer is told of it before the caller is. */
  private @Nullable TlsException refused;

  private boolean begun;
  private boolean over;
  private Discard discard = Discard.closing();

  TlsHandshake(AsyncByteStream transport, SSLEngine engine, Duration limit) {
    this.transport = requireNonNull(transport, "stream");
    this.engine = engine;
    this.limit = limit;
    this.outbound = new TlsOutbound(engine, transport);
    this.inbound = new TlsInbound(engine, transport, outbound);
  }

  @Override
  public Poll<TlsStream> poll(Context cx) throws Exception {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException("TLS handshake");
    }
    discard = cx.discard();
    try {
      requireTime(cx);
      if (refused == null) {
        try {
          if (!advance(cx)) {
            return Poll.pending();
          }
          TlsStream stream = new TlsStream(transport, engine, inbound, outbound);
          end();
          return Poll.ready(stream);
        } catch (TlsException refusal) {
          refused = refusal;
        }
      }
      if (!tellWhy(cx)) {
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
  private boolean advance(Context cx) throws Exception {
    if (!begun) {
      begun = true;
      begin();
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
        case NEED_TASK -> computation = compute(cx);
        case NEED_WRAP -> {
          if (!outbound.pollFlush(cx, outbound.writer())) {
            return false;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!outbound.pollFlush(cx, outbound.writer()) || !inbound.pollHandshake(cx)) {
            return false;
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return outbound.pollFlush(cx, outbound.writer());
        }
      }
    }
  }

  private void begin() throws TlsException {
    try {
      engine.beginHandshake();
    } catch (SSLException failure) {
      throw TlsFailures.of(failure);
    }
  }

  /** Has all computed that the engine gives away. */
  private JoinHandle<Void> compute(Context cx) {
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
  private boolean tellWhy(Context cx) {
    try {
      return outbound.pollShutdown(cx);
    } catch (IOException untold) {
      return true; // then the peer finds out by the close
    }
  }

  private void end() {
    over = true;
    Sleep sleep = timeout;
    timeout = null;
    if (sleep != null) {
      sleep.cancel();
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (over) {
      return;
    }
    end();
    JoinHandle<Void> computed = computation;
    computation = null;
    try {
      if (computed != null) {
        computed.cancel();
      }
      transport.close();
    } catch (Throwable failure) {
      discard.uncaught(failure, "closing the transport of a TLS handshake that was given up");
    }
  }

  @Override
  public void describe(Description description) {
    description
        .name("TLS handshake")
        .with("side", engine.getUseClientMode() ? "client" : "server")
        .with("over", transport);
    if (over) {
      description.with("state", "over");
    } else if (computation != null) {
      description.child("computation", computation);
    } else if (begun) {
      description.waitsFor("the peer");
    }
  }
}
