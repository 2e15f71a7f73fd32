package dev.pollux.samples.echo;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.Copy;
import dev.pollux.io.Io;
import dev.pollux.io.limit.TimeLimitException;
import dev.pollux.io.tls.TlsStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends back what comes over one connection, and closes it. A connection that fails is counted, and
 * no failure of this.
 *
 * @cancellation closes the connection
 */
final class EchoConnection implements Served {

  private static final int LATE_BUFFER_BYTES = 4096;

  private enum State {
    ECHO,
    /** Says to a peer that has ended that this is the end here too, where a close alone may not. */
    SAY_END,
    /** Says to the peer that no more will come. */
    HALF_CLOSE,
    /** Waits for the peer to end it too. A close before it would destroy what is under way. */
    AWAIT_END,
    OVER
  }

  private final AsyncByteStream stream;
  private final Closeable reset;
  private final EchoSource source;
  private final Tally tally;
  private final Consumer<? super EchoConnection> whenOver;
  private final Copy copy;
  private State state = State.ECHO;
  private long lateBytes;

  /** Takes what comes after the half-close. */
  private @Nullable ByteBuffer late;

  /**
   * Makes the future.
   *
   * @param stream the connection, which belongs to this from now on
   * @param reset called before it is closed where it has exceeded a limit: what the peer has not
   *     taken is dropped
   * @param bufferedBytes how much is kept for a slow peer
   * @param tally counts the end
   * @param whenOver is called then, by the thread that polls or cancels
   */
  EchoConnection(
      AsyncByteStream stream,
      Closeable reset,
      int bufferedBytes,
      Tally tally,
      Consumer<? super EchoConnection> whenOver) {
    this.stream = stream;
    this.reset = reset;
    this.source = new EchoSource(stream);
    this.tally = tally;
    this.whenOver = whenOver;
    this.copy = Io.copy(source, stream).holdAtMost(bufferedBytes);
  }

  @Override
  public void drain() {
    source.drain();
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    if (state == State.OVER) {
      throw new PollAfterEndException("echo connection");
    }
    try {
      if (!advance(cx)) {
        return Poll.pending();
      }
    } catch (TimeLimitException tooSlow) {
      end(Tally.End.REFUSED);
      return Poll.done();
    } catch (IOException broken) {
      end(Tally.End.FAILED);
      return Poll.done();
    } catch (Throwable failure) {
      end(Tally.End.FAILED);
      throw failure;
    }
    end(source.hasPeerEnded() && late == null ? Tally.End.CLOSED : Tally.End.DRAINED);
    return Poll.done();
  }

  /** Whether the connection has come to its end. */
  private boolean advance(Context cx) throws Exception {
    if (state == State.ECHO) {
      if (!copy.poll(cx).isReady()) {
        return false;
      }
      if (source.hasPeerEnded()) {
        if (!(stream instanceof TlsStream)) {
          return true;
        }
        state = State.SAY_END;
      } else {
        state = State.HALF_CLOSE;
      }
    }
    if (state == State.SAY_END) {
      return stream.pollShutdown(cx);
    }
    if (state == State.HALF_CLOSE) {
      if (!stream.pollShutdown(cx)) {
        return false;
      }
      state = State.AWAIT_END;
      late = ByteBuffer.allocate(LATE_BUFFER_BYTES);
    }
    return pollEnd(cx);
  }

  private boolean pollEnd(Context cx) throws IOException {
    ByteBuffer buffer = requireNonNull(late, "late");
    while (true) {
      int count = stream.pollRead(cx, buffer.clear());
      if (count < 0) {
        return count == AsyncRead.EOF;
      }
      lateBytes += count;
    }
  }

  @Override
  public void cancel() {
    if (state != State.OVER) {
      copy.cancel();
      end(Tally.End.CUT_OFF);
    }
  }

  private void end(Tally.End how) {
    state = State.OVER;
    source.end();
    if (how == Tally.End.REFUSED) {
      closeQuietly(reset);
    }
    closeQuietly(stream);
    tally.ended(how, copy.copied(), lateBytes);
    whenOver.accept(this);
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException ignored) {
      // it is closed all the same
    }
  }

  @Override
  public void describe(Description d) {
    d.name("echo connection").with("state", state).with("stream", stream).with("source", source);
    if (state == State.ECHO) {
      d.child("copy", copy);
    }
  }
}
