package dev.pollux.samples.demo;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import java.io.IOException;

/**
 * The lines of a file as events, with its end or failure as one more, so that one bad file does not
 * stop the others.
 *
 * @cancellation cancels the lines
 */
final class FileEvents implements AsyncIterator<FileEvent> {

  private enum Phase {
    LINES,
    LAST_GIVEN,
    OVER
  }

  private final int file;
  private final AsyncIterator<Line> lines;
  private Phase phase = Phase.LINES;

  FileEvents(int file, AsyncIterator<Line> lines) {
    this.file = file;
    this.lines = lines;
  }

  @Override
  public Next<FileEvent> pollNext(Context cx) throws Exception {
    switch (phase) {
      case LINES -> {
        return pollLine(cx);
      }
      case LAST_GIVEN -> {
        phase = Phase.OVER;
        return Next.end();
      }
      default -> throw new PollAfterEndException("file events");
    }
  }

  private Next<FileEvent> pollLine(Context cx) throws Exception {
    Next<Line> next;
    try {
      next = lines.pollNext(cx);
    } catch (IOException failure) {
      phase = Phase.LAST_GIVEN;
      return Next.item(new FileEvent.Failed(file, Reason.of(failure)));
    } catch (Throwable failure) {
      phase = Phase.OVER;
      throw failure;
    }
    if (next.isItem()) {
      return Next.item(new FileEvent.LineRead(file, next.value()));
    }
    if (next.isPending()) {
      return Next.pending();
    }
    phase = Phase.LAST_GIVEN;
    return Next.item(new FileEvent.Ended(file));
  }

  @Override
  public void cancel() {
    if (phase == Phase.LINES) {
      lines.cancel();
    }
    phase = Phase.OVER;
  }

  @Override
  public void describe(Description description) {
    description.name("file events");
    if (phase == Phase.LINES) {
      description.stream("lines", lines);
    }
  }
}
