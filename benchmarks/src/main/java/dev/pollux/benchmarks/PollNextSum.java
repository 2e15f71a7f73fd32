package dev.pollux.benchmarks;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;

/** Adds up the elements of an iterator, which it reads one by one. */
public final class PollNextSum implements Future<Long> {

  private final AsyncIterator<? extends Number> elements;
  private long sum;

  /** Makes the sum of {@code elements}, which it owns. */
  public PollNextSum(AsyncIterator<? extends Number> elements) {
    this.elements = elements;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    while (true) {
      Next<? extends Number> next = elements.pollNext(cx);
      if (next.isItem()) {
        sum += next.value().longValue();
      } else {
        return next.isEnd() ? Poll.ready(sum) : Poll.pending();
      }
    }
  }

  @Override
  public void cancel() {
    elements.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("sum").stream("elements", elements);
  }
}
