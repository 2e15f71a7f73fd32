package dev.pollux.io;

import dev.pollux.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of one source and then those of another: see {@link AsyncRead#chain}.
 *
 * @threading as {@link AsyncRead}
 */
final class ChainRead implements AsyncRead {

  private final AsyncRead first;
  private final AsyncRead second;
  private boolean firstEnded;

  ChainRead(AsyncRead first, AsyncRead second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!firstEnded) {
      int count = first.pollRead(cx, dst);
      if (count != EOF) {
        return count;
      }
      firstEnded = true;
    }
    return second.pollRead(cx, dst);
  }

  @Override
  public void close() throws IOException {
    try (second) {
      first.close();
    }
  }

  @Override
  public String toString() {
    return firstEnded ? second.toString() : first + ", and then " + second;
  }
}
