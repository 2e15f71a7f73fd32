package dev.pollux.io.codec;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Writes all frames of an iterator: see {@link FramedWriter#sendAll}.
 *
 * @cancellation cancels the iterator; what was taken from it is in the writer
 * @threading confined to the polling task
 */
final class WriteAllFrames<T> implements Future<Long> {

  /** Null once this is over. */
  private @Nullable FramedWriter<T> writer;

  /** Null once it has ended. */
  private @Nullable AsyncIterator<? extends T> frames;

  private long count;

  WriteAllFrames(FramedWriter<T> writer, AsyncIterator<? extends T> frames) {
    this.writer = writer;
    this.frames = frames;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    Unpolled.used(this);
    FramedWriter<T> writer = this.writer;
    if (writer == null) {
      throw new PollAfterEndException("FramedWriter.sendAll");
    }
    try {
      AsyncIterator<? extends T> frames;
      do {
        if (!writer.pollReady(cx)) {
          return Poll.pending();
        }
        frames = this.frames;
      } while (frames != null && encodeNext(writer, frames, cx));
      // Also if no frame is there at the moment, for it may be long until there is one.
      if (!writer.pollFlush(cx) || this.frames != null) {
        return Poll.pending();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    this.writer = null;
    return Poll.ready(count);
  }

  /** Whether a frame was there. */
  private boolean encodeNext(FramedWriter<T> writer, AsyncIterator<? extends T> frames, Context cx)
      throws Exception {
    Next<? extends T> next;
    try {
      next = frames.pollNext(cx);
    } catch (Throwable failure) {
      this.frames = null;
      throw failure;
    }
    if (next instanceof Item<? extends T> item) {
      writer.encode(item.value());
      count++;
      return true;
    }
    if (next.isEnd()) {
      this.frames = null;
    }
    return false;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    FramedWriter<T> writer = this.writer;
    AsyncIterator<? extends T> left = frames;
    this.writer = null;
    frames = null;
    if (writer == null || left == null) {
      return;
    }
    try {
      left.cancel();
    } catch (Throwable failure) {
      writer.discard().uncaught(failure, "cancel of a " + left.getClass().getName());
    }
  }

  @Override
  public void describe(Description description) {
    description.name("FramedWriter.sendAll");
    FramedWriter<T> writer = this.writer;
    if (writer == null) {
      description.with("state", "over");
    } else {
      description.with("sent", count).stream("frames", frames);
      writer.describe(description);
    }
  }
}
