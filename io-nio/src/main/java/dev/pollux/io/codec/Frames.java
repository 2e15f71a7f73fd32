package dev.pollux.io.codec;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a reader that is borrowed: see {@link FramedReader#frames}.
 *
 * @cancellation nothing is lost: what was read is in the reader
 * @threading confined to the polling task
 */
final class Frames<T> implements AsyncIterator<T> {

  /** Null once this is over. */
  private @Nullable FramedReader<T> reader;

  Frames(FramedReader<T> reader) {
    this.reader = reader;
  }

  private FramedReader<T> open() {
    Unpolled.used(this);
    FramedReader<T> reader = this.reader;
    if (reader == null) {
      throw new PollAfterEndException("FramedReader.frames");
    }
    return reader;
  }

  @Override
  public Next<T> pollNext(Context cx) throws IOException {
    FramedReader<T> reader = open();
    Next<T> next;
    try {
      next = reader.pollFrame(cx);
    } catch (Throwable failure) {
      this.reader = null;
      throw failure;
    }
    if (next.isEnd()) {
      this.reader = null;
    }
    return next;
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws IOException {
    FramedReader<T> reader = open();
    while (true) {
      T frame;
      try {
        frame = reader.pollDecode(cx);
      } catch (Throwable failure) {
        this.reader = null;
        throw failure;
      }
      if (frame == null) {
        if (!reader.isFinished()) {
          return Turn.PENDING;
        }
        this.reader = null;
        return Turn.ENDED;
      }
      try {
        if (!sink.accept(frame)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        this.reader = null;
        cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
        throw violation;
      }
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    reader = null;
  }

  @Override
  public void describe(Description description) {
    description.name("FramedReader.frames");
    FramedReader<T> reader = this.reader;
    if (reader == null) {
      description.with("state", "over");
    } else {
      reader.describe(description);
    }
  }
}
