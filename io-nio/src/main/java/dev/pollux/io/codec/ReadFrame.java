package dev.pollux.io.codec;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one frame: see {@link FramedReader#next}.
 *
 * @cancellation nothing is lost: what was read is in the reader
 * @threading confined to the polling task
 */
final class ReadFrame<T> implements Future<Optional<T>> {

  /** Null once this is over. */
  private @Nullable FramedReader<T> reader;

  ReadFrame(FramedReader<T> reader) {
    this.reader = reader;
  }

  @Override
  public Poll<Optional<T>> poll(Context cx) throws IOException {
    Unpolled.used(this);
    FramedReader<T> reader = this.reader;
    if (reader == null) {
      throw new PollAfterEndException("FramedReader.next");
    }
    T frame;
    try {
      frame = reader.pollDecode(cx);
    } catch (Throwable failure) {
      this.reader = null;
      throw failure;
    }
    if (frame == null && !reader.isFinished()) {
      return Poll.pending();
    }
    this.reader = null;
    return Poll.ready(Optional.ofNullable(frame));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    reader = null;
  }

  @Override
  public void describe(Description description) {
    description.name("FramedReader.next");
    FramedReader<T> reader = this.reader;
    if (reader == null) {
      description.with("state", "over");
    } else {
      reader.describe(description);
    }
  }
}
