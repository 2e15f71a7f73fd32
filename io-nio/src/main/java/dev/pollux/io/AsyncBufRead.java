package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A source of bytes that has a buffer, and lets its reader look into it.
 *
 * <p>Source: {@code AsyncBufRead} of Tokio and futures-rs.
 */
public interface AsyncBufRead extends AsyncRead {

  /**
   * The bytes that are buffered; reads some first if there are none.
   *
   * @param cx whose waker is stored if there are no bytes
   * @return a read-only view of the bytes, valid until this is used again; empty at the end of the
   *     bytes; null if there is nothing yet, and the waker is stored
   * @throws IOException if reading fails; what was buffered before is still there
   */
  @Nullable ByteBuffer pollFill(Context cx) throws IOException;

  /**
   * Takes the first {@code count} of the buffered bytes away.
   *
   * @param count how many
   * @throws IllegalArgumentException if so many are not buffered
   */
  void consume(int count);
}
