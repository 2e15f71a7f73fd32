package dev.pollux.io.process;

import dev.pollux.core.Context;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A reader of a {@link ThreadedInput}.
 *
 * @threading polled by one task at a time; {@link #close()}: any thread
 */
final class ThreadedRead implements AsyncRead {

  private final ThreadedInput input;

  /** Whether a close of this is one of the whole. */
  private final boolean only;

  private final PipeWaiters.Waiter place = new PipeWaiters.Waiter();

  ThreadedRead(ThreadedInput input, boolean only) {
    this.input = input;
    this.only = only;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    return input.pollRead(place, cx, dst);
  }

  @Override
  public void close() {
    if (only) {
      input.close();
    } else {
      input.close(place);
    }
  }

  int heldBytes() {
    return input.heldBytes();
  }

  @Override
  public String toString() {
    return input.toString();
  }
}
