package dev.pollux.io;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.buffer.Scratch;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a source as they come: see {@link AsyncRead#chunks}.
 *
 * @cancellation nothing is lost: bytes are taken in the poll that gives them
 * @threading confined to the polling task
 */
final class Chunks implements AsyncIterator<ByteBuffer> {

  private final int size;

  /** Null once over. */
  private @Nullable AsyncRead source;

  Chunks(AsyncRead source, int size) {
    this.source = source;
    this.size = Math.min(size, Scratch.LARGEST_KEPT);
  }

  @Override
  public Next<ByteBuffer> pollNext(Context cx) throws IOException {
    AsyncRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("chunks");
    }
    Unpolled.used(this);
    Scratch scratch = Scratch.ofThread();
    ByteBuffer step = scratch.borrow(size);
    try {
      int count = source.pollRead(cx, step);
      if (count == AsyncRead.NOT_READY) {
        return Next.pending();
      }
      if (count == AsyncRead.EOF) {
        this.source = null;
        return Next.end();
      }
      ByteBuffer chunk = ByteBuffer.allocate(count);
      chunk.put(step.flip()).flip();
      return Next.item(chunk);
    } catch (Throwable failure) {
      this.source = null;
      throw failure;
    } finally {
      scratch.giveBack();
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    source = null;
  }

  @Override
  public void describe(Description description) {
    description.name("chunks");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("bytes of " + source);
    }
  }
}
