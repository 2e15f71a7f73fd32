package dev.pollux.io;

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
 * Reads a line: see {@link AsyncBufRead#readLine}.
 *
 * @cancellation nothing was taken: a line is taken in the poll that completes
 * @threading confined to the polling task
 */
final class ReadLine implements Future<Optional<String>> {

  /** Told apart from every line by identity. */
  @SuppressWarnings("StringOperationCanBeSimplified") // it must be no other empty string
  static final String OVER = new String();

  private final LineSearch search;

  /** Null once over. */
  private @Nullable AsyncBufRead source;

  ReadLine(AsyncBufRead source, int limit) {
    this.search = new LineSearch(limit);
    this.source = source;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // OVER
  public Poll<Optional<String>> poll(Context cx) throws IOException {
    AsyncBufRead source = this.source;
    if (source == null) {
      throw new PollAfterEndException("readLine");
    }
    Unpolled.used(this);
    String line;
    try {
      line = search.poll(cx, source, OVER);
    } catch (Throwable failure) {
      this.source = null;
      throw failure;
    }
    if (line == null) {
      return Poll.pending();
    }
    this.source = null;
    return Poll.ready(line == OVER ? Optional.empty() : Optional.of(line));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    source = null;
  }

  @Override
  public void describe(Description description) {
    description.name("readLine");
    if (source == null) {
      description.with("state", "over");
    } else {
      description.waitsFor("the end of a line of " + source);
    }
  }
}
