package dev.pollux.io;

import java.io.IOException;

/**
 * Bytes in both directions: a connection.
 *
 * @threading each direction is polled by one task at a time, and both at once; {@link #close()} may
 *     be called from any thread
 */
public interface AsyncByteStream extends AsyncRead, AsyncWrite {

  /**
   * Closes both directions at once, without a flush. Idempotent; never blocks.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  void close() throws IOException;

  /**
   * The two directions of this, for two tasks to own. This is closed when both are. To close one
   * alone lets go of it, and who waits there fails; the other side of the connection is told
   * nothing by that: say {@link AsyncWrite#shutdown} to the writer before. This is not to be used
   * beside them.
   */
  default Halves split() {
    return new SplitStream(this).halves();
  }
}
