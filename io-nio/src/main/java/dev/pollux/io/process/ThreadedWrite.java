package dev.pollux.io.process;

import dev.pollux.core.Context;
import dev.pollux.io.AsyncWrite;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A writer of a {@link ThreadedOutput}.
 *
 * @threading polled by one task at a time; {@link #close()}: any thread
 */
final class ThreadedWrite implements AsyncWrite {

  private final ThreadedOutput output;

  /** Whether the end of this is one of the whole. */
  private final boolean only;

  private final PipeWaiters.Waiter place = new PipeWaiters.Waiter();

  ThreadedWrite(ThreadedOutput output, boolean only) {
    this.output = output;
    this.only = only;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return output.pollWrite(place, cx, src);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return output.pollFlush(place, cx);
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return only ? output.pollShutdown(place, cx) : output.pollEnd(place, cx);
  }

  @Override
  public void close() throws IOException {
    if (only) {
      output.close();
    } else {
      output.close(place);
    }
  }

  @Override
  public String toString() {
    return output.toString();
  }
}
