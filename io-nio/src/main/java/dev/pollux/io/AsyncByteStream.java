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
}
