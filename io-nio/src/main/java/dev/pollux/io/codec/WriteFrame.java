package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one frame and, if asked to, writes it out: see {@link FramedWriter#send} and {@link
 * FramedWriter#feed}.
 *
 * @cancellation a frame that is not encoded is discarded
 * @threading confined to the polling task
 */
final class WriteFrame<T> implements Future<Void> {

  /** Null once this is over. */
  private @Nullable FramedWriter<T> writer;

  /** Null once it is encoded. */
  private @Nullable T frame;

  private final boolean flushes;

  WriteFrame(FramedWriter<T> writer, T frame, boolean flushes) {
    this.writer = writer;
    this.frame = frame;
    this.flushes = flushes;
  }

  private String kind() {
    return flushes ? "FramedWriter.send" : "FramedWriter.feed";
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    Unpolled.used(this);
    FramedWriter<T> writer = this.writer;
    if (writer == null) {
      throw new PollAfterEndException(kind());
    }
    try {
      if (frame != null) {
        if (!writer.pollReady(cx)) {
          return Poll.pending();
        }
        if (!cx.tryProceed()) {
          return Poll.pending();
        }
        T encoded = frame;
        frame = null;
        writer.encode(encoded);
      }
      if (flushes && !writer.pollFlush(cx)) {
        return Poll.pending();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    this.writer = null;
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    FramedWriter<T> writer = this.writer;
    T left = frame;
    this.writer = null;
    frame = null;
    if (writer != null && left != null) {
      writer.discard(left);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    FramedWriter<T> writer = this.writer;
    if (writer == null) {
      description.with("state", "over");
    } else {
      writer.describe(description);
    }
  }
}
