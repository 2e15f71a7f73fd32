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
 * Writes what a writer holds and, if asked to, ends the bytes: see {@link FramedWriter#flush} and
 * {@link FramedWriter#shutdown}.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class FlushFrames implements Future<Void> {

  /** Null once this is over. */
  private @Nullable FramedWriter<?> writer;

  private final boolean ends;

  FlushFrames(FramedWriter<?> writer, boolean ends) {
    this.writer = writer;
    this.ends = ends;
  }

  private String kind() {
    return ends ? "FramedWriter.shutdown" : "FramedWriter.flush";
  }

  @Override
  public Poll<Void> poll(Context cx) throws IOException {
    Unpolled.used(this);
    FramedWriter<?> writer = this.writer;
    if (writer == null) {
      throw new PollAfterEndException(kind());
    }
    boolean isDone;
    try {
      isDone = ends ? writer.pollShutdown(cx) : writer.pollFlush(cx);
    } catch (Throwable failure) {
      this.writer = null;
      throw failure;
    }
    if (!isDone) {
      return Poll.pending();
    }
    this.writer = null;
    return Poll.done();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    writer = null;
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    FramedWriter<?> writer = this.writer;
    if (writer == null) {
      description.with("state", "over");
    } else {
      writer.describe(description);
    }
  }
}
