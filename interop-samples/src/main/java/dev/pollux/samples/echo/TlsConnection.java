package dev.pollux.samples.echo;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.limit.TimeLimitException;
import dev.pollux.io.tls.TlsHandshakeTimeoutException;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves a connection once both sides have agreed on TLS.
 *
 * @cancellation closes the connection
 */
final class TlsConnection implements Served {
  /*
   * Who drains sets `draining` and then looks at `echo`; who polls sets `echo` and then looks at `draining`. One of the two sees
   * the other. Both may: to drain twice is to drain.
   */

  private final Function<AsyncByteStream, EchoConnection> serve;
  private final Closeable reset;
  private final Tally tally;
  private final Consumer<? super TlsConnection> whenOver;

  /** Null once it is over. */
  private @Nullable Future<? extends AsyncByteStream> handshake;

  /** Null until both have agreed, and once it is over. */
  private volatile @Nullable EchoConnection echo;

  private volatile boolean draining;
  private boolean over;
  private Discard discard = Discard.closing();

  /**
   * Makes the future.
   *
   * @param handshake has the connection, and closes it if it fails
   * @param reset called where the peer has exceeded a limit before both have agreed
   * @param serve what is done then
   * @param tally counts the end, if it comes before
   * @param whenOver is called at the end, by the thread that polls or cancels
   */
  TlsConnection(
      Future<? extends AsyncByteStream> handshake,
      Closeable reset,
      Function<AsyncByteStream, EchoConnection> serve,
      Tally tally,
      Consumer<? super TlsConnection> whenOver) {
    this.handshake = handshake;
    this.reset = reset;
    this.serve = serve;
    this.tally = tally;
    this.whenOver = whenOver;
  }

  @Override
  public void drain() {
    draining = true;
    EchoConnection echo = this.echo;
    if (echo != null) {
      echo.drain();
    }
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("TLS connection");
    }
    discard = cx.discard();
    EchoConnection echo = this.echo;
    try {
      if (echo == null) {
        echo = pollHandshake(cx);
        if (echo == null) {
          return over ? Poll.done() : Poll.pending();
        }
      }
      if (!echo.poll(cx).isReady()) {
        return Poll.pending();
      }
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    end();
    return Poll.done();
  }

  /** What serves from now on; null if there is no agreement yet, or if it is over without. */
  private @Nullable EchoConnection pollHandshake(Context cx) throws Exception {
    Poll<? extends AsyncByteStream> agreed;
    try {
      agreed = requireNonNull(handshake, "handshake").poll(cx);
    } catch (TlsHandshakeTimeoutException slow) {
      endWithout(Tally.End.HANDSHAKE_TIMED_OUT);
      return null;
    } catch (TimeLimitException tooSlow) {
      closeQuietly(reset);
      endWithout(Tally.End.REFUSED);
      return null;
    } catch (IOException refused) {
      endWithout(Tally.End.HANDSHAKE_FAILED);
      return null;
    } catch (Throwable failure) {
      tally.ended(Tally.End.HANDSHAKE_FAILED, 0, 0);
      throw failure;
    }
    if (!agreed.isReady()) {
      return null;
    }
    handshake = null;
    EchoConnection echo = serve.apply(agreed.value());
    this.echo = echo;
    if (draining) {
      echo.drain();
    }
    return echo;
  }

  private void endWithout(Tally.End how) {
    tally.ended(how, 0, 0);
    end();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException ignored) {
      // it is closed all the same
    }
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    Future<? extends AsyncByteStream> handshake = this.handshake;
    EchoConnection echo = this.echo;
    try {
      if (echo != null) {
        echo.cancel();
      } else if (handshake != null) {
        tally.ended(Tally.End.CUT_OFF, 0, 0);
        handshake.cancel();
      }
    } catch (Throwable violation) {
      discard.uncaught(violation, "the cancel of a TLS handshake");
    } finally {
      end();
    }
  }

  private void end() {
    if (!over) {
      over = true;
      handshake = null;
      echo = null;
      discard = Discard.closing();
      whenOver.accept(this);
    }
  }

  @Override
  public void describe(Description d) {
    d.name("TLS connection");
    if (over) {
      d.with("state", "over");
    } else if (echo != null) {
      d.child("echo", echo);
    } else {
      d.child("handshake", handshake);
    }
  }
}
