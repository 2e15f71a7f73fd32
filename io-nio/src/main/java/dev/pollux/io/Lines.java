package dev.pollux.io;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Budget;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines: see {@link AsyncBufRead#lines}.
 *
 * @cancellation nothing is lost: a line is taken in the poll that gives it
 * @threading confined to the polling task
 */
final class Lines implements AsyncIterator<String> {

  private final LineSearch search;

  /** Null once over. */
  private @Nullable AsyncBufRead source;

  Lines(AsyncBufRead source, int limit) {
    this.search = new LineSearch(limit);
    this.source = source;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // ReadLine.OVER
  public Next<String> pollNext(Context cx) throws IOException {
    AsyncBufRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("lines");
    }
    Unpolled.used(this);
    Budget budget = cx.budget();
    if (budget.isExhausted() && !cx.tryProceed()) {
      return Next.pending();
    }
    String line;
    try {
      line = search.poll(cx, source, ReadLine.OVER);
    } catch (Throwable failure) {
      this.source = null;
      throw failure;
    }
    if (line == null) {
      return Next.pending();
    }
    if (line == ReadLine.OVER) {
      this.source = null;
      return Next.end();
    }
    var unused = budget.tryConsume(); // lines that are in the buffer cost nothing there
    return Next.item(line);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    source = null;
  }

  @Override
  public void describe(Description description) {
    description.name("lines");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the end of a line of " + source);
    }
  }
}
