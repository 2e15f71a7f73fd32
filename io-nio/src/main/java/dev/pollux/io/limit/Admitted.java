package dev.pollux.io.limit;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Context;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.sync.AsyncSemaphore.Permit;
import java.io.IOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has a place among those that there may be, and gives it back when it is closed.
 * So it has to be closed, also when the peer has ended it, and by this one: a close of {@link
 * #stream()} leaves the place taken.
 *
 * @param <S> the kind of connection
 * @threading as that connection
 */
public final class Admitted<S extends AsyncByteStream> implements AsyncByteStream {

  private static final VarHandle PLACE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "place", VarHandle.class, Admitted.class, Permit.class);

  private final S stream;
  private final ConnectionLimit limit;
  private final @Nullable Object peer;

  /** Null once it was given back. */
  @Keep private @Nullable Permit place;

  Admitted(S stream, ConnectionLimit limit, Permit place, @Nullable Object peer) {
    this.stream = stream;
    this.limit = limit;
    this.peer = peer;
    PLACE.setRelease(this, place);
  }

  /** The connection itself, for its address and the like. */
  public S stream() {
    return stream;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    return stream.pollRead(cx, dst);
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return stream.pollWrite(cx, src);
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    return stream.pollWrite(cx, srcs, offset, length);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return stream.pollFlush(cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return stream.pollShutdown(cx);
  }

  /** {@inheritDoc} The place is given back once, whoever closes and how often. */
  @Override
  public void close() throws IOException {
    try {
      stream.close();
    } finally {
      Permit place = (Permit) PLACE.getAndSet(this, null);
      if (place != null) {
        if (peer != null) {
          limit.leave(peer);
        }
        place.close();
      }
    }
  }

  @Override
  public String toString() {
    return stream.toString();
  }
}
